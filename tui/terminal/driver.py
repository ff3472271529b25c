"""Textual's driver for Linux and macOS, with thrift: the terminal is sent what it does not show yet."""

from __future__ import annotations

import io
import os
import select
import selectors
import sys
from codecs import getincrementaldecoder
from threading import Lock
from typing import TYPE_CHECKING, Any, TextIO

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from tui.terminal.answers import Answers
from tui.terminal.background import before
from tui.terminal.repaint import FORGET, Repaint

if TYPE_CHECKING:
    from textual.app import App

INPUT_SECONDS = 0.1
"""After so long without a byte, what was read may be a key that begins like a longer one."""


class ThriftyFile(io.TextIOBase):
    """A terminal to write frames to: they are taken as they come, and sent when it is flushed.

    Textual's thread for output flushes when nothing waits to be written: what was taken while a slow terminal
    was busy is sent as one. Frames may be taken on another thread than that.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._repaint = Repaint()
        self._lock = Lock()

    def write(self, written: str) -> int:
        """Takes a part of a frame, or a sequence of another kind."""
        if written:
            size = os.get_terminal_size(self._file.fileno())
            with self._lock:
                self._repaint.take(written, (size.columns, size.lines))
        return len(written)

    def flush(self) -> None:
        """Sends what has to be sent."""
        with self._lock:
            sequences = self._repaint.give()
        if sequences:
            self._file.write(sequences)
            self._file.flush()

    def fileno(self) -> int:
        """The terminal's own descriptor."""
        return self._file.fileno()


class ThriftyDriver(LinuxDriver):
    """Draws on the terminal by way of `ThriftyFile`, and can ask it something."""

    draws_sixel: bool | None = None
    """None: not asked yet."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._answers = Answers(before.unanswered)
        # Textual draws on standard error; where that leads to a file, standard output is the terminal.
        screen = self._file if self._file is None or self._file.isatty() else sys.__stdout__
        if screen is not None:
            self._file = ThriftyFile(screen)  # type: ignore[assignment]  # all it needs of a file

    def write(self, data: str) -> None:
        """Takes what is drawn at once, and has it sent by the thread for output.

        On that thread, taking a frame would share the interpreter with what follows a paint, and last twice
        as long.
        """
        if self._file is not None:
            self._file.write(data)
            super().write("")

    async def ask(self, question: str) -> str:
        """What the terminal answers to a question, and to that for its attributes behind it."""
        return await self._answers.ask(question, self.write)

    def run_input_thread(self) -> None:
        """Reads what the terminal sends: keys for the application, and answers for whoever asked."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            keys = self._answers.sieve(decode(self._typed_before()))
            last = False
            while True:
                for message in parser.feed(keys) if keys else ():
                    self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)
                if last:
                    return
                last = self.exit_event.is_set()
                if selector.select(INPUT_SECONDS):
                    keys = self._answers.sieve(decode(os.read(self.fileno, 4096)))
                else:
                    keys = self._answers.kept()

    def _typed_before(self) -> bytes:
        """What was typed while the terminal belonged to nobody: it then sends Enter as the end of a line."""
        typed = before.take()
        if select.select([self.fileno], [], [], 0)[0]:
            typed += os.read(self.fileno, 4096)
        return typed.replace(b"\n", b"\r")

    def use_mouse(self, wanted: bool) -> None:
        """Asks the terminal for clicks and the wheel, or leaves them to it."""
        if wanted != self._mouse:
            if wanted:
                self._mouse = True
                self._enable_mouse_support()
            else:
                self._disable_mouse_support()
                self._mouse = False

    def forget(self) -> None:
        """Has the next frame sent as a whole: something else wrote to the terminal."""
        self.write(FORGET)
