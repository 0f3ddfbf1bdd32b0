"""Numbers for Prometheus. Over all servers together: no ids, no people, no orders of work (P7, S9)."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot import __version__
from bot.domain.letter import LetterKind

from .app import TalkingPiece
from .checkup import Health

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_of(bot: TalkingPiece, health: Health) -> bytes:
    """Everything there is to know, in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(bot, health))
    return generate_latest(registry)


class _Snapshot(Collector):
    def __init__(self, bot: TalkingPiece, health: Health) -> None:
        self._bot = bot
        self._health = health

    def collect(self) -> Iterator[Metric]:
        bot, health = self._bot, self._health
        built = GaugeMetricFamily("talkingpiece_build_info", "The version that runs.", labels=["version"])
        built.add_metric([__version__], 1)
        yield built
        yield _gauge(
            "ready", "1 while people are heard and somebody can be called.", not health.why_not_ready
        )
        yield _gauge("connected", "1 while Discord hears every shard.", health.connected)
        yield _gauge("loop_lag_seconds", "The longest standstill in ten minutes.", health.longest_lag)
        yield _gauge("identifies_day", "Logins to Discord in 24 hours, of 1000 it allows.", health.logins)
        yield CounterMetricFamily(
            "talkingpiece_messages", "Messages that Discord sent us.", value=bot.guard.messages
        )
        yield CounterMetricFamily(
            "talkingpiece_guard_faults", "Malformed events that were caught.", value=bot.faults()
        )
        if bot.is_set_up:
            yield _by_kind("sent", "Letters that have left.", bot.courier.sent)
            yield _by_kind("failed", "Attempts to send a letter that failed.", bot.courier.failed)
        if vitals := health.vitals:
            oldest = vitals.oldest_for.total_seconds()
            yield _gauge("oldest_unsent_alert_seconds", "How long an alert has waited.", oldest)
            yield _gauge("alerts_overdue", "Alerts that should have left minutes ago.", vitals.overdue)
            yield _gauge("timers_waiting", "Timers that wait.", vitals.timers_waiting)
            yield _gauge("cases_open", "Open cases on all servers together.", vitals.cases_open)


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"talkingpiece_{name}", says, value=value)


def _by_kind(name: str, says: str, counts: Mapping[LetterKind, int]) -> Metric:
    family = CounterMetricFamily(f"talkingpiece_letters_{name}", says, labels=["kind"])
    for kind in LetterKind:
        family.add_metric([kind], counts.get(kind, 0))
    return family
