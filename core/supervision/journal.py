"""What went into a turn besides the agent's output: the user's decisions, and how many sends were made.

Kept beside the run directory, where no sandbox can write. With the output file it lets any engine
rebuild a driver exactly (see `core.agents.driver`). A line is written before the thing happens.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from core.errors import StorageError


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: `kind` is `sent`, `mark`, `answer`, `cancel`, `mode` (its `option`) or `exited`."""

    kind: str
    out: int
    """Bytes of complete output lines that the driver had been fed."""
    at: float
    """Seconds since 1970 UTC."""
    key: str = ""
    option: str = ""
    code: int = 0
    size: int = 0
    """Bytes of a send. What is cut off of the last one when an engine dies is found by the sum of all."""
    values: dict[str, Any] | None = None
    """What an answer filled in."""


MARK_SECONDS = 1.0
"""Least time between two marks that tell when which output came."""


class Journal:
    """The append-only journal of one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last_mark = 0.0
        self._whole = False
        """Whether the file is known to end with a line end."""

    def append(self, record: Record) -> None:
        """Adds a line.

        Raises:
            StorageError: The disk refuses; the thing that the line tells of must not happen then.
        """
        try:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                self._write(descriptor, msgspec.json.encode(record) + b"\n")
            finally:
                os.close(descriptor)
        except OSError as error:
            raise StorageError(
                f"the journal {self._path} cannot be written: {error.strerror}",
                hint="Check the disk's free space, then try again.",
            ) from error

    def _write(self, descriptor: int, line: bytes) -> None:
        if not self._whole and not _ends_whole(descriptor):
            line = b"\n" + line  # an earlier engine died, or its disk was full, in the middle of a line
        self._whole = False
        if os.write(descriptor, line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._whole = True

    def mark(self, out: int, at: float) -> None:
        """Notes, now and then, that output up to `out` had come by `at`."""
        if at - self._last_mark >= MARK_SECONDS:
            self._last_mark = at
            with contextlib.suppress(StorageError):  # only the times in a rebuilt conversation need it
                self.append(Record("mark", out, at))

    def records(self) -> Iterator[Record]:
        """All lines in order; one that was cut short is left out: what it tells of did not happen."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return
        decoder = msgspec.json.Decoder(Record)
        for line in data.split(b"\n")[:-1]:
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                yield decoder.decode(line)


def _ends_whole(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
