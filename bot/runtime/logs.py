"""Logs that cannot tell what people wrote (P7).

Two rules hold whatever the log level: only facts whose key is allowed are written, and a sentence is written
only if it stands in the program's code as it is. Text that was put together at run time, arguments of log
calls and messages of exceptions are left out; where it happened is always said instead.
"""

import contextlib
import inspect
import logging
import re
import sys
import threading
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from types import CodeType, FrameType, TracebackType
from typing import Any, TextIO, cast

import structlog

from .frames import frames_of, position, type_name

LEVELS = {"DEBUG": logging.DEBUG, "INFO": logging.INFO, "WARNING": logging.WARNING, "ERROR": logging.ERROR}

ALLOWED_KEYS = frozenset(
    {
        # Where, when and how bad.
        *("at", "error", "event", "frames", "level", "logger", "template", "thread", "timestamp"),
        # What it is about: numbers that name no person, and words from our own code.
        *(
            "area",
            "attempt",
            "attempts",
            "case_id",
            "channel_snowflake",
            "code",
            "command",
            "count",
            "failure",
        ),
        *(
            "group_id",
            "guild_snowflake",
            "kind",
            "message_snowflake",
            "outbox_id",
            "phrase_id",
            "place",
            "port",
            "reference",
            "rule",
        ),
        *(
            "revision",
            "shard_id",
            "state",
            "status",
            "tier",
            "timer_id",
            "tries",
            "urgency",
            "verb",
            "version",
        ),
        # Times and durations.
        *("due_at", "late_for", "retry_after", "took_for", "waiting_for"),
    }
)
"""Everything a log line may say. Ids of people are not among them: a line would tie a person to a case."""

PINNED = {
    # At DEBUG these show bodies, parameters and statements. Nobody can switch that on by LOG_LEVEL.
    "aiosqlite": logging.INFO,
    "asyncio": logging.INFO,
    "discord": logging.INFO,
    "sqlalchemy": logging.WARNING,
    "sqlalchemy.engine": logging.WARNING,
    "sqlalchemy.pool": logging.WARNING,
    "simcord": logging.INFO,
}

LEFT_OUT = "(not a constant sentence)"

_ONE_WORD = re.compile(r"[\w.:/+<>-]{0,120}", re.ASCII)

Facts = MutableMapping[str, Any]


class PlainLogger(structlog.BoundLoggerBase):
    """log.info("outbox.sent", outbox_id=7): a constant event name, and facts under allowed keys."""

    level = logging.INFO

    def debug(self, event: str, *_dropped: object, **facts: object) -> None:
        """Of interest to somebody who looks for a fault."""
        self._write(logging.DEBUG, event, facts)

    def info(self, event: str, *_dropped: object, **facts: object) -> None:
        """The normal course of things."""
        self._write(logging.INFO, event, facts)

    def warning(self, event: str, *_dropped: object, **facts: object) -> None:
        """Something an operator should look at when there is time."""
        self._write(logging.WARNING, event, facts)

    def error(self, event: str, *_dropped: object, **facts: object) -> None:
        """Something did not work."""
        self._write(logging.ERROR, event, facts)

    def exception(self, event: str, *_dropped: object, **facts: object) -> None:
        """Something did not work, and the exception being handled shows where."""
        self._write(logging.ERROR, event, {"exc_info": True} | facts)

    def critical(self, event: str, *_dropped: object, **facts: object) -> None:
        """The bot cannot go on."""
        self._write(logging.CRITICAL, event, facts)

    def _write(self, level: int, event: str, facts: dict[str, object]) -> None:
        if level < self.level:
            return
        caller = _frame(up=2)
        named: dict[str, object] = {"event": event}
        if caller is None or not _is_constant(event, caller.f_code):
            named = {"event": LEFT_OUT, "at": position(caller, caller.f_lineno) if caller else None}
        safe = facts | named | {"level": logging.getLevelName(level).lower()}
        self._proxy_to_logger("write", str(safe.pop("event")), **safe)


def get_logger(name: str | None = None) -> PlainLogger:
    """The logger of one module; the name is shown in each of its lines."""
    return cast(PlainLogger, structlog.get_logger(*(() if name is None else (name,))))


log = get_logger()


