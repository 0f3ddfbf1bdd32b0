"""From everything found in a message to one finding."""

from collections.abc import Iterable
from itertools import combinations

from bot.domain.screen.finding import NOTHING, Finding, Found, Weighed
from bot.domain.screen.signs import SIGNS
from bot.domain.tier import Tier


def combine(weighed: Weighed, alike: Iterable[frozenset[str]]) -> Finding:
    """The highest tier leads; two kinds of words that add up raise it by one.

    alike: kinds that say the same, and so do not add up.
    """
    if not weighed.found and not weighed.unfinished:
        return NOTHING
    found = sorted((each for each in weighed.found if each.tier), key=lambda each: (-each.tier, each.span))
    ignored = tuple(each for each in weighed.found if not each.tier)
    tier = found[0].tier if found else Tier.T0
    # "It is happening now" must be said by somebody: adding up ends below that.
    raised = Tier.T2 <= tier < Tier.T4 and _add_up([each for each in found if each.tier is tier], alike)
    return Finding(Tier(tier + 1) if raised else tier, tuple(found), raised, ignored, weighed.unfinished)


def _add_up(found: list[Found], alike: Iterable[frozenset[str]]) -> bool:
    """Whether two of these are of kinds that say different things, on different words."""
    families = tuple(alike)
    return any(
        one.span[1] <= other.span[0] or other.span[1] <= one.span[0]
        for one, other in combinations(found, 2)
        if one.category != other.category
        and SIGNS not in (one.category, other.category)  # they weigh the whole message, rules' words included
        and not any({one.category, other.category} <= family for family in families)
    )
