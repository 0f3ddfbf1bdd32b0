"""Everything goes wrong at once, and nobody is forgotten: the short form of `make faults`."""

from pathlib import Path

from tests.wire.campaign import SHORT, campaign


async def test_whatever_goes_wrong_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    """S3."""
    outcome = await campaign(SHORT, tmp_path)
    assert outcome.is_well, outcome.told()
    assert outcome.met["kills"] == SHORT.kills
