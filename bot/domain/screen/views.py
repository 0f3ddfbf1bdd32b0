"""The two ways a text is read: as it stands, and with disguises taken off.

"k i l l", "s-u-i-c-i-d-a-l", "k1ll", "su!cide", "k*ll" and "iwanttodie" are how people write when they
fear a filter. The second view reads them as the words they are; the first never does.
"""

from itertools import pairwise

from bot.domain.screen.folding import fold
from bot.domain.screen.normalise import CLAUSE_END, SENTENCE_END, Token, View, tokenise
from bot.domain.screen.spelling import Spelling

_JOINING = frozenset(" .-_*/,~|'+")  # what stands between letters that are spelled out one by one
_INSIDE = frozenset("!@$*#+€")  # what stands in for a letter in the middle of a word
_FEWEST_SHORT = 3  # sentences of one word, in a row
_TYING = (_JOINING | _INSIDE) - {" "}
_LONGEST_CHUNKS = 4


def read_views(
    text: str, spelling: Spelling, *, disguised: bool = True, blanking: bool = True
) -> tuple[View, View | None]:
    """The plain view, and the uncovered one if it differs from it.

    disguised: False when it is known already that no word hides another. blanking: see `tokenise`.
    """
    if not text.isascii():
        unseen = {character for character in set(text) if not fold(character)}
        if unseen:
            bare = [(place, character) for place, character in enumerate(text) if character not in unseen]
            # Read without what cannot be seen; every word still knows its place in what was typed.
            views = read_views(
                "".join(character for _, character in bare), spelling, disguised=disguised, blanking=blanking
            )
            places = [place for place, _ in bare]
            plain, uncovered = views
            return _placed(plain, places), uncovered and _placed(uncovered, places)
    raw = tokenise(text, blanking=blanking)
    plain = View.of(_settled(raw, spelling))
    run_on = _run_on(raw)
    if not disguised and len(run_on) == len(raw):
        return plain, None
    uncovered = _split_words(_unmask(_join(run_on, text, spelling), text, spelling), spelling)
    second = View.of(_settled(uncovered, spelling))
    return plain, None if second.words == plain.words else second


def _placed(view: View, places: list[int]) -> View:
    """The same words, with the places they have in the longer text they were taken from."""
    behind = [0, *(place + 1 for place in places)]

    def placed(token: Token) -> Token:
        start = places[token.start] if token.start < token.end else behind[token.start]
        return Token(token.word, start, behind[token.end], token.quoted)

    return View(tuple(map(placed, view.tokens)))


def _settled(tokens: list[Token], spelling: Spelling) -> list[Token]:
    """Every word as it was meant. Several words that were typed as one all point at that one."""
    settled: list[Token] = []
    for token in tokens:
        word = token.word
        meant = spelling.meant(word)
        if len(meant) == 1 and meant[0] == word:
            settled.append(token)
        else:
            settled += [Token(word, token.start, token.end, token.quoted) for word in meant]
    return settled


def _join(tokens: list[Token], text: str, spelling: Spelling) -> list[Token]:
    """Join letters spelled out one by one, and chunks tied by signs that make a cared-for word."""
    joined: list[Token] = []
    position = 0
    spelling_out = False  # once letters are spelled out, two more are enough: "d i e  t o"
    while position < len(tokens):
        token = tokens[position]
        if len(token.word) == 1:
            end = _spelled_out(tokens, position, text, least=2 if spelling_out else 3)
        else:
            end = None
        spelling_out = end is not None
        if end is None and text[token.end : token.end + 1] in _TYING:
            end = _tied(tokens, position, text, spelling)
        if end is None:
            joined.append(tokens[position])
            position += 1
            continue
        parts = [token for token in tokens[position:end] if not token.is_break]
        word = _with_signs(parts, text)
        joined.append(Token(word, parts[0].start, parts[-1].end, parts[0].quoted))
        position = end
    return joined


