"""Lengths of time as people write them: `30d`, `12h`, `90m`."""

from __future__ import annotations

import re

from core.errors import UsageError

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}


def parse_duration(text: str) -> float | None:
    """Seconds; None for `never`.

    Raises:
        UsageError: It is no length of time.
    """
    if text == "never":
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,5})([smhdw])", text)
    if found is None:
        raise UsageError(f"{text[:40]!r} is no length of time", hint="Such as 30d, 12h, or never.")
    return int(found[1]) * _UNITS[found[2]]
