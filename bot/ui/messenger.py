"""What a letter says: each is made from the state of the moment it leaves."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import aiohttp
import discord

from bot.domain.card import Delivery, PostedCard
from bot.domain.case import CaseState, EventKind
from bot.domain.ids import CaseId, ChannelSnowflake, GuildSnowflake, UserSnowflake
from bot.domain.ladder import Audience
from bot.domain.letter import Letter, LetterKind
from bot.services.cases import CaseView
from bot.services.house import Services
from bot.services.outgoing import CARDS, Outgoing, Place
from bot.services.ports import Clock, Surroundings

from . import case_calls, case_cards, standby_card, support_panel
from .card import Card
from .posting import Posting, Undeliverable, undeliverable
from .texts import Texts, Words

ATTEMPT_FOR = timedelta(seconds=30)


class Messenger:
    """One method per kind of letter. Each may be called again for the same letter without doing harm."""

    def __init__(
        self,
        client: discord.Client,
        services: Services,
        outgoing: Outgoing,
        surroundings: Surroundings,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._client = client
        self._services = services
        self._outgoing = outgoing
        self._surroundings = surroundings
        self._texts = texts
        self._clock = clock
        self._posting = Posting(client, clock, outgoing, surroundings)

    async def deliver(self, letter: Letter) -> Delivery:
        """Send the letter; returns what stands now. Raises Undeliverable."""
        sending = {
            LetterKind.CASE_ALERT: self._alert,
            LetterKind.CASE_ALERT_AGAIN: self._alert_again,
            LetterKind.CASE_PAGE: self._page,
            LetterKind.CASE_NUDGE: self._nudge,
            LetterKind.CASE_UPDATE: self._update,
            LetterKind.CASE_FOLLOW_UP: self._follow_up,
            LetterKind.DOOR: self._door,
            LetterKind.DOOR_SHUT: self._door_shut,
            LetterKind.SUPPORT: self._support,
            LetterKind.STANDBY: self._standby,
        }[letter.kind]
        try:
            async with asyncio.timeout(ATTEMPT_FOR.total_seconds()):
                return await sending(letter)
        except (TimeoutError, OSError, aiohttp.ClientError) as error:
            raise Undeliverable(type(error).__name__, step_down=False) from error
        except discord.HTTPException as error:
            raise undeliverable(error) from error

    async def _alert(self, letter: Letter) -> Delivery:
        view = await self._case(letter)
        if view is None or view.case.state is CaseState.CLOSED:
            return Delivery()  # somebody ended it before it could leave; nobody is needed any more
        late = self._clock.now() - (letter.created_at or self._clock.now())
        heard, words = self._with_roles_that_hear(view), self._words(view)
        return await self._post(
            letter, view, lambda: case_cards.alert(heard, words, audience=self._audience(letter), late=late)
        )

    async def _alert_again(self, letter: Letter) -> Delivery:
        view = await self._case(letter)
        if view is None or view.case.state is CaseState.CLOSED:
            return Delivery()
        words = self._words(view)
        return await self._post(letter, view, lambda: case_cards.alert(view, words, audience=None))

    async def _page(self, letter: Letter) -> Delivery:
        view = await self._case(letter)
        if view is None or view.case.state is CaseState.CLOSED:
            return Delivery()
        reason = str(letter.facts.get("reason", "waiting"))
        if view.case.state is CaseState.CLAIMED and reason != "raised":
            return Delivery()  # somebody took it while this was on its way
        heard, words, link = self._with_roles_that_hear(view), self._words(view), await self._card_link(view)
        return await self._post(
            letter,
            view,
            lambda: case_calls.page(
                heard,
                words,
                audience=self._audience(letter) or Audience.EVERYONE,
                now=self._clock.now(),
                reason=reason,
                holder=int(letter.facts.get("holder", 0)),
                card_link=link,
            ),
        )

    async def _nudge(self, letter: Letter) -> Delivery:
        view = await self._case(letter)
        if view is None:
            return Delivery()
        words, link = self._words(view), await self._card_link(view)
        heard = self._with_roles_that_hear(view)
        holder = int(letter.facts.get("holder", 0))

        def card() -> Card:
            if holder:
                return case_calls.closed_by_another(heard, words, holder, link)
            if view.case.state is CaseState.CLAIMED:
                return case_calls.nudge_holder(heard, words, link)
            return case_calls.nudge_on_call(heard, words, link)

        # For a holder whose case was closed, and it was opened again since; or the other way about.
        if bool(holder) is not (view.case.state is CaseState.CLOSED):
            return Delivery()
        # A nudge says what was so for a moment; it is not brought up to date.
        return replace(await self._post(letter, view, card), cards=())

    async def _follow_up(self, letter: Letter) -> Delivery:
        view = await self._case(letter)
        if view is None or view.case.state is not CaseState.CLOSED or view.case.followed_up_at:
            return Delivery()
        words, link = self._words(view), await self._card_link(view)
        return await self._post(letter, view, lambda: case_calls.follow_up(view, words, link))

    async def _update(self, letter: Letter) -> Delivery:
        view = await self._case(letter)
        if view is None:
            return Delivery()
        words = self._words(view)
        link = await self._card_link(view)
        # Kind by kind: many calls must not push the card itself out of what is brought up to date.
        posted_cards = [
            posted
            for kind in (*CARDS, LetterKind.CASE_PAGE, LetterKind.CASE_FOLLOW_UP)
            for posted in await self._outgoing.cards(kind, view.case.case_id)
            if posted.guild in (None, view.case.guild_snowflake)
        ]
        standing = await self._outgoing.standing_by(view.case.guild_snowflake)
        gone: list[PostedCard] = []
        for posted in posted_cards:
            card = self._present(posted, view, words, link)
            if card is not None and posted.user in standing:
                card = standby_card.stoppable(card, view.case.guild_snowflake, words)
            if card is not None and not await self._posting.edit(posted, card):
                await self._outgoing.card_gone(posted)
                gone.append(posted)
        alerts = [each for each in posted_cards if each.kind in CARDS]
        if view.case.state is not CaseState.CLOSED and all(each in gone for each in alerts):
            await self._outgoing.post_again(view.case)
        return Delivery()

    def _present(self, posted: PostedCard, view: CaseView, words: Words, link: str | None) -> Card | None:
        """What a posted card shows now; None: it is right as it is."""
        owner = self._surroundings.owner_of(view.case.guild_snowflake)
        to_colleague = posted.user is not None and posted.user != owner
        if view.case.person_is_staff and (to_colleague or posted.channel == view.server.moderators_channel):
            # The person joined the team since: their case is no longer for their colleagues (S6).
            return case_cards.elsewhere(view, words)
        if posted.kind == LetterKind.CASE_ALERT_AGAIN:
            return case_cards.alert_again(view, words)
        if posted.kind == LetterKind.CASE_ALERT:
            return case_cards.alert_again(view, words, late=posted.posted_at - view.case.opened_at)
        if posted.kind == LetterKind.CASE_PAGE and not _still_true(posted, view):
            return case_calls.page_again(view, words, link)
        if posted.kind == LetterKind.CASE_FOLLOW_UP and view.case.followed_up_at:
            return case_calls.followed_up(words)
        return None

    async def _door(self, letter: Letter) -> Delivery:
        guild, channel = _guild_of(letter), ChannelSnowflake(letter.subject_id or 0)
        view = await self._services.screening.view(guild)
        waiting = [each.channel_snowflake for each in view.channels if each.announced_at is None]
        if channel not in waiting:
            return Delivery()  # it was taken off again, or has its notice already
        words = self._texts.of(view.server.languages[0])
        card = support_panel.door(view, words)
        forum = self._client.get_channel(channel)
        if isinstance(forum, discord.ForumChannel):
            made = await forum.create_thread(name=str(words("support.door.title")), **card.for_sending())
            return Delivery((self._posting.posted(letter, made.message),))
        return await self._posting.post(letter, (Place(channel),), lambda _: card)

    async def _door_shut(self, letter: Letter) -> Delivery:
        view = await self._services.screening.view(_guild_of(letter))
        card = support_panel.door_shut(self._texts.of(view.server.languages[0]))
        for posted in await self._outgoing.cards(LetterKind.DOOR, letter.subject_id or 0):
            # A door that was posted later belongs to a channel that was taken up again.
            if letter.created_at is None or posted.posted_at <= letter.created_at:
                await self._posting.edit(posted, card)
                await self._outgoing.card_gone(posted)
        return Delivery()

    async def _support(self, letter: Letter) -> Delivery:
        user, guild = UserSnowflake(letter.user or 0), letter.guild
        view = await self._services.support.view(user, guild)
        if view.person.messages_allowed_at is None:
            return Delivery()  # they stopped them in the meantime
        name = self._name_of(guild)
        card = support_panel.private_message(view, name, self._texts.of("en"))
        return replace(await self._posting.post(letter, (Place(people=(user,)),), lambda _: card), cards=())

    async def _standby(self, letter: Letter) -> Delivery:
        user, guild = UserSnowflake(letter.user or 0), _guild_of(letter)
        if user not in await self._outgoing.standing_by(guild):
            return Delivery()  # they stopped them in the meantime
        card = standby_card.hello(guild, self._name_of(guild), self._texts.of("en"))
        return replace(await self._posting.post(letter, (Place(people=(user,)),), lambda _: card), cards=())

    async def _post(self, letter: Letter, view: CaseView, make: Callable[[], Card]) -> Delivery:
        """Send what is about a case. Whoever gets it privately because they chose so can stop it at a tap."""
        guild = view.case.guild_snowflake
        owner, words = self._surroundings.owner_of(guild), self._words(view)
        standing = await self._outgoing.standing_by(guild)

        def card_for(user: UserSnowflake | None) -> Card:
            card = make()
            if user is None or user == owner:
                card = self._calling_owner(letter, card, view.case.person)
            if user is not None:
                card = standby_card.without_roles(card)
            if user in standing:
                card = standby_card.privately(card, guild, self._name_of(guild), words)
            return card

        return await self._posting.post(letter, await self._outgoing.places(letter), card_for)

    async def _case(self, letter: Letter) -> CaseView | None:
        return await self._services.cases.view(CaseId(letter.subject_id or 0))

    async def _card_link(self, view: CaseView) -> str | None:
        for kind in reversed(CARDS):
            for posted in await self._outgoing.cards(kind, view.case.case_id):
                if posted.guild is not None:
                    return case_cards.message_link(posted.guild, posted.channel, posted.message)
        return None

    def _calling_owner(self, letter: Letter, card: Card, person: UserSnowflake) -> Card:
        """The owner is a person, not a role, and is called by name; never to a case about themself."""
        owner = self._surroundings.owner_of(_guild_of(letter))
        called = letter.facts.get("audience") in (Audience.OWNER, Audience.EVERYONE)
        if not called or owner is None or owner == person:
            return card
        roles = card.mentions.roles
        mentions = discord.AllowedMentions(everyone=False, roles=roles, users=[discord.Object(owner)])
        return Card(f"<@{owner}> {card.content or ''}".strip(), card.embed, card.view, mentions)

    def _with_roles_that_hear(self, view: CaseView) -> CaseView:
        """The same view without roles that cannot be called, so that a call falls to those who can."""
        server = view.server
        guild, channel = server.guild_snowflake, server.moderators_channel
        if self._surroundings.owner_of(guild) is None:
            return view  # the server is not known at the moment; what was chosen still holds
        gone = {
            name: None
            for name in ("on_call_role", "moderators_role", "facilitators_role")
            if (role := getattr(server, name)) is not None
            # The roles of a person's own colleagues are never called to their case (S6).
            and (
                view.case.person_is_staff
                or not channel
                or not self._surroundings.role_sees(guild, role, channel)
            )
        }
        return replace(view, server=server.with_choices(**gone)) if gone else view

    def _name_of(self, guild: GuildSnowflake | None) -> str:
        server = self._client.get_guild(guild) if guild else None
        return server.name if server else ""

    def _words(self, view: CaseView) -> Words:
        return self._texts.of(view.server.languages[0])

    def _audience(self, letter: Letter) -> Audience | None:
        named = letter.facts.get("audience")
        return Audience(named) if named else None


def _still_true(page: PostedCard, view: CaseView) -> bool:
    """Whether a page says how things are: nobody has the case, and nobody had it since the page."""
    taken = (event.at for event in view.history if event.kind is EventKind.LAPSED)
    return view.case.state is CaseState.OPEN and all(at <= page.posted_at for at in taken)


def _guild_of(letter: Letter) -> GuildSnowflake:
    return GuildSnowflake(letter.guild or 0)
