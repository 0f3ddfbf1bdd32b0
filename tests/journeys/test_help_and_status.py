"""/help by who one is, /status for those who depend on it, /screening for everyone."""

from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot import __version__

from .harbour import WORDS, Harbour, sentence, told


def parts(harbour: Harbour, text: str) -> list[str]:
    """Which parts of /help are shown."""
    everyone = ("everyone", "moderator", "manager")
    return [who for who in everyone if sentence(harbour, f"help.{who}.title") + ":" in text]


async def test_help_shows_everyone_what_is_there_for_them(ready: Harbour) -> None:
    expected = {
        ready.sam: ["everyone"],
        ready.fay: ["everyone"],
        ready.mia: ["everyone", "moderator"],
        ready.owner: ["everyone", "moderator", "manager"],
    }
    for who, wanted in expected.items():
        text = told(await who.slash(ready.circle, "help"))
        assert parts(ready, text) == wanted
        assert sentence(ready, "help.view.footer") in text
    # Every command it names is there for whoever is told of it.
    for command in ("support", "screening show", "group list"):
        assert command in ready.sam.available_commands(ready.circle)
    assert {"case list", "case show", "status", "setup"} <= set(ready.owner.available_commands(ready.circle))


async def test_status_is_for_those_who_depend_on_it_and_says_how_things_stand(ready: Harbour) -> None:
    for who in (ready.sam, ready.fay):
        refused = told(await who.slash(ready.circle, "status"))
        assert refused == sentence(ready, "policy.refusal.moderator")

    calm = told(await ready.mia.slash(ready.circle, "status"))
    for key, facts in (
        ("status.view.content", {}),
        ("status.view.no_alert", {}),
        ("status.view.nothing_waiting", {}),
        ("status.view.cases", {"count": 0}),
        ("status.view.no_timer", {}),
        ("status.view.screened", {"count": 1}),
        ("status.view.version", {"version": __version__, "database": "SQLite"}),
    ):
        assert sentence(ready, key, **facts) in calm
    assert "Connected since <t:" in calm
    assert "Heartbeat: <t:" in calm

    # The moderators' channel is hidden from the bot, and the way to the owner is barred as well.
    card = await ready.desperate(4)
    places = (ready.moderators.id, ready.owner.user.dm_channel.id)
    for place in places:
        ready.env.inject_error("POST", f"/channels/{place}/messages", status=403, code=50013, times=None)
    me = ready.env.backend.bot_user.id
    hidden = Overwrite(me, OverwriteType.MEMBER, 0, 1 << 10)
    ready.env.backend.set_overwrite(ready.moderators.id, hidden)
    await ready.rio.send(ready.circle, WORDS[4])
    await ready.later(minutes=1)

    bad = told(await ready.owner.slash(ready.circle, "status"))
    assert "Last alert: <t:" in bad
    assert "Next timer: <t:" in bad
    assert sentence(ready, "status.view.cases", count=2) in bad
    assert "Could not be delivered" in bad
    assert f"in {ready.moderators.mention} the bot lacks: View Channel" in bad
    # What has not left is said, with how long it has been waiting.
    assert "the oldest since <t:" in bad
    assert sentence(ready, "status.view.nothing_waiting") not in bad
    assert str(ready.rio.id) not in bad

    ready.env.backend.faults.clear()
    ready.env.backend.delete_overwrite(ready.moderators.id, me)
    shown = discord_allow()
    ready.env.backend.set_overwrite(ready.moderators.id, Overwrite(me, OverwriteType.MEMBER, shown, 0))
    await ready.later(minutes=10)
    assert len(ready.alerts()) == 2
    well = told(await ready.mia.slash(ready.circle, "status"))
    assert sentence(ready, "status.view.nothing_waiting") in well
    assert card.id == ready.alerts()[0].id


def discord_allow() -> int:
    """View, send, embed, read history."""
    return (1 << 10) | (1 << 11) | (1 << 14) | (1 << 16)


async def test_before_set_up_that_is_what_status_and_screening_say(harbour: Harbour) -> None:
    said = told(await harbour.owner.slash(harbour.circle, "status"))
    assert sentence(harbour, "status.view.not_set_up") in said
    assert told(await harbour.mia.slash(harbour.circle, "status")) == sentence(
        harbour, "policy.refusal.moderator"
    )
    for who in (harbour.sam, harbour.owner):
        seen = told(await who.slash(harbour.circle, "screening show"))
        assert seen == sentence(harbour, "screening.view.none")

    await harbour.set_up()

    for who in (harbour.sam, harbour.fay, harbour.owner):
        seen = told(await who.slash(harbour.lounge, "screening show"))
        assert harbour.circle.mention in seen
        assert sentence(harbour, "screening.view.languages") + ": English\n" in seen
        assert sentence(harbour, "screening.view.unread", languages="English") in seen
        assert sentence(harbour, "screening.view.never") in seen
        assert harbour.moderators.mention not in seen
    assert harbour.lounge.history() == []
