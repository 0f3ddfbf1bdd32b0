"""Puts the rooms together: the one place where services meet the store, Discord and the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import discord

from bot.domain.helpline import Directory
from bot.domain.screen import Screen
from bot.services.cases import Cases
from bot.services.catching_up import CatchingUp
from bot.services.groups import Groups
from bot.services.house import Services
from bot.services.intake import Intake
from bot.services.outgoing import Outgoing
from bot.services.paging import Paging
from bot.services.ports import Clock, Files
from bot.services.screening import Screening
from bot.services.screens import Screens
from bot.services.setup import Setup
from bot.services.signals import Signals
from bot.services.standby import Standby
from bot.services.status import Pulse, Status
from bot.services.support import Support
from bot.services.timekeeping import Timekeeping
from bot.services.tuning import Tuning
from bot.store.engine import Store
from bot.ui.events import Events
from bot.ui.hearing import Hearing
from bot.ui.messenger import Messenger
from bot.ui.texts import Texts, load_texts

from .archive import DiscordArchive
from .courier import Courier
from .heart import Heart, Round
from .helpline_files import load_directory
from .lexicon_files import available_languages, load_screen
from .looking_back import LookingBack
from .membership import DiscordMembership
from .past import DiscordPast
from .surroundings import DiscordSurroundings

KEEP_MARKS_EVERY = timedelta(minutes=1)
LOOK_BACK_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Words:
    """Everything read from data/, once, at the start."""

    texts: Texts
    screens: Mapping[str, Screen]
    helplines: Directory


@cache
def read_words(folder: Path, cache_dir: Path | None = None) -> Words:
    """Read and check every word the bot says and knows; once per folder.

    cache_dir: where lexicons that were checked before are kept.

    Raises the fault of the file that is not right.
    """
    lexicons = folder / "lexicon"
    return Words(
        load_texts(folder / "text"),
        {
            language: load_screen([language], lexicons, cache_dir)
            for language in available_languages(lexicons)
        },
        load_directory(folder / "helplines.toml"),
    )


@dataclass(frozen=True, slots=True)
class Furnished:
    """The rooms, ready to be lived in."""

    services: Services
    outgoing: Outgoing
    courier: Courier
    heart: Heart
    hearing: Hearing
    catching_up: CatchingUp
    looking_back: LookingBack


def furnish(
    client: discord.Client, pulse: Pulse, store: Store, clock: Clock, words: Words, files: Files
) -> Furnished:
    """Wire everything to one store, one client and one clock."""
    surroundings = DiscordSurroundings(client)
    membership = DiscordMembership(client)
    paging = Paging(clock, surroundings)
    intake = Intake(paging, clock, surroundings)
    screens = Screens(words.screens)
    signals = Signals(store, clock, intake, screens, membership, files)
    events = Events(client)
    catching_up = CatchingUp(store, clock, signals, DiscordPast(client, events, clock))
    hearing = Hearing(client, events, signals, catching_up)
    looking_back = LookingBack(client, catching_up)
    screening = Screening(store, clock, surroundings, screens)
    setup = Setup(store, clock, surroundings, screening, signals, tuple(sorted(words.screens)))
    services = Services(
        cases=Cases(store, clock, surroundings, membership, paging),
        groups=Groups(store, clock, screening, signals),
        screening=screening,
        setup=setup,
        signals=signals,
        standby=Standby(store, clock),
        status=Status(store, clock, surroundings, setup, pulse, catching_up),
        tuning=Tuning(store, signals, screens, DiscordArchive(client)),
        support=Support(store, clock, surroundings, intake, words.helplines),
    )
    timekeeping = Timekeeping(
        store,
        clock,
        {"case.page": paging.climb, "case.lapse": paging.lapse, "case.follow_up": paging.follow_up},
    )
    outgoing = Outgoing(store, clock, surroundings, membership, paging)
    messenger = Messenger(client, services, outgoing, surroundings, words.texts, clock)
    courier = Courier(outgoing, messenger, signals.refresh)
    rounds: dict[str, Round] = {
        "marks": (KEEP_MARKS_EVERY, catching_up.keep),
        "look back": (LOOK_BACK_EVERY, looking_back.look),
    }
    heart = Heart(clock, timekeeping, outgoing, courier, services.cases, screens, rounds)
    store.after_commit(heart.stir)
    return Furnished(services, outgoing, courier, heart, hearing, catching_up, looking_back)
