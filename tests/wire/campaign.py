"""Many messages, few of them alarming, and everything going wrong at once. Nothing may be lost or doubled.

    python -m tests.wire.campaign                 2,000 alarming among 50,000 ordinary messages, 60 kills
    python -m tests.wire.campaign --short         the same in less than a minute

The bot runs as its own process against a pretend Discord on loopback. Every alarming message is by another
person, so that each must lead to one case and one card: none is a loss, two are a double. Ends with 1 unless
both are nought.
"""

import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.wire import faults
from tests.wire.faults import Fault
from tests.wire.prepared import Household
from tests.wire.running import BotProcess, until
from tests.wire.server import LoopbackDiscord
from tests.wire.world import HARBOUR, LANTERN, T3_WORDS, T4_WORDS, T5_WORDS

_ALARMING = (T3_WORDS, T4_WORDS, T5_WORDS)
_ORDINARY = (
    "good morning everyone",
    "how did the interview go?",
    "i'll be ten minutes late",
    "thank you all",
)
_PERSON = re.compile(r"<@(\d+)>")
_ALONE = 60  # messages people may write while the bot is away
_IN_THE_END = 120.0  # seconds everything may still take once nothing goes wrong any more


@dataclass(slots=True)
class Plan:
    """How much of everything. share: of requests that fail, and again of those whose answer is lost."""

    alarming: int = 2000
    ordinary: int = 50_000
    kills: int = 60
    cuts: int = 120
    share: float = 0.05
    pause: float = 0.004
    seed: int = 7


SHORT = Plan(alarming=60, ordinary=440, kills=3, cuts=5, pause=0.04)


@dataclass(slots=True)
class Outcome:
    """What became of it. late_for: for each alert, the seconds from the message to its card."""

    sent: int = 0
    seen: int = 0
    alerted: int = 0
    lost: int = 0
    doubled: int = 0
    late_for: list[float] = field(default_factory=list[float])
    met: Counter[str] = field(default_factory=Counter[str])

    @property
    def is_well(self) -> bool:
        """Nothing lost, nothing doubled."""
        return self.lost == 0 and self.doubled == 0 and self.alerted == self.sent

    def told(self) -> str:
        """The outcome in words."""
        worst = max(self.late_for, default=0.0)
        went_wrong = ", ".join(f"{count} {name}" for name, count in sorted(self.met.items()))
        return (
            f"sent {self.sent}, seen {self.seen}, alerted {self.alerted}, lost {self.lost}, "
            f"doubled {self.doubled}, worst lateness {worst:.1f} s\nwent wrong: {went_wrong}"
        )