def configure_logs(level: str = "INFO", style: str = "console", stream: TextIO | None = None) -> None:
    """Send every log line of this process to the stream, by the rules above. style: console or json.

    Also takes over what Python would print by itself about exceptions that nobody caught.
    """
    out = sys.stderr if stream is None else stream
    chain: list[Callable[[Any, str, Facts], Any]] = [
        structlog.contextvars.merge_contextvars,
        _explain_exception,
        _name_logger,
        _keep_allowed,
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False, sort_keys=False, pad_event_to=0),
    ]
    threshold = LEVELS[level]
    structlog.configure(
        processors=chain,
        wrapper_class=type("ConfiguredLogger", (PlainLogger,), {"level": threshold}),
        logger_factory=lambda *names: _Sink(out, str(names[0]) if names else ""),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_FromStandardLibrary(out, chain)]
    root.setLevel(threshold)
    for name, lowest in PINNED.items():
        logging.getLogger(name).setLevel(max(lowest, threshold))
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _uncaught_in_thread


class _Sink:
    """Where structlog writes; knows the name of its module."""

    def __init__(self, out: TextIO, name: str = "") -> None:
        self._out = out
        self.name = name

    def write(self, line: str) -> None:
        """Write one line. A log that cannot be written must not stop an alert, so that is not an error."""
        with contextlib.suppress(OSError, ValueError):  # a full disk; a closed stream
            self._out.write(f"{line}\n")
            self._out.flush()


class _FromStandardLibrary(logging.Handler):
    """Takes the lines of other packages and keeps what cannot hold content."""

    def __init__(self, out: TextIO, chain: list[Callable[[Any, str, Facts], Any]]) -> None:
        super().__init__()
        self._sink = _Sink(out)
        self._chain = chain

    def emit(self, record: logging.LogRecord) -> None:
        try:
            constant = isinstance(record.msg, str) and _stands_in_its_code(record)
            result: Any = {
                "event": "library",
                "template": " ".join(str(record.msg).split()) if constant else LEFT_OUT,
                "logger": record.name,
                "level": record.levelname.lower(),
                "at": f"{record.module}:{record.lineno}",
                "exc_info": record.exc_info,
            }
            for step in self._chain:
                result = step(None, "", result)
            self._sink.write(str(result))
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name logging gave it
        """A line that cannot be written is lost; the default would print its arguments."""


def _frame(up: int) -> FrameType | None:
    """The frame of the caller, or of the one that called it, and so on up."""
    frame = inspect.currentframe()
    for _ in range(up + 1):
        frame = frame.f_back if frame is not None else None
    return frame


def _is_constant(text: object, code: CodeType) -> bool:
    return isinstance(text, str) and any(
        text == constant for constant in code.co_consts if isinstance(constant, str)
    )


def _stands_in_its_code(record: logging.LogRecord) -> bool:
    """Whether the function that logged this has the sentence, unfilled, as a literal."""
    frame = _frame(up=1)
    while frame is not None:
        code = frame.f_code
        if (
            code.co_filename == record.pathname
            and frame.f_lineno == record.lineno
            and code.co_name == record.funcName
        ):
            return _is_constant(record.msg, code)
        frame = frame.f_back
    return False


def _explain_exception(_logger: Any, _method: str, facts: Facts) -> Facts:
    found = facts.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error: object = cast("tuple[object, ...]", found)[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        facts["error"] = type_name(error)
        facts["frames"] = frames_of(error)
        for name in ("status", "code"):  # what Discord's answer was; numbers only
            value = getattr(error, name, None)
            if type(value) is int and name not in facts:
                facts[name] = value
    return facts


def _name_logger(logger: Any, _method: str, facts: Facts) -> Facts:
    if getattr(logger, "name", ""):
        facts["logger"] = logger.name
    return facts


def _keep_allowed(_logger: Any, _method: str, facts: Facts) -> Facts:
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    kept = {key: value for key, value in facts.items() if key in ALLOWED_KEYS and _is_plain(key, value)}
    return {"timestamp": moment, **kept}


def _is_plain(key: str, value: object) -> bool:
    if key in {"event", "template", "frames"}:
        return True  # made above, from constants and code positions
    if value is None or isinstance(value, bool | int | float | datetime):
        return True
    # A sentence under an allowed key is still a sentence.
    return isinstance(value, str) and _ONE_WORD.fullmatch(value) is not None


def _uncaught(_kind: type[BaseException], error: BaseException, _traceback: TracebackType | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        log.critical("uncaught", exc_info=error)


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    log.critical("uncaught_in_thread", exc_info=args.exc_value)


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    log.error("unraisable", exc_info=args.exc_value)
