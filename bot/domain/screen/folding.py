"""One character at a time: what a character counts as when we look for words."""

import unicodedata
from functools import lru_cache

# Small capitals and letters in boxes, which Unicode does not itself call the same letter.
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢıȷ", "abcdefghijklmnopqrstuvwyzij", strict=True))
_LETTER_BLOCKS = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)  # squared, circled, filled squares, flag letters

# Cyrillic and Greek letters that look like a Latin one. Used only in words that mix alphabets.
LOOK_ALIKES = {
    **dict(zip("авеԁһіјӏкмнорсԛѕтуѵԝхг", "abedhijlkmhopcqstyvwxr", strict=True)),
    **dict(zip("αβεηικνορτυχγω", "abenikvoptuxyw", strict=True)),
}

# Every mark people use for an apostrophe. They are dropped, so that "I'm" and "im" are one word.
APOSTROPHES = frozenset("'’‘ʼʹ´`′＇")

_DROPPED_KINDS = frozenset({"Cf", "Mn", "Me", "Sk"})  # zero-width, marks on letters, skin tones
_LAST_PLAIN_SCRIPT = 0x0590  # Latin, Greek and Cyrillic come before; other scripts need their marks


@lru_cache(maxsize=4096)
def fold(character: str) -> str:
    """The plain lower-case form: often one character, sometimes several, "" when it only decorates."""
    if character in _SMALL_CAPITALS:
        return _SMALL_CAPITALS[character]
    code = ord(character)
    for first in _LETTER_BLOCKS:
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    kind = unicodedata.category(character)
    if kind == "Cs" or (kind == "Cc" and character != "\n"):
        return " "  # half a character or a control code: nobody can read it, so it parts words
    if character in APOSTROPHES:
        return "'"
    if kind in _DROPPED_KINDS:
        return character if kind == "Mn" and code >= _LAST_PLAIN_SCRIPT and _is_letterlike(code) else ""
    if code < _LAST_PLAIN_SCRIPT or unicodedata.decomposition(character).startswith("<"):
        whole = unicodedata.normalize("NFKD", character).casefold()
        return "".join(part for part in whole if unicodedata.category(part) != "Mn")
    latin = unicodedata.normalize("NFKD", character)
    if len(latin) > 1 and ord(latin[0]) < _LAST_PLAIN_SCRIPT:  # Vietnamese and the like
        return "".join(part for part in latin.casefold() if unicodedata.category(part) != "Mn")
    return unicodedata.normalize("NFKC", character).casefold()


def _is_letterlike(code: int) -> bool:
    """Whether a mark stands for a vowel or tone (Hindi, Thai …) rather than decorating a Latin letter."""
    return not (0x1AB0 <= code <= 0x1DFF or 0x20D0 <= code <= 0x20FF or 0xFE00 <= code <= 0xFE2F)


def fold_word(word: str) -> str:
    """A word as it is written in a lexicon file, in the form the screen compares with."""
    return unmix("".join(map(fold, word)).replace("'", ""))


def unmix(word: str) -> str:
    """Turn look-alike letters Latin, but only in a word that also has real Latin letters."""
    if word.isascii() or not any("a" <= letter <= "z" for letter in word):
        return word
    return "".join(LOOK_ALIKES.get(letter, letter) for letter in word)
