"""The crisis-language screen: it brings words to humans, and judges nobody.

    pack = parse_pack([Chapter.read("en.toml", text)])
    finding = Screen([pack]).read("a message")

A finding says which rules hit, where, what in the surroundings changed their meaning, and how soon a
human should look. It never says anything about the person who wrote.
"""

from bot.domain.screen.chapter import Chapter, LexiconFault
from bot.domain.screen.finding import NOTHING, Finding, Found
from bot.domain.screen.lexicon import parse_pack
from bot.domain.screen.pack import Pack, Rule
from bot.domain.screen.phrase import PhraseFault
from bot.domain.screen.proving import unproved
from bot.domain.screen.reading import MAX_LENGTH, Screen
from bot.domain.screen.signs import SIGNS, Signs, SignsFault, parse_signs
from bot.domain.screen.stored import from_plain, to_plain
from bot.domain.screen.tuned import OwnWords, TunedScreen

__all__ = [
    "MAX_LENGTH",
    "NOTHING",
    "SIGNS",
    "Chapter",
    "Finding",
    "Found",
    "LexiconFault",
    "OwnWords",
    "Pack",
    "PhraseFault",
    "Rule",
    "Screen",
    "Signs",
    "SignsFault",
    "TunedScreen",
    "from_plain",
    "parse_pack",
    "parse_signs",
    "to_plain",
    "unproved",
]
