"""Calls for a case: short messages that make phones ring, with the way to answer right beside them."""

from datetime import datetime, timedelta

import discord

from bot.domain.case import Case, CaseState
from bot.domain.ladder import Audience
from bot.domain.server import Server
from bot.services.cases import CaseView

from .card import Card
from .case_buttons import Claim, FollowedUp
from .duration import in_words
from .persistent import PersistentItem, persistent_view
from .texts import Markup, Words


def page(
    view: CaseView,
    words: Words,
    *,
    audience: Audience,
    now: datetime,
    reason: str = "waiting",
    holder: int = 0,
    card_link: str | None = None,
) -> Card:
    """One more attempt to get a human, with the button that ends the paging right beside it.

    reason: "waiting", "raised" (it moved up), or "lapsed" (nothing was heard from its holder).
    """
    case = view.case
    ping, mentions = pings(view.server, audience)
    if reason == "waiting" and now - case.opened_at < timedelta(minutes=1):
        reason = "first"
    sentence = words(
        f"case.page.{reason}",
        ping=Markup(ping),
        case=case.case_id,
        owner=holder,
        waited=Markup(in_words(now - case.opened_at, words)),
    )
    return Card(sentence.strip(), view=_page_buttons(case, words, card_link), mentions=mentions)


def page_again(view: CaseView, words: Words, card_link: str | None) -> Card:
    """An earlier page with the present state: no button to press in vain."""
    case = view.case
    if case.state is CaseState.CLOSED:
        return Card(words("case.page.closed", case=case.case_id), view=_link(words, card_link))
    if case.state is CaseState.CLAIMED:
        sentence = words("case.page.taken", case=case.case_id, owner=case.claimed_by)
        return Card(sentence, view=_link(words, card_link))
    return Card(words("case.page.open", case=case.case_id), view=_page_buttons(case, words, card_link))


def nudge_on_call(view: CaseView, words: Words, card_link: str | None) -> Card:
    """More has come in for a case nobody has."""
    ping, mentions = pings(view.server, Audience.ON_CALL)
    sentence = words("case.nudge.open", ping=Markup(ping), case=view.case.case_id)
    return Card(sentence.strip(), view=_page_buttons(view.case, words, card_link), mentions=mentions)


def closed_by_another(view: CaseView, words: Words, holder: int, card_link: str | None) -> Card:
    """For whoever held a case that somebody else closed."""
    case = view.case
    outcome = words(f"case.outcome.{case.outcome}") if case.outcome else ""
    sentence = words("case.nudge.closed", owner=holder, case=case.case_id, by=case.closed_by, outcome=outcome)
    return Card(sentence, view=_link(words, card_link), mentions=_people(holder))


def nudge_holder(view: CaseView, words: Words, card_link: str | None) -> Card:
    """More has come in for whoever holds the case."""
    owner = view.case.claimed_by
    return Card(
        words("case.nudge.more", owner=owner, case=view.case.case_id),
        view=_link(words, card_link),
        mentions=_people(owner),
    )


def follow_up(view: CaseView, words: Words, card_link: str | None) -> Card:
    """A day after closing."""
    case = view.case
    items: list[PersistentItem | discord.ui.Button[discord.ui.View]] = [
        FollowedUp.about_row(case.case_id, words)
    ]
    if card_link:
        items.append(_link_button(words, card_link))
    return Card(
        words(
            "case.follow_up.due",
            owner=case.closed_by,
            case=case.case_id,
            closed=case.closed_at,
            person=case.person,
        ),
        view=persistent_view(*items),
        mentions=_people(case.closed_by),
    )


def followed_up(words: Words) -> Card:
    """The follow-up, once it is done."""
    return Card(words("case.answer.followed_up"))


def pings(server: Server, audience: Audience | None) -> tuple[str, discord.AllowedMentions]:
    """The mentions that call an audience, and the permission to ring for exactly these."""
    on_call = server.on_call_role or server.moderators_role
    wanted = {
        None: (),
        Audience.ON_CALL: (on_call,),
        Audience.MODERATORS: (server.moderators_role,),
        Audience.FACILITATORS: (server.facilitators_role,),
        Audience.OWNER: (),
        Audience.EVERYONE: (on_call, server.moderators_role),
    }[audience]
    roles = [role for role in dict.fromkeys(wanted) if role is not None]
    mentions = discord.AllowedMentions(
        everyone=False, users=False, roles=[discord.Object(role) for role in roles]
    )
    return " ".join(f"<@&{role}>" for role in roles), mentions


def _people(*users: int | None) -> discord.AllowedMentions:
    return discord.AllowedMentions(
        everyone=False, roles=False, users=[discord.Object(user) for user in users if user is not None]
    )


def _page_buttons(case: Case, words: Words, card_link: str | None) -> discord.ui.View:
    claim = Claim.about_row(case.case_id, words)
    return persistent_view(claim, _link_button(words, card_link)) if card_link else persistent_view(claim)


def _link(words: Words, card_link: str | None) -> discord.ui.View | None:
    return persistent_view(_link_button(words, card_link)) if card_link else None


def _link_button(words: Words, link: str) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(label=str(words("case.button.card")), url=link)
