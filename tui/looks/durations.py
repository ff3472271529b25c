"""Times for people: how long ago, how long it took."""

from __future__ import annotations

import time

MINUTE, HOUR, DAY = 60, 3600, 86400


def age(moment: float, now: float | None = None) -> str:
    """How long ago `moment` was, in at most four characters; nothing when it never was."""
    if not moment:
        return ""
    seconds = max(0, (time.time() if now is None else now) - moment)
    if seconds < MINUTE:
        return "now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)}m"
    if seconds < DAY:
        return f"{int(seconds // HOUR)}h"
    return f"{int(seconds // DAY)}d" if seconds < 365 * DAY else f"{int(seconds // (365 * DAY))}y"


def ago(moment: float, now: float | None = None) -> str:
    """How long ago `moment` was, as a phrase."""
    since = age(moment, now)
    return "just now" if since == "now" else f"{since} ago"


def took(started: float | None, ended: float | None, now: float | None = None) -> str:
    """How long something took, or has taken until now: `0.4s`, `12s`, `3m05s`, `2h04m`."""
    if not started:
        return ""
    return lasted(max(0.0, (ended or (time.time() if now is None else now)) - started))


def lasted(seconds: float) -> str:
    """So many seconds, as `took` says them."""
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole}s"
    if whole < HOUR:
        return f"{whole // MINUTE}m{whole % MINUTE:02}s"
    return f"{whole // HOUR}h{whole % HOUR // MINUTE:02}m"


def clock(moment: float) -> str:
    """The local time of day."""
    return time.strftime("%H:%M", time.localtime(moment)) if moment else ""


def size(count: float) -> str:
    """A number of bytes in a few characters."""
    for unit in ("B", "K", "M", "G"):
        if count < 1000 or unit == "G":
            return f"{count:.0f}{unit}" if unit == "B" or count >= 10 else f"{count:.1f}{unit}"
        count /= 1024
    return ""
