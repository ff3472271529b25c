"""A program on a real pseudo-terminal: what it writes, byte by byte, and when."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte

WHO_ARE_YOU, I_AM = b"\x1b[c", b"\x1b[?1;2c"
"""The question for a terminal's attributes (DA1), and the answer of a plain one."""
SIXEL = {
    b"\x1b[16t": b"\x1b[6;20;10t",
    b"\x1b[?1;1;0S": b"\x1b[?1;0;256S",
    WHO_ARE_YOU: b"\x1b[?62;4;22c",
}
"""How a terminal answers that draws Sixel and has cells of 10 by 20 pixels."""

UNKNOWN = re.compile(rb"\x1b[_P].*?\x1b\\|\x1b\[[<=>][\d;]*[A-Za-z]|\x1b\[(?:16t|\?1;1;0S)", re.DOTALL)
"""What the terminal in memory would print rather than obey: pictures, and how keys are told."""
UNFINISHED = re.compile(rb"\x1b([_P].*|\[[<=>?]?[\d;]*)?\Z", re.DOTALL)


class Picture:
    """What a terminal shows after all that was written to it."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._left = b""

    def feed(self, written: bytes) -> None:
        """Draws."""
        known = UNKNOWN.sub(b"", self._left + written)
        unfinished = UNFINISHED.search(known)
        self._left = unfinished[0] if unfinished else b""
        self._stream.feed(known[: len(known) - len(self._left)])

    def resize(self, columns: int, rows: int) -> None:
        """Gives it another size."""
        self._screen.resize(rows, columns)

    def begin(self) -> None:
        """From here on `drawn` counts."""
        self._screen.dirty.clear()

    @property
    def lines(self) -> list[str]:
        """All lines."""
        return list(self._screen.display)

    @property
    def drawn(self) -> str:
        """The lines that were drawn on since `begin`."""
        lines = self.lines
        return "\n".join(lines[number] for number in sorted(self._screen.dirty) if number < len(lines))


class Terminal:
    """Runs a program on a terminal of its own; use as a context manager."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        size: tuple[int, int] = (120, 40),
        env: Mapping[str, str] | None = None,
        answers: bool | Mapping[bytes, bytes] = True,
    ) -> None:
        """
        Args:
            argv: The program.
            size: Columns and rows.
            env: Its environment; None: the test's.
            answers: Whether the terminal says who it is when it is asked, else the test has to; or what it
                answers to what.
        """
        plain = {WHO_ARE_YOU: I_AM} if answers else {}
        self._answers = plain if isinstance(answers, bool) else answers
        self.written = b""
        self.picture = Picture(size)
        self._undrawn = b""
        self.started = self.read_at = time.perf_counter()
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            inherited = env if env is not None else os.environ
            # A test runner may say in them how wide its own output is; a terminal says so itself.
            known = {name: value for name, value in inherited.items() if name not in ("COLUMNS", "LINES")}
            os.execvpe(argv[0], list(argv), known)
        self.resize(*size)
        self._ended = False
        self.line_before = self.line()
        """How lines were edited before the program touched it."""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._ended:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._descriptor)

    def read(self, seconds: float) -> bool:
        """Reads what is there within `seconds`; False at the end."""
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:
            return False
        self.read_at = time.perf_counter()
        self.written += data
        self._undrawn += data
        for question, answer in self._answers.items():
            if question in data:
                os.write(self._descriptor, answer)
        return bool(data)

    def until(self, condition: Callable[[bytes], object], seconds: float = 20.0) -> float:
        """Reads until what was written meets `condition`; seconds from the start to the read that did it.

        Raises:
            AssertionError: When it does not within `seconds`.
        """
        deadline = time.perf_counter() + seconds
        while not condition(self.written):
            alive = self.read(0.05)
            if (not alive and not condition(self.written)) or time.perf_counter() > deadline:
                raise AssertionError(f"not seen in {self.written[-2000:]!r}\n{self.text}")
        return self.read_at - self.started

    @property
    def drawn(self) -> str:
        """The lines of the screen that were drawn on since the last call of `begin`, as they are now."""
        self._draw()
        return self.picture.drawn

    @property
    def text(self) -> str:
        """All that is on the screen."""
        self._draw()
        return "\n".join(self.picture.lines)

    def begin(self) -> None:
        """From here on `written`, `drawn` and time count."""
        self._draw()
        self.picture.begin()
        self.written = b""
        self.started = self.read_at = time.perf_counter()

    def until_shown(self, text: str, seconds: float = 20.0) -> float:
        """Reads until a text is on the screen; seconds since the start."""
        return self.until(lambda _: text in self.text, seconds)

    def until_drawn(self, text: str, seconds: float = 20.0) -> float:
        """Reads until a line that was drawn on since `begin` has a text; seconds since the start."""
        return self.until(lambda _: text in self.drawn, seconds)

    def _draw(self) -> None:
        self.picture.feed(self._undrawn)
        self._undrawn = b""

    def line(self) -> list[object]:
        """How the terminal edits lines now (termios(3)), also after the program's end."""
        return termios.tcgetattr(self._descriptor)

    def resize(self, columns: int, rows: int) -> None:
        """Gives the window another size, which the program is told of."""
        self.picture.resize(columns, rows)
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, keys: bytes) -> None:
        """Types."""
        os.write(self._descriptor, keys)

    def send_signal(self, number: int) -> None:
        """Signals the program."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Takes the terminal away from under the program."""
        os.close(self._descriptor)
        self._descriptor = os.open(os.devnull, os.O_RDWR)

    def in_front(self) -> int:
        """The process group that has the terminal now."""
        return os.tcgetpgrp(self._descriptor)

    def end(self, seconds: float = 10.0) -> int:
        """Reads to the end; the exit status as `os.waitstatus_to_exitcode` gives it."""
        deadline = time.perf_counter() + seconds
        while self.read(0.05):
            if time.perf_counter() > deadline:
                raise AssertionError("the program goes on")
        _, status = os.waitpid(self.pid, 0)
        self._ended = True
        return os.waitstatus_to_exitcode(status)
