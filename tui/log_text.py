"""A process's output as plain lines: colours taken out, progress bars at their last state."""

from __future__ import annotations

import re

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)"  # OSC, DCS and the like, ended
    r"|\x1b[()*+][0-9A-B]|\x1b[=>78cDEHMNOZ]"
)
LONGEST_LINE = 4000


def clean_line(line: str) -> str:
    """One line without colour codes, and of text written over itself by `\\r` only the last state."""
    if "\x1b" in line:
        line = _ESCAPES.sub("", line)
    line = line.rstrip("\r")
    if "\r" in line:
        line = line.rpartition("\r")[2]
    return line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + f" … {len(line) - LONGEST_LINE} more"


class LogLines:
    """Lines from chunks of text; the last one may still grow."""

    def __init__(self, limit: int) -> None:
        self.lines: list[str] = []
        self.dropped = 0
        """Lines let go at the beginning."""
        self._limit = limit
        self._rest = ""

    def append(self, text: str) -> None:
        """Takes in what came after the last chunk."""
        if self._rest and self.lines:
            self.lines.pop()
        *whole, self._rest = (self._rest + text).split("\n")
        self._rest = self._rest[-65536:]
        self.lines += [clean_line(line) for line in whole]
        if self._rest:
            self.lines.append(clean_line(self._rest))
        surplus = len(self.lines) - self._limit
        if surplus > self._limit // 10:
            del self.lines[:surplus]
            self.dropped += surplus

    def prepend(self, text: str) -> int:
        """Puts the text just before the first line; returns how many lines that added."""
        *whole, part = text.split("\n")
        if self.lines:
            self.lines[0] = clean_line(part + self.lines[0])
        elif part:
            self.lines.append(clean_line(part))
        self.lines[:0] = [clean_line(line) for line in whole]
        return len(whole)
