"""Somebody writes alarming messages without end: nobody else waits for it."""

from .harbour import WORDS, Harbour, field

MANY = 150


async def test_a_flood_of_one_member_is_one_card_and_holds_up_nobody(ready: Harbour) -> None:
    backend = ready.env.backend
    for _ in range(MANY):
        backend.create_message(ready.circle.id, ready.sam.id, WORDS[4])
    backend.create_message(ready.circle.id, ready.rio.id, WORDS[5])
    for _ in range(MANY):
        backend.create_message(ready.circle.id, ready.sam.id, WORDS[4])
    await ready.env.settle(timeout=25)

    cards = {field(card, "Who"): card for card in ready.alerts()}
    assert set(cards) == {ready.sam.mention, ready.rio.mention}
    sams = cards[ready.sam.mention]
    assert f"{MANY * 2} signals" in field(sams, "Why")
    assert "Opened" in field(sams, "What has been done")
    asked = [each for each in ready.env.http_requests if f"/channels/{ready.moderators.id}/" in each.path]
    assert [each.method for each in asked].count("POST") == 2
    # Changes that come in while one is on its way are one change.
    assert len(asked) < MANY / 4
