"""A provider's rate limit, recognised in what agents say of it, and when it ends."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.agents.driver import Effect, RateLimited
from core.agents.text import one_line

LOOKED_AT = 4000
"""Characters of a text that are looked through."""
_LIMIT = re.compile(
    r"rate[ _-]?limit|usage[ _-]?limit|too many requests|quota (?:was |is |has been )?exceeded|"
    r"exceeded your (?:current )?quota|resource[ _]exhausted|\b429\b|"
    r"hit your (?:\w+ )?limit|limit reached",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\|\s*(\d{10})(?:\d{3})?\b")
_ISO = re.compile(r"\b(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)")
_IN = re.compile(
    r"(?:in|after)\s+((?:about |~)?\d+(?:\.\d+)?\s*[a-z]+(?:[ ,]+(?:and )?\d+(?:\.\d+)?\s*[a-z]+)*)", re.I
)
_SPAN = re.compile(
    r"(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\b", re.I
)
_CLOCK = re.compile(r"reset\w*\s+(?:at\s+)?(\d{1,2})(?::(\d\d))?\s*(am|pm)?\s*(?:\(([\w/+-]{1,40})\))?", re.I)
_SECONDS = {"ms": 0.001, "mi": 60.0, "m": 60.0, "s": 1.0, "h": 3600.0, "d": 86400.0}
LONGEST = 35 * 86400.0
"""Seconds; a time further away than any provider's window is taken for a misreading."""


def is_limit(text: str) -> bool:
    """Whether the words speak of a rate limit or of a quota that is used up."""
    return bool(_LIMIT.search(text[:LOOKED_AT]))


def reset_time(text: str, now: float) -> float | None:
    """When the limit ends, in seconds since 1970 UTC, as far as the words say so."""
    text = text[:LOOKED_AT]
    for read in (_epoch, _iso, _span, _clock):
        moment = read(text, now)
        if moment is not None and 0 <= moment - now <= LONGEST:
            return moment
    return None


def _epoch(text: str, now: float) -> float | None:
    found = _EPOCH.search(text)
    return float(found.group(1)) if found else None


def _iso(text: str, now: float) -> float | None:
    found = _ISO.search(text)
    try:
        moment = datetime.fromisoformat(found.group(1)) if found else None
        if moment is None:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _span(text: str, now: float) -> float | None:
    found = _IN.search(text)
    parts = _SPAN.findall(found.group(1)) if found else []
    if not parts:
        return None
    return now + sum(float(number) * _unit(unit.lower()) for number, unit in parts)


def _unit(word: str) -> float:
    if word == "ms" or word.startswith("milli"):
        return 0.001
    return _SECONDS[word[0]]


def _clock(text: str, now: float) -> float | None:
    """The next time that the clock shows what the words say, in the zone that they name."""
    found = _CLOCK.search(text)
    if found is None:
        return None
    hour, minute, half, zone = found.groups()
    number = int(hour)
    if half:
        number = number % 12 + 12 * (half.lower() == "pm") if number <= 12 else 24
    try:
        local = datetime.fromtimestamp(now, ZoneInfo(zone) if zone else None)
        moment = local.replace(hour=number, minute=int(minute or 0), second=0, microsecond=0)
        return (moment if moment > local else moment + timedelta(days=1)).timestamp()
    except (ValueError, OverflowError, OSError, KeyError):  # no such time, or no such zone
        return None


class LimitWatch:
    """Tells of a turn's rate limit, and again only when something about it has changed."""

    def __init__(self) -> None:
        self._told: RateLimited | None = None

    def tell(self, text: str, now: float, reset_at: float | None = None) -> list[Effect]:
        """The provider's limit was met.

        Args:
            text: What was said of it.
            now: When, in seconds since 1970 UTC.
            reset_at: When it ends, where that was told apart from the words.
        """
        words, told = one_line(text, 500), self._told
        if told is not None and told.text == words and reset_at in (None, told.reset_at):
            return []
        self._told = RateLimited(reset_at or reset_time(text, now), words)
        return [self._told]

    def look(self, text: str, now: float) -> list[Effect]:
        """Looks whether words, such as those of an error, speak of a limit."""
        return self.tell(text, now) if is_limit(text) else []
