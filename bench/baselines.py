"""What a server could do without this screen: keywords as Discord's AutoMod matches them, and two lists.

AutoMod: Discord's documentation, "Auto Moderation", "Keyword Matching Strategies": a keyword matches a whole
word or phrase whatever the capitals; `cat*` a word that begins so, `*cat` one that ends so, `*cat*` anywhere.
At most 1,000 keywords of 60 characters to a rule. It knows no context.

The lists are ours, as a careful moderator might write them in an evening.
"""

import re
from collections.abc import Callable, Mapping

AUTOMOD_KEYWORDS = (
    "suicid*", "kill myself", "killing myself", "kms", "end my life", "ending my life", "take my own life",
    "want to die", "wanna die", "wish i was dead", "wish i were dead", "better off dead", "end it all",
    "don't want to live", "dont want to live", "don't want to be alive", "dont want to be alive",
    "don't want to be here anymore", "dont want to be here anymore", "no reason to live",
    "not worth living", "better off without me", "self harm", "self-harm", "selfharm", "cut myself",
    "cutting myself", "hurt myself", "hurting myself", "overdos*", "unaliv*", "hang myself",
    "shoot myself", "jump off a bridge", "slit my wrists", "suicide note", "goodbye forever",
    "goodbye world", "took all my pills", "took too many pills", "he hits me", "she hits me", "raped me",
    "beats me", "kill him", "kill her", "kill them all",
)  # fmt: skip

SHORT_LIST = (
    "suicide", "suicidal", "kill myself", "kms", "want to die", "end my life", "self harm", "cut myself",
    "overdose", "better off dead",
)  # fmt: skip

LONG_LIST = (
    *SHORT_LIST,
    "die", "dead", "death", "kill", "hang", "jump", "pills", "cutting", "hurt", "blade", "knife", "gun",
    "rope", "bridge", "goodbye", "hopeless", "worthless", "burden", "empty", "alone", "give up",
    "can't go on", "can't do this anymore", "no point", "end it", "disappear", "abuse", "hit me", "scared",
)  # fmt: skip


def automod(text: str) -> bool:
    """Whether Discord's AutoMod would flag it."""
    return _AUTOMOD.search(text) is not None


def short_list(text: str) -> bool:
    """Whether one of ten words stands anywhere in it, also inside other words."""
    folded = text.casefold()
    return any(word in folded for word in SHORT_LIST)


def long_list(text: str) -> bool:
    """Whether one of forty words stands in it as a word."""
    return _LONG.search(text) is not None


def _keyword(keyword: str) -> str:
    inside = re.escape(keyword.strip("*"))
    before = r"\w*" if keyword.startswith("*") else r"(?<!\w)"
    after = r"\w*" if keyword.endswith("*") else r"(?!\w)"
    return before + inside + after


_AUTOMOD = re.compile("|".join(map(_keyword, AUTOMOD_KEYWORDS)), re.IGNORECASE)
_LONG = re.compile("|".join(map(_keyword, LONG_LIST)), re.IGNORECASE)

BASELINES: Mapping[str, Callable[[str], bool]] = {
    "AutoMod": automod,
    "10 words": short_list,
    "40 words": long_list,
}