class Campaign:
    """One run."""

    def __init__(self, plan: Plan, discord: LoopbackDiscord, household: Household) -> None:
        self._plan = plan
        self._discord = discord
        self._household = household
        self._chance = random.Random(plan.seed)
        self._said_at: dict[int, float] = {}
        self._cards: dict[int, list[float]] = {}
        self._outcome = Outcome()
        self._talks_alone_until = 0
        discord.rest.chance = self._may_fail

    async def run(self) -> Outcome:
        """Say everything, break everything, and count."""
        plan, chance = self._plan, self._chance
        steps = ["alarming"] * plan.alarming + ["ordinary"] * plan.ordinary
        chance.shuffle(steps)
        troubles = {
            **dict.fromkeys(chance.sample(range(len(steps)), plan.cuts), self._cut),
            **dict.fromkeys(chance.sample(range(len(steps)), plan.kills), self._kill),
            len(steps) // 2: self._take_the_channel_away,
        }
        process = await self._started()
        try:
            for number, kind in enumerate(steps):
                if number in troubles:
                    process = await troubles[number](process, number)
                if number >= self._talks_alone_until and not self._discord.gateway.is_connected:
                    await until(lambda: self._discord.gateway.is_connected, "the bot listens again", 30)
                await self._say(number, alarming=kind == "alarming")
                await asyncio.sleep(plan.pause)
            await self._calm_down(process)
        finally:
            await process.kill()
        return await self._counted()

    async def _started(self) -> BotProcess:
        process = BotProcess(
            self._household, self._discord.port, WIRE_FIRST_WAIT="0.2", WIRE_FREE_LOGINS="10000"
        )
        await process.start()
        return process

    async def _say(self, number: int, *, alarming: bool) -> None:
        """Somebody writes; the bot hears it if it listens just then."""
        person = HARBOUR.guild + 10_000 + number
        words = self._chance.choice(_ALARMING if alarming else _ORDINARY)
        said = HARBOUR.said(words, by=person)
        self._discord.rest.keep(said)
        if alarming:
            self._said_at[person] = time.monotonic()
            self._outcome.sent += 1
        if self._discord.gateway.has_session:
            await self._discord.say(said)

    async def _kill(self, process: BotProcess, number: int) -> BotProcess:
        """kill -9, and a new process at once; people go on talking."""
        self._outcome.met["kills"] += 1
        self._talks_alone_until = number + self._chance.randrange(_ALONE)
        await process.kill()
        return await self._started()

    async def _cut(self, process: BotProcess, _number: int) -> BotProcess:
        """The connection breaks off, or Discord ends the session, or will not resume it."""
        gateway = self._discord.gateway
        how = self._chance.choice(("cut", "invalid", "refused", "reconnect"))
        self._outcome.met[f"sessions {how}"] += 1
        if how == "refused":
            gateway.resumes_refused = 1
        if how == "invalid":
            await gateway.invalidate(resumable=False)
        elif how == "reconnect":
            await gateway.ask_to_reconnect()
        else:
            await gateway.close(1006 if how == "cut" else 4000)
        return process

    async def _take_the_channel_away(self, process: BotProcess, _number: int) -> BotProcess:
        """The moderators' channel is deleted, and made anew under its old number a little later."""
        path = f"/channels/{HARBOUR.moderators}/messages"
        self._discord.rest.misbehave("POST", path, faults.refusing(404, 10003), times=10)
        self._outcome.met["channel gone"] += 1
        return process

    def _may_fail(self, method: str, path: str) -> Fault | None:
        """Now and then a request fails, or its answer is lost, or Discord asks to slow down."""
        if "/messages" not in path:
            return None
        drawn = self._chance.random()
        share = self._plan.share
        if drawn < share:
            self._outcome.met["503"] += 1
            return faults.failing(503)
        if drawn < 2 * share:
            self._outcome.met["answers lost"] += 1
            return faults.lost_answer()
        if drawn < 2.2 * share and method == "POST":
            self._outcome.met["429"] += 1
            return faults.limited(0.2)
        return None

    async def _calm_down(self, process: BotProcess) -> None:
        """Nothing goes wrong any more: everything has to arrive."""
        self._discord.rest.chance = lambda _method, _path: None
        self._discord.rest.well_again()

        async def all_there() -> bool:
            cases = await self._household.open_cases(HARBOUR)
            return len(cases) >= self._outcome.sent and not await self._household.has_unsent(HARBOUR)

        try:
            await until(all_there, "everything has arrived", patience=_IN_THE_END)
        except AssertionError:
            self._outcome.met["patience ended"] += 1

    async def _counted(self) -> Outcome:
        outcome, rest = self._outcome, self._discord.rest
        cards: Counter[int] = Counter()
        places = [HARBOUR.moderators, HARBOUR.second, rest.dm_of(HARBOUR.owner)]
        for message in (message for place in places for message in rest.messages(place)):
            for embed in message["embeds"]:
                if str(embed.get("title", "")).startswith("Case "):
                    person = next(iter(_PERSON.findall(str(embed["fields"]))), None)
                    if person is not None:
                        cards[int(person)] += 1
                        posted = datetime.fromisoformat(message["timestamp"]).timestamp()
                        self._cards.setdefault(int(person), []).append(posted)
        now, wall = time.monotonic(), time.time()
        outcome.seen = len({case.person for case in await self._household.open_cases(HARBOUR)})
        outcome.alerted = sum(cards[person] > 0 for person in self._said_at)
        outcome.lost = sum(cards[person] == 0 for person in self._said_at)
        outcome.doubled = sum(count > 1 for count in cards.values())
        for person, at in self._said_at.items():
            if person in self._cards:
                outcome.late_for.append(min(self._cards[person]) - (wall - (now - at)))
        return outcome


async def campaign(plan: Plan, folder: Path) -> Outcome:
    """Prepare everything, run, take everything down."""
    household = Household(folder)
    await household.set_up(HARBOUR, LANTERN)
    await household.announced_at(HARBOUR, datetime.now(UTC) - timedelta(days=1))
    discord = LoopbackDiscord()
    discord.gateway.worlds = (HARBOUR, LANTERN)
    await discord.start()
    try:
        return await Campaign(plan, discord, household).run()
    finally:
        await discord.stop()


def main() -> int:
    """Run it and say what came of it."""
    parser = argparse.ArgumentParser(description="Everything goes wrong; nothing may be lost or doubled.")
    parser.add_argument("--short", action="store_true", help="in less than a minute")
    parser.add_argument("--seed", type=int, default=7, help="of what goes wrong when")
    args = parser.parse_args()
    plan = replace(SHORT if args.short else Plan(), seed=args.seed)
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(campaign(plan, Path(folder)))
    sys.stdout.write(f"{outcome.told()}\n")
    return 0 if outcome.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
