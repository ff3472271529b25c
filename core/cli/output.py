"""What commands print: tables and sentences for people, documents for programs; words go to standard error.

Text from outside is made safe before it reaches a terminal. Colour only marks what a word says already.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from typing import IO, Any

import msgspec

from core.errors import BoatyardError
from core.values.text import safe_text

COLOURS = {"green": "32", "red": "31", "yellow": "33", "blue": "34", "dim": "2", "bold": "1"}


class Output:
    """Where a command's results go."""

    def __init__(self, *, json: bool = False, out: IO[str] | None = None, err: IO[str] | None = None) -> None:
        self.json = json
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._passing = False
        """Whether a passing line stands on the terminal."""

    def document(self, value: Any) -> None:
        """One JSON document on a line; only with `--json`."""
        if self.json:
            text = msgspec.json.encode(value, enc_hook=str).decode()
            self._write((escape_invisible(text) if self._out.isatty() else text) + "\n")

    def line(self, text: str = "", colour: str = "", *, mark: str = "", mark_colour: str = "") -> None:
        """A line for people, made safe, behind a mark if one is given; nothing with `--json`."""
        if not self.json:
            self._write(
                self._paint(mark, mark_colour) + self._paint(safe_text(text, multiline=True), colour) + "\n"
            )

    def data(self, text: str, *, to_error: bool = False) -> None:
        """Text as it is, such as a patch or a log: safe on a terminal, untouched in a pipe."""
        file = self._err if to_error else self._out
        file.write(safe_text(text, multiline=True) if file.isatty() else text)
        file.flush()

    def result(self, value: Any, *lines: str) -> None:
        """A document for programs, or lines for people."""
        self.document(value)
        for text in lines:
            self.line(text)

    def table(self, value: Any, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A list: one document for programs, aligned columns for people."""
        self.document(value)
        if self.json:
            return
        cells = [[safe_text(cell) for cell in row] for row in rows]
        if not cells:
            self.note("nothing yet")
            return
        table = [list(header), *cells]
        widths = [max(len(row[column]) for row in table) for column in range(len(header))]
        for number, row in enumerate(table):
            text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            self.line(text, colour="dim" if number == 0 else "")

    def note(self, text: str) -> None:
        """Words about what happens, on standard error."""
        self.passing("")
        self._err.write(safe_text(text, multiline=True) + "\n")
        self._err.flush()

    def passing(self, text: str) -> None:
        """A line that the next one takes the place of; only on a terminal that can do that.

        Args:
            text: Cut to the terminal's width; empty: the line is taken away.
        """
        if self.json or not self._err.isatty() or os.environ.get("TERM", "dumb") == "dumb":
            return
        if text or self._passing:
            width = max(20, shutil.get_terminal_size().columns - 1)
            self._err.write(f"\r{safe_text(text)[:width]}\x1b[K")
            self._err.flush()
            self._passing = bool(text)

    def error(self, error: BoatyardError) -> None:
        """An error: a line and a hint, or a document with `--json`."""
        self.passing("")
        if self.json:
            document = {"error": error.document()}
            self._err.write(msgspec.json.encode(document, enc_hook=str).decode() + "\n")
            return
        self._err.write(f"boatyard: {safe_text(error.message)}\n")
        if error.hint:
            self._err.write(f"  {safe_text(error.hint)}\n")

    def _paint(self, text: str, colour: str) -> str:
        """The text in a colour, where that is wanted and can be shown."""
        if not colour or not text or not self._coloured():
            return text
        return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m"

    def _coloured(self) -> bool:
        if os.environ.get("CLICOLOR_FORCE"):
            return True
        return self._out.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def escape_invisible(text: str) -> str:
    """JSON text with the characters that a terminal should not be sent written as escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def when(moment: float | None) -> str:
    """A time, in the user's own zone."""
    return "-" if not moment else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))


def took(start: float | None, end: float | None) -> str:
    """A duration in seconds, such as `1.24 s`."""
    return "-" if start is None or end is None else f"{end - start:.2f} s"


def short(identifier: str | None) -> str:
    """The first eight digits of an id: enough to type."""
    return (identifier or "-")[:8]
