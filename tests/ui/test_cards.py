"""Every card stays within Discord's limits, with the longest facts there can be.

Limits: Discord's documentation, "Embed Limits", "Message Components" and "Create Message".
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.domain.case import Case, CaseEvent, CaseState, EventKind, Outcome, Signal, Source
from bot.domain.group import NAME_LIMIT, Group, GroupKind
from bot.domain.helpline import COUNTRY_CODES
from bot.domain.ids import GuildSnowflake, PhraseId
from bot.domain.ladder import Audience
from bot.domain.person import Person
from bot.domain.screening import OWN_TIERS, OwnPhrase, RuleRecord, Verdict
from bot.domain.server import ScreenedChannel, Server
from bot.domain.tier import Tier
from bot.runtime.furnishing import read_words
from bot.runtime.settings import shipped_words
from bot.services.cases import NOTE_LIMIT, CaseView
from bot.services.screening import ScreeningView
from bot.services.screens import Screens, SelfTest
from bot.services.setup import Problem, SetupView
from bot.services.status import Standing, StatusView
from bot.services.support import SupportView
from bot.services.tuning import Differing, Trial
from bot.ui import (
    case_calls,
    case_cards,
    case_modals,
    group_panel,
    help_card,
    screening_card,
    setup_panel,
    standby_card,
    status_card,
    support_panel,
)
from bot.ui.card import Card
from bot.ui.case_reasons import asking_why

HUGE = 2**63 - 1
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
WORDS = read_words(shipped_words(), Path("var/cache"))
ENGLISH = WORDS.texts.of("en")
KINDS = Screens(WORDS.screens).categories(GuildSnowflake(1))
WILD = "*_`|<@1>" * 8

SERVER = Server(
    HUGE,
    HUGE,
    HUGE,
    HUGE,
    HUGE,
    HUGE,
    "GB",
    tuple("en" for _ in range(20)),
    "America/Argentina/ComodRivadavia",
)
CASE = Case(HUGE, HUGE, HUGE, Tier.T5, NOW, signals=100_000, person_is_staff=True, paging_round=99)
STATES = [
    CASE,
    replace(CASE, via_app=True),
    replace(CASE, state=CaseState.CLAIMED, claimed_by=HUGE, claimed_until=NOW, contacted_at=NOW),
    *(
        replace(
            CASE, state=CaseState.CLOSED, closed_at=NOW, closed_by=HUGE, outcome=outcome, followed_up_at=NOW
        )
        for outcome in Outcome
    ),
]


def view_of(case: Case) -> CaseView:
    signals = tuple(
        Signal(
            HUGE,
            HUGE,
            source,
            Tier.T5,
            "x",
            NOW,
            tuple(f"en.category.rule_{i:03}" for i in range(40)),
            HUGE,
            HUGE,
        )
        for source in Source
        for _ in range(3)
    )
    history = tuple(
        CaseEvent(
            HUGE,
            kind,
            NOW,
            HUGE,
            {"audience": Audience.EVERYONE, "outcome": Outcome.DECLINED, "reason": Verdict.FIGURE},
        )
        for kind in EventKind
        for _ in range(8)
    )
    return CaseView(case, SERVER, signals, history, note="*" * NOTE_LIMIT)


def problems() -> tuple[Problem, ...]:
    facts: dict[str, Any] = {
        "channel": HUGE,
        "role": HUGE,
        "permissions": ("view_channel", "send_messages", "embed_links", "read_message_history"),
    }
    keys = ("channel_gone", "permissions", "role_cannot_see", "silent_role", "no_content")
    return tuple(Problem(f"setup.problem.{key}", facts, index == 0) for key in keys for index in range(8))


def cards() -> Iterator[tuple[str, Card]]:
    for case in STATES:
        view = view_of(case)
        late = timedelta(days=9, hours=9)
        yield "alert", case_cards.alert(view, ENGLISH, audience=Audience.EVERYONE, late=late)
        yield (
            "alert, privately",
            standby_card.privately(
                case_cards.alert(view, ENGLISH, audience=Audience.EVERYONE, late=late), HUGE, WILD, ENGLISH
            ),
        )
        yield "alert again", case_cards.alert_again(view, ENGLISH)
        yield "shown", case_cards.case_shown(view, ENGLISH)
        yield "page again", case_calls.page_again(view, ENGLISH, "https://discord.com/x")
    view = view_of(CASE)
    for audience in Audience:
        for reason in ("waiting", "raised", "lapsed"):
            page = case_calls.page(view, ENGLISH, audience=audience, now=NOW, reason=reason, holder=HUGE)
            yield f"page, {reason}", page
    yield "nudge, held", case_calls.nudge_holder(view, ENGLISH, None)
    yield "nudge, open", case_calls.nudge_on_call(view, ENGLISH, "https://discord.com/x")
    yield "closed by another", case_calls.closed_by_another(view_of(STATES[-1]), ENGLISH, HUGE, None)
    yield "elsewhere", case_cards.elsewhere(view, ENGLISH)
    yield "list", case_cards.case_list((CASE,) * 100, ENGLISH)
    group = Group(HUGE, HUGE, "*" * NAME_LIMIT, GroupKind.INVITATION, SERVER.zone, (HUGE,) * 25, (HUGE,) * 10)
    yield "groups", group_panel.group_list((group,) * 50, ENGLISH)
    yield "group panel", group_panel.panel(replace(group, channels=(1, 2), facilitators=(3,)), ENGLISH)
    setup = SetupView(SERVER, tuple(range(1, 26)), (group,) * 12, problems(), True, ("en",))
    yield "setup", setup_panel.panel(setup, ENGLISH)
    yield "setup, new", setup_panel.panel(SetupView(Server(1), (), (), (), False, ("en",)), ENGLISH)
    status = StatusView(
        SERVER,
        NOW,
        True,
        NOW,
        NOW,
        NOW,
        10**6,
        10**6,
        problems(),
        99,
        99,
        "PostgreSQL",
        ("http_403_50013", NOW),
        10**6,
        True,
        True,
    )
    yield "status", status_card.status(status, ENGLISH)
    yield "hello", standby_card.hello(HUGE, WILD, ENGLISH)
    yield "help", help_card.help_for(Standing(True, True, True), ENGLISH)
    screened = tuple(ScreenedChannel(HUGE, HUGE, True, None) for _ in range(500))
    everything = ScreeningView(SERVER, screened, True, KINDS, SERVER.languages, SelfTest(NOW, 10**6, 10**6))
    yield "screening", screening_card.screening(everything, ENGLISH)
    yield (
        "screening, tested",
        screening_card.screening(replace(everything, last_test=SelfTest(NOW, 900, 0)), ENGLISH),
    )
    own = tuple(OwnPhrase(PhraseId(n), HUGE, WILD * 3, [None, *OWN_TIERS][n % 5]) for n in range(50))
    yield "own phrases", screening_card.phrases(own, ENGLISH)
    differing = tuple(Differing(HUGE, HUGE, Tier.T0, Tier.T5) for _ in range(8))
    counts = dict.fromkeys(OWN_TIERS, 10**6)
    yield "trial", screening_card.trial(Trial(HUGE, 10, 1000, counts, counts, differing, 900), ENGLISH)
    yield "trial of nothing", screening_card.trial(Trial(HUGE, 0, 0, {}, {}, ()), ENGLISH)
    judged = tuple(RuleRecord(f"en.{'x' * 60}.{n}", dict.fromkeys(Verdict, 999)) for n in range(300))
    yield "precision", screening_card.records(judged, ENGLISH)
    yield "asking why", asking_why(HUGE, ENGLISH)
    yield "door", support_panel.door(ScreeningView(SERVER, screened, True), ENGLISH)
    yield "shut door", support_panel.door_shut(ENGLISH)
    for country in [None, *sorted(COUNTRY_CODES)]:
        options = WORDS.helplines.options_for(country, date(2026, 11, 23))
        support = SupportView(Person(HUGE, country, NOW), options, "GB", False, HUGE)
        yield f"support in {country}", support_panel.panel(support, ENGLISH)
        yield f"support, privately, in {country}", support_panel.private_message(support, WILD, ENGLISH)


ALL = list(cards())


def embed_total(embed: discord.Embed) -> int:
    return len(embed)


@pytest.mark.parametrize("card", [card for _, card in ALL], ids=[name for name, _ in ALL])
def test_a_card_fits(card: Card) -> None:
    assert len(card.content or "") <= 2000
    if embed := card.embed:
        assert len(embed) <= 6000
        assert len(embed.title or "") <= 256
        assert len(embed.description or "") <= 4096
        assert len(embed.footer.text or "") <= 2048
        assert len(embed.fields) <= 25
        assert all(0 < len(each.value or "") <= 1024 and len(each.name or "") <= 256 for each in embed.fields)
    if card.view is not None:
        check_components(card.view.to_components())
    assert card.content or card.embed or card.view


def check_components(components: list[dict[str, Any]]) -> None:
    every = list(flat(components))
    assert len(every) <= 40
    assert sum(len(each.get("content", "")) for each in every) <= 4000
    for each in every:
        assert len(each.get("label") or "") <= 80
        assert len(each.get("placeholder") or "") <= 150
        if each["type"] == 1:
            assert len(each["components"]) <= 5
        if "options" in each:
            assert 1 <= len(each["options"]) <= 25
            assert all(len(option["label"]) <= 100 for option in each["options"])
        assert len(each.get("default_values") or []) <= 25


def flat(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in components:
        yield each
        yield from flat(each.get("components") or [])


async def test_modals_fit() -> None:
    setup = SetupView(SERVER, (), (), (), False, ("en",))
    group = Group(1, 1, "x" * NAME_LIMIT)
    for modal in (
        case_modals.CloseModal.about_case(HUGE, ENGLISH),
        support_panel.CountryModal.opened(ENGLISH),
        setup_panel.PlaceModal.showing(replace_languages(setup), ENGLISH),
        group_panel.RenameModal.showing(group, ENGLISH),
    ):
        raw = modal.to_dict()
        assert len(raw["title"]) <= 45
        assert 1 <= len(raw["components"]) <= 5
        for label in raw["components"]:
            assert len(label["label"]) <= 45
            assert len(label.get("description") or "") <= 100
            assert len(label["component"].get("value") or "") <= 4000


def replace_languages(view: SetupView) -> SetupView:
    return replace(view, server=replace(view.server, languages=("en",)))


def test_only_those_called_are_pinged() -> None:
    card = case_cards.alert(view_of(CASE), ENGLISH, audience=Audience.ON_CALL)
    assert card.mentions.everyone is False
    assert card.mentions.users is False
    assert isinstance(card.mentions.roles, list)
    assert [role.id for role in card.mentions.roles] == [HUGE]


def test_a_card_without_an_audience_pings_nobody() -> None:
    card = case_cards.alert(view_of(CASE), ENGLISH, audience=None)
    assert card.mentions.roles == []


def test_a_number_is_shown_exactly_as_published() -> None:
    options = WORDS.helplines.options_for("CL", date(2026, 11, 23))
    shown = support_panel.panel(SupportView(Person(1, "CL"), options, None, True, 1), ENGLISH)
    assert shown.embed is not None
    assert "`*4141`" in (shown.embed.description or "")
