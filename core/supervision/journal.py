"""What went into a turn besides the agent's output: the user's decisions, and how many sends were made.

Kept beside the run directory, where no sandbox can write. With the output file it lets any engine
rebuild a driver exactly (see `core.agents.driver`). A line is written before the thing happens.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: `kind` is `sent`, `mark`, `answer`, `cancel` or `exited`."""

    kind: str
    out: int
    """Bytes of complete output lines that the driver had been fed."""
    at: float
    """Seconds since 1970 UTC."""
    key: str = ""
    option: str = ""
    code: int = 0


MARK_SECONDS = 1.0
"""Least time between two marks that tell when which output came."""


class Journal:
    """The append-only journal of one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last_mark = 0.0

    def append(self, record: Record) -> None:
        """Adds a line.

        Raises:
            OSError: The disk refuses; the thing that the line tells of must not happen then.
        """
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, msgspec.json.encode(record) + b"\n")
        finally:
            os.close(descriptor)

    def mark(self, out: int, at: float) -> None:
        """Notes, now and then, that output up to `out` had come by `at`."""
        if at - self._last_mark >= MARK_SECONDS:
            self._last_mark = at
            self.append(Record("mark", out, at))

    def records(self) -> Iterator[Record]:
        """All lines in order; a last line that a crash cut short is left out."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return
        decoder = msgspec.json.Decoder(Record)
        for line in data.split(b"\n")[:-1]:
            yield decoder.decode(line)
