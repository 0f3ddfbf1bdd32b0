"""python bot_process.py: the real program (python -m bot run) in a process of its own, on a pretend Discord.

It is a script because signals and kill -9 must meet a whole process. Everything but the address is the
program's own way to start; WIRE_FIRST_WAIT, WIRE_DRAIN_FOR, WIRE_LOOK_EVERY, WIRE_NOT_READY_FOR and
WIRE_GOODBYE_WITHIN shorten waits of our own. WIRE_FREE_LOGINS: how many logins are not held back.
"""

import os
import sys
from datetime import timedelta
from typing import Any

import bot.__main__
import bot.domain.identify
import bot.domain.letter
import bot.runtime.app
import bot.runtime.vigil
from tests.wire.pointing import point_at, wait_less_for_discord


def main() -> int:
    """Run until a signal comes."""
    point_at(int(os.environ["WIRE_PORT"]))
    if "WIRE_FIRST_WAIT" in os.environ:
        bot.domain.letter._FIRST_WAIT = timedelta(seconds=float(os.environ["WIRE_FIRST_WAIT"]))
    if "WIRE_DRAIN_FOR" in os.environ:
        bot.runtime.app.DRAIN_FOR = float(os.environ["WIRE_DRAIN_FOR"])
    if "WIRE_LOOK_EVERY" in os.environ:
        bot.runtime.vigil.LOOK_EVERY = float(os.environ["WIRE_LOOK_EVERY"])
        bot.runtime.vigil.HEARTBEAT_EVERY = 0.0
    if "WIRE_NOT_READY_FOR" in os.environ:
        bot.runtime.vigil.NOT_READY_FOR = float(os.environ["WIRE_NOT_READY_FOR"])
        bot.runtime.vigil.PER_SHARD = 0.0
    if "WIRE_GOODBYE_WITHIN" in os.environ:
        bot.runtime.vigil.GOODBYE_WITHIN = float(os.environ["WIRE_GOODBYE_WITHIN"])
    if "WIRE_FREE_LOGINS" in os.environ:
        bot.domain.identify.AT_ONCE = int(os.environ["WIRE_FREE_LOGINS"])
    build = bot.runtime.app.build_bot

    def build_bot(*args: Any, **kwargs: Any) -> bot.runtime.app.TalkingPiece:
        built = build(*args, **kwargs)
        wait_less_for_discord(built)
        return built

    bot.runtime.app.build_bot = build_bot
    return bot.__main__.main(["run"])


if __name__ == "__main__":
    sys.exit(main())
