"""Textual's driver for Linux and macOS, with thrift: the terminal is sent what it does not show yet."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any, TextIO

from textual.drivers.linux_driver import LinuxDriver

from tui.terminal.repaint import FORGET, Repaint

if TYPE_CHECKING:
    from textual.app import App


class ThriftyFile(io.TextIOBase):
    """A terminal to write frames to: they are taken as they come, and sent when it is flushed.

    Textual's thread for output writes all frames that wait, and flushes when none is left: what came while a
    slow terminal was busy is sent as one.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._repaint = Repaint()

    def write(self, written: str) -> int:
        """Takes a part of a frame, or a sequence of another kind."""
        size = os.get_terminal_size(self._file.fileno())
        self._repaint.take(written, (size.columns, size.lines))
        return len(written)

    def flush(self) -> None:
        """Sends what has to be sent."""
        if sequences := self._repaint.give():
            self._file.write(sequences)
            self._file.flush()

    def fileno(self) -> int:
        """The terminal's own descriptor."""
        return self._file.fileno()


class ThriftyDriver(LinuxDriver):
    """Draws on the terminal by way of `ThriftyFile`."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        if self._file is not None:
            self._file = ThriftyFile(self._file)  # type: ignore[assignment]  # all it needs of a file

    def forget(self) -> None:
        """Has the next frame sent as a whole: something else wrote to the terminal."""
        self.write(FORGET)
