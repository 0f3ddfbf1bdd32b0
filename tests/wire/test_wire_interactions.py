"""A request for help opens a case and calls somebody, whatever becomes of the answer to the press."""

import pytest

from tests.wire import faults
from tests.wire.prepared import Household
from tests.wire.running import assert_delivered_once, running
from tests.wire.server import LoopbackDiscord
from tests.wire.world import HARBOUR

ASK = "v1:support:ask:0"
CALLBACKS = "/interactions/*/callback"

TROUBLES = {
    "none": None,
    "too late (10062)": lambda: faults.refusing(404, 10062),
    "acknowledged already (40060)": lambda: faults.refusing(400, 40060),
    "503": lambda: faults.failing(503),
    "lost before": faults.lost_before,
    "lost answer": faults.lost_answer,
    "hanging": faults.hanging,
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_request_for_help_opens_a_case_whatever_the_callback_answers(
    trouble: str, household: Household, discord: LoopbackDiscord
) -> None:
    make = TROUBLES[trouble]
    fault = discord.rest.misbehave("POST", CALLBACKS, make(), times=5) if make else None
    async with running(household, discord):
        await discord.gateway.dispatch("INTERACTION_CREATE", HARBOUR.pressed(ASK))
        alert = await assert_delivered_once(household, discord, HARBOUR)
        discord.rest.well_again()
    assert str(HARBOUR.moderators_role) in alert["content"]
    assert fault is None or fault.met >= 1