def _run_on(tokens: list[Token]) -> list[Token]:
    """Take the full stops out of "i. want. this.", where three or more sentences have one word each."""
    ends = [-1, *(place for place, token in enumerate(tokens) if token.word == SENTENCE_END)]
    short = {end for start, end in pairwise(ends) if end - start == 2}
    if len(short) < _FEWEST_SHORT:
        return tokens
    kept: list[Token] = []
    for place, token in enumerate(tokens):
        beside = {place - 4, place - 2, place + 2, place + 4} & short
        if not (place in short and len(beside) >= 2):
            kept.append(token)
    return kept


def _spelled_out(tokens: list[Token], position: int, text: str, least: int) -> int | None:
    """Where a run of single letters ends, if one begins here that is long enough."""
    end, letters, last_end = position, 0, -1
    for index in range(position, len(tokens)):
        word, first, last, _ = tokens[index]
        if word in (SENTENCE_END, CLAUSE_END):
            continue
        if len(word) != 1 or not word.isalnum():
            break
        if last_end >= 0 and text[last_end:first] not in _JOINING:
            break
        letters, last_end, end = letters + 1, last, index + 1
    return end if letters >= least else None


def _tied(tokens: list[Token], position: int, text: str, spelling: Spelling) -> int | None:
    """Where "su!cide", "un-alive" or "sui.cide" ends, if the chunks make a known word together."""
    if tokens[position].is_break:
        return None
    parts = [tokens[position]]
    found: int | None = None
    for index in range(position + 1, len(tokens)):
        token = tokens[index]
        if token.is_break:
            continue
        gap = text[parts[-1].end : token.start]
        if len(gap) != 1 or gap.isspace() or gap not in _JOINING | _INSIDE or len(parts) == _LONGEST_CHUNKS:
            break
        parts.append(token)
        if gap in _INSIDE or spelling.knows("".join(part.word for part in parts)):
            found = index + 1
    return found


def _with_signs(parts: list[Token], text: str) -> str:
    """Join the parts; a sign that may stand for a letter stays in, to be unmasked."""
    if len(parts) > 2:
        return "".join([part.word for part in parts])
    word = parts[0].word
    for before, part in pairwise(parts):
        gap = text[before.end : part.start]
        word += (gap if gap in _INSIDE else "") + part.word
    return word


def _unmask(tokens: list[Token], text: str, spelling: Spelling) -> list[Token]:
    """Read digits and signs as the letters they stand for, where that gives a known word."""
    uncovered: list[Token] = []
    starred, with_capital = "*" in text, "I" in text
    for token in tokens:
        word, start, end, quoted = token
        if start and text[start - 1] in "$@" and word.isalnum() and not word.isdigit():
            word, start = text[start - 1] + word, start - 1
        if starred:
            shown = text[start:end].strip("*")
            if "*" in shown and "*" not in word:
                word = shown.casefold()  # "k*ll": the plain view took the star for bold type
        if with_capital:
            shown = text[start:end]
            if "I" in shown[1:] and not shown.isupper():
                small = shown.replace("I", "l").casefold()  # "kiII": a capital i that looks like an l
                if spelling.knows(small):
                    uncovered.append(Token(small, start, end, quoted))
                    continue
        known = None if word.isalpha() else spelling.unmask(word)
        uncovered.append(token if known is None else Token(known, start, end, quoted))
    return uncovered


def _split_words(tokens: list[Token], spelling: Spelling) -> list[Token]:
    """Take words apart that were written as one."""
    apart: list[Token] = []
    for token in tokens:
        parts = None if spelling.knows(token.word) else spelling.split(token.word)
        if parts is None:
            apart.append(token)
            continue
        exact = token.end - token.start == len(token.word)
        start = token.start
        for part in parts:
            end = start + len(part)
            place = (start, end) if exact else (token.start, token.end)
            apart.append(Token(part, *place, token.quoted))
            start = end
    return apart
