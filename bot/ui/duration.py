"""How long something took, in words."""

from datetime import timedelta

from babel.dates import format_timedelta

from .texts import Words


def in_words(duration: timedelta, words: Words) -> str:
    """One or two units: "5 minutes", "1 hour 20 minutes", "3 days 2 hours". At least one minute."""
    minutes = max(1, int(duration.total_seconds()) // 60)
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    parts = [timedelta(days=days), timedelta(hours=hours), timedelta(minutes=minutes)]
    named = [
        format_timedelta(part, granularity=unit, threshold=100_000, locale=words.locale)
        for part, unit in zip(parts, ("day", "hour", "minute"), strict=True)
        if part
    ]
    return " ".join(named[:2])
