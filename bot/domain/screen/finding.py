"""What the screen hands on: which words a human may want to look at, and how soon."""

from dataclasses import dataclass, field

from bot.domain.tier import Tier

Span = tuple[int, int]  # half-open, in characters of the original text


@dataclass(frozen=True, slots=True)
class Found:
    """One rule's words in one place, what its tier was, and what its surroundings left of it."""

    rule: str
    category: str
    span: Span
    before: Tier
    tier: Tier
    modifiers: tuple[str, ...] = ()


@dataclass(slots=True)
class Weighed:
    """Everything found in a message before it is put together, and the steps it took.

    spare: what signs have found but rules said already; it counts if those rules are set aside.
    """

    found: list[Found] = field(default_factory=list[Found])
    spare: list[Found] = field(default_factory=list[Found])
    unfinished: bool = False
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One reading of one message. It orders work; it says nothing about the person (S9).

    found: what counts, the highest tier first. ignored: what its surroundings took all weight from.
    raised: by two kinds of words that add up. unfinished: the message took more steps than one message may,
    so there may be more in it than was found.
    """

    tier: Tier
    found: tuple[Found, ...] = ()
    raised: bool = False
    ignored: tuple[Found, ...] = ()
    unfinished: bool = False

    @property
    def before(self) -> Tier:
        """The highest tier of any words found, whatever stood around them."""
        return max((each.before for each in (*self.found, *self.ignored)), default=Tier.T0)

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules, each once."""
        return tuple(dict.fromkeys(each.rule for each in self.found))

    @property
    def categories(self) -> tuple[str, ...]:
        """The kinds of words, each once."""
        return tuple(dict.fromkeys(each.category for each in self.found))

    @property
    def modifiers(self) -> tuple[str, ...]:
        """The names of what changed a tier, each once."""
        names = dict.fromkeys(name for each in self.found for name in each.modifiers)
        return (*names, TOGETHER) if self.raised else tuple(names)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where the words stand, in order; spans that touch are one."""
        merged: list[Span] = []
        for start, end in sorted(each.span for each in self.found):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return tuple(merged)


EVASION = "evasion"
"""The name of what was found only once a disguise was taken off."""
TOGETHER = "together"
"""The name of a raise by one: two kinds of serious words in one message."""
NOTHING = Finding(Tier.T0)
