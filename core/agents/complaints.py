"""The end of what a process wrote to standard error: kept for the case that the process fails."""

from __future__ import annotations

from collections import deque

from core.agents.text import clean

LINES_LIMIT = 20
LINE_LIMIT = 1000


class Complaints:
    """The last lines of standard error."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=LINES_LIMIT)

    def add(self, line: bytes) -> None:
        text = clean(line[: 4 * LINE_LIMIT].decode("utf-8", "replace"))[:LINE_LIMIT]
        if text.strip():
            self._lines.append(text.rstrip())

    @property
    def text(self) -> str:
        return "\n".join(self._lines)
