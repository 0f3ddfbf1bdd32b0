"""P7: whatever way somebody's words take into a log call, they do not come out."""

import asyncio
import gc
import io
import json
import logging
import sys
import threading
import uuid
import warnings
from collections.abc import Iterator

import discord
import pytest
import structlog

from bot.runtime.frames import FRAMES, frames_of
from bot.runtime.logs import ALLOWED_KEYS, PINNED, configure_logs, get_logger


@pytest.fixture
def canary() -> str:
    """A word made now, so that it cannot stand in any code."""
    return f"canary{uuid.uuid4().hex}"


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    levels = {name: logging.getLogger(name).level for name in PINNED}
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    structlog_before = structlog.get_config()
    yield
    logging.captureWarnings(False)
    root.handlers, root.level = handlers, level
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
    structlog.configure(**structlog_before)


@pytest.fixture(params=["console", "json"])
def out(request: pytest.FixtureRequest) -> io.StringIO:
    stream = io.StringIO()
    configure_logs("DEBUG", request.param, stream)
    return stream


@pytest.fixture
def lines() -> io.StringIO:
    stream = io.StringIO()
    configure_logs("DEBUG", "json", stream)
    return stream


def without_pytests_own() -> None:
    """pytest listens too, and fills in arguments."""
    root = logging.getLogger()
    root.handlers = [handler for handler in root.handlers if type(handler).__module__ == "bot.runtime.logs"]


def only(stream: io.StringIO) -> dict[str, object]:
    [line] = stream.getvalue().splitlines()
    return json.loads(line)


def test_an_event_is_written_with_its_facts(lines: io.StringIO):
    get_logger("courier").warning("outbox.tried", outbox_id=7, attempts=3, kind="alert")
    found = only(lines)
    assert found.pop("timestamp")
    assert found == {
        "level": "warning",
        "event": "outbox.tried",
        "logger": "courier",
        "outbox_id": 7,
        "attempts": 3,
        "kind": "alert",
    }


def test_facts_that_are_not_allowed_are_dropped(out: io.StringIO, canary: str):
    get_logger().info("some.event", text=canary, user_snowflake=424242424242, note=canary, count=1)
    assert "some.event" in out.getvalue()
    for gone in (canary, "424242424242", "note", "text", "user_snowflake"):
        assert gone not in out.getvalue()


def test_sentences_and_containers_under_an_allowed_key_are_dropped(out: io.StringIO, canary: str):
    get_logger().info(
        "some.event", kind=f"she said {canary}", state=[canary], code={"a": canary}, place=ValueError(canary)
    )
    assert "some.event" in out.getvalue()
    assert canary not in out.getvalue()


def test_bound_facts_are_filtered_too(out: io.StringIO, canary: str):
    structlog.contextvars.bind_contextvars(answer=canary)
    try:
        get_logger().bind(name=canary, count=5).info("some.event")
    finally:
        structlog.contextvars.clear_contextvars()
    assert "5" in out.getvalue()
    assert canary not in out.getvalue()


def test_an_event_that_was_put_together_is_not_written_but_its_place_is(lines: io.StringIO, canary: str):
    get_logger().info(f"said_{canary}")
    found = only(lines)
    assert canary not in json.dumps(found)
    assert found["event"] == "(not a constant sentence)"
    assert str(found["at"]).startswith(f"{__name__}:")


def test_arguments_of_an_event_are_not_filled_in(out: io.StringIO, canary: str):
    get_logger().info("%s", canary)
    structlog.get_logger("another").info("said %s", canary)
    assert "said %s" in out.getvalue()
    assert canary not in out.getvalue()


def test_a_logger_made_before_the_configuration_follows_it(canary: str):
    early = structlog.get_logger("early")
    stream = io.StringIO()
    configure_logs("INFO", "json", stream)
    early.info("some.event", text=canary)
    assert only(stream)["logger"] == "early"
    assert canary not in stream.getvalue()


def deep(word: str) -> None:
    try:
        raise KeyError(word)
    except KeyError as error:
        raise RuntimeError(f"because of {word}") from error


def test_an_exception_shows_its_kind_and_where_but_no_words(out: io.StringIO, canary: str):
    log = get_logger()
    try:
        deep(canary)
    except RuntimeError as error:
        log.error("answer.apology", reference="AB12", exc_info=error)
        log.exception("again")
        logging.getLogger("discord.client").exception("Ignoring exception in %s", canary)
        logging.getLogger("other").error(error)
        logging.getLogger("other").error(f"it was {error}", exc_info=error)
    written = out.getvalue()
    assert canary not in written
    assert written.count("builtins.RuntimeError") == 4
    assert written.count("after builtins.KeyError") == 4
    assert f"{__name__}:" in written
    assert " deep" in written
    assert "AB12" in written


def test_exceptions_in_groups_and_notes_show_no_words(out: io.StringIO, canary: str):
    inner = ValueError(canary)
    inner.add_note(canary)
    group = ExceptionGroup(canary, [inner, ExceptionGroup(canary, [TypeError(canary)])])
    get_logger().error("some.event", exc_info=group)
    assert canary not in out.getvalue()
    assert "ExceptionGroup" in out.getvalue()


def test_frames_name_module_line_and_function_with_the_cause_after():
    try:
        deep("x")
    except RuntimeError as error:
        frames = frames_of(error)
    first, second, middle, last = frames
    assert first.startswith(f"{__name__}:")
    assert first.endswith(" test_frames_name_module_line_and_function_with_the_cause_after")
    assert second.endswith(" deep")
    assert middle == "after builtins.KeyError"
    assert last.endswith(" deep")


def test_an_endless_recursion_is_told_in_few_frames():
    def again() -> None:
        again()

    try:
        again()
    except RecursionError as error:
        frames = frames_of(error)
    assert len(frames) == FRAMES


