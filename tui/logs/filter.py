"""Which lines of a log are shown: those that have a text or match an expression, or with `!` all others.

An expression may be one that takes for ever (`(a+)+$`): the whole of a run has a limit of time.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

LONGEST_SECONDS = 0.25
"""For one run over the lines at hand; they are matched on the interface's own thread."""
_SPECIAL = re.compile(r"[\\.^$*+?{}\[\]|()]")


class BadFilter(ValueError):
    """The expression cannot be used; the message says why, for people."""


class LogFilter:
    """A filter as the user typed it. Capital letters make it see the difference."""

    def __init__(self, text: str) -> None:
        """
        Raises:
            BadFilter: It is no expression.
        """
        self.text = text
        self._inverse = text.startswith("!") and len(text) > 1
        needle = text[1:] if self._inverse else text
        self._matches = _matcher(needle)

    def fits(self, lines: list[str]) -> list[bool]:
        """For each line whether it is shown.

        Raises:
            BadFilter: The expression takes too long.
        """
        deadline = time.monotonic() + LONGEST_SECONDS
        try:
            return [self._matches(line, deadline) is not self._inverse for line in lines]
        except TimeoutError as error:
            raise BadFilter(f"{self.text!r} takes too long on these lines; write it simpler") from error


def _matcher(needle: str) -> Callable[[str, float], bool]:
    exact = needle != needle.lower()
    if not _SPECIAL.search(needle):
        if exact:
            return lambda line, deadline: needle in line
        return lambda line, deadline: needle in line.lower()
    import regex

    try:
        pattern = regex.compile(needle, 0 if exact else regex.IGNORECASE)
    except (regex.error, RecursionError, OverflowError) as error:
        raise BadFilter(f"{needle!r} is no expression: {error}") from error

    def match(line: str, deadline: float) -> bool:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return pattern.search(line, timeout=left) is not None

    return match
