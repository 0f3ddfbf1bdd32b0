"""People go on talking while the bot is away. What they said then is found, and said to be late."""

from .harbour import WORDS, Harbour, field, sentence, told, words_in


async def away(harbour: Harbour, *said: tuple[int, str]) -> None:
    """The bot is stopped; people write meanwhile; it comes back half an hour later."""
    await harbour.bot.close()
    for author, words in said:
        harbour.env.backend.create_message(harbour.circle.id, author, words)
    await harbour.later(minutes=30)
    await harbour.restart()


async def test_what_is_said_while_the_bot_is_away_reaches_moderators_late(ready: Harbour) -> None:
    await away(ready, (ready.sam.id, WORDS[4]), (ready.rio.id, "good night everyone"))

    (card,) = ready.alerts()
    assert field(card, "Who") == ready.sam.mention
    assert sentence(ready, "case.card.found_late", late="30 minutes") in words_in(card)
    assert sentence(ready, "status.view.gap") not in told(await ready.mia.slash(ready.circle, "status"))

    # Stopped once more, it is not told again.
    await away(ready)
    assert len(ready.alerts()) == 1


async def test_an_edit_after_which_the_words_are_others_is_heard(ready: Harbour) -> None:
    message = await ready.sam.send(ready.circle, "i am fine")
    assert ready.alerts() == []

    await ready.sam.edit(message, WORDS[3])

    (card,) = ready.alerts()
    assert field(card, "Who") == ready.sam.mention


async def test_words_in_a_text_file_are_heard(ready: Harbour) -> None:
    await ready.sam.send(ready.circle, "please read", attachments=[("letter.txt", WORDS[4].encode())])

    (card,) = ready.alerts()
    assert sentence(ready, "case.why.unread") not in words_in(card)