def test_exceptions_that_cause_each_other_end():
    one, two = ValueError(), TypeError()
    one.__cause__, two.__cause__ = two, one
    assert frames_of(one) == []


def test_discords_answer_code_is_shown_and_its_words_are_not(lines: io.StringIO, canary: str):
    class Answer:
        status, reason = 403, canary

    error = discord.Forbidden(Answer(), {"code": 50007, "message": canary})
    get_logger().warning("outbox.refused", exc_info=error)
    found = only(lines)
    assert (found["status"], found["code"], found["error"]) == (403, 50007, "discord.errors.Forbidden")
    assert canary not in json.dumps(found)


def test_a_line_of_another_package_keeps_its_template_only(lines: io.StringIO, canary: str):
    logging.getLogger("apscheduler.executors").warning("Run time of job %s was missed by %s", canary, canary)
    found = only(lines)
    assert found["template"] == "Run time of job %s was missed by %s"
    assert (found["logger"], found["level"]) == ("apscheduler.executors", "warning")
    assert canary not in json.dumps(found)


@pytest.mark.parametrize("shape", ["filled", "joined", "formatted", "bare"])
def test_a_line_that_was_put_together_is_not_written_but_its_place_is(
    lines: io.StringIO, canary: str, shape: str
):
    made = {
        "filled": f"it is {canary}",
        "joined": "it " + canary,
        "formatted": f"it {canary}",
        "bare": canary,
    }[shape]
    logging.getLogger("other").error(made)
    found = only(lines)
    assert canary not in json.dumps(found)
    assert found["template"] == "(not a constant sentence)"
    assert str(found["at"]).startswith("test_logs:")


def test_extra_facts_and_odd_arguments_are_dropped(out: io.StringIO, canary: str):
    without_pytests_own()
    logging.getLogger("other").error("too few %s %s", canary, extra={"count": canary, "kind": canary})
    logging.getLogger("other").error("%(word)s", {"word": canary})
    assert canary not in out.getvalue()
    assert "too few" in out.getvalue()


def test_warnings_are_taken_over(out: io.StringIO, canary: str):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(canary, UserWarning, stacklevel=1)
    assert "py.warnings" in out.getvalue()
    assert canary not in out.getvalue()


def test_a_task_that_nobody_awaited_shows_no_words(out: io.StringIO, canary: str):
    """asyncio puts the task, with its exception's words, into one finished sentence."""

    async def lose() -> None:
        async def fail() -> None:
            raise ValueError(canary)

        task = asyncio.get_running_loop().create_task(fail())
        await asyncio.sleep(0.01)
        del task
        gc.collect()

    asyncio.run(lose())
    assert "builtins.ValueError" in out.getvalue()
    assert canary not in out.getvalue()


def test_uncaught_exceptions_show_no_words(out: io.StringIO, canary: str, capsys: pytest.CaptureFixture[str]):
    try:
        deep(canary)
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)

    def fail() -> None:
        raise ValueError(canary)

    threading.excepthook = sys.modules["bot.runtime.logs"]._uncaught_in_thread  # pytest puts its own there
    thread = threading.Thread(target=fail, name=canary)
    thread.start()
    thread.join()
    sys.unraisablehook(type("Args", (), {"exc_value": ValueError(canary)})())
    for event in ("uncaught", "uncaught_in_thread", "unraisable"):
        assert event in out.getvalue()
    captured = capsys.readouterr()
    assert canary not in out.getvalue() + captured.out + captured.err


def test_a_closed_or_full_stream_stops_nobody(canary: str, capsys: pytest.CaptureFixture[str]):
    stream = io.StringIO()
    configure_logs("DEBUG", "json", stream)
    stream.close()
    get_logger().error("some.event")
    logging.getLogger("other").error("%s", canary)
    assert canary not in capsys.readouterr().err


def test_an_argument_that_cannot_be_shown_stops_nobody(out: io.StringIO, capsys: pytest.CaptureFixture[str]):
    class Awkward:
        def __str__(self) -> str:
            raise RuntimeError("no")

        __repr__ = __str__

    without_pytests_own()
    logging.getLogger("other").error("a line %s", Awkward())
    logging.getLogger("other").error(Awkward())
    get_logger().error("some.event", kind=Awkward())
    assert "a line %s" in out.getvalue()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["discord.http", "discord.gateway", "aiosqlite", "sqlalchemy.engine.Engine"])
def test_what_shows_bodies_and_parameters_stays_off_at_debug(out: io.StringIO, name: str):
    assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)
    logging.getLogger(name).debug("a body")
    assert out.getvalue() == ""


def test_the_level_holds_for_both_kinds_of_loggers():
    stream = io.StringIO()
    configure_logs("WARNING", "json", stream)
    get_logger().info("quiet")
    logging.getLogger("other").info("quiet")
    logging.getLogger("discord").info("quiet")
    assert stream.getvalue() == ""
    get_logger().warning("loud")
    logging.getLogger("discord").warning("loud")
    assert len(stream.getvalue().splitlines()) == 2


async def test_a_database_error_shows_no_parameters(out: io.StringIO, canary: str):
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine("sqlite+aiosqlite://")
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": canary})
    except Exception as error:
        get_logger().error("answer.apology", exc_info=error)
        words = str(error)
    await engine.dispose()
    assert canary in words
    assert "sqlalchemy.exc.OperationalError" in out.getvalue()
    assert canary not in out.getvalue()


def test_no_key_that_names_a_person_or_holds_words_is_allowed():
    assert not {key for key in ALLOWED_KEYS if "user" in key or "person" in key or "member" in key}
    assert not ALLOWED_KEYS & {"text", "content", "message", "name", "note", "answer", "reason", "exc_info"}
