"""Raw output of a program as spans: its colours kept, everything else that a terminal would obey taken out.

A line is read by itself, with the pen that the line before left behind. What moves the cursor, sets titles
or clipboards, or asks the terminal something is dropped; a sequence that never ends hides nothing, because
only its introducer goes. Text that was written over itself, as progress is, shows its last state. What no
terminal should get (bidirectional and invisible characters) is made visible where the line is drawn.
"""

from __future__ import annotations

import re

from rich.cells import cell_len

from tui.looks.pen import PEN, Pen, painted
from tui.text.spans import Line, Span

LONGEST_LINE = 4000
"""Characters of a line that are shown."""
TAB = 8

_TOKEN = re.compile(
    r"(?:\x1b\[|\x9b)([0-?]*)([ -/]*)([@-~]?)"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])(?:[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c))?"
    r"|\x1b[ -/]*[0-~]?"
    r"|[\r\x08\x07]"
)
_RESETS = ("\x1b[0m", "\x1b[m")


def read_line(raw: str, pen: Pen = PEN) -> tuple[Line, Pen]:
    """One line, without its line feed, as spans; and the pen with which the next line begins."""
    if raw.isascii() and raw.isprintable():
        return _whole(raw, pen), pen
    reader = _Reader(pen)
    at = 0
    for token in _TOKEN.finditer(raw):
        reader.text(raw[at : token.start()])
        reader.obey(token)
        at = token.end()
    reader.text(raw[at:])
    return reader.line(), reader.pen


def pen_after(raw: str, pen: Pen = PEN) -> Pen:
    """The pen with which the line after `raw` begins, found without reading more than needed."""
    if "\x1b" not in raw and "\x9b" not in raw:
        return pen
    reset = max(raw.rfind(sequence) for sequence in _RESETS)
    if reset >= 0:
        raw, pen = raw[reset:], PEN
    for token in _TOKEN.finditer(raw):
        if token[3] == "m" and not token[2]:
            pen = painted(pen, token[1])
    return pen


def _whole(raw: str, pen: Pen) -> Line:
    if len(raw) <= LONGEST_LINE:
        return ((raw, pen.token),) if raw else ()
    return ((raw[:LONGEST_LINE], pen.token), (_more(len(raw) - LONGEST_LINE), "dim"))


def _more(count: int) -> str:
    return f" {count} more characters"


class _Reader:
    """A line as it comes about."""

    def __init__(self, pen: Pen) -> None:
        self.pen = pen
        self._spans: list[Span] = []
        self._cells = 0
        self._length = 0
        self._over = False
        """Whether what comes next is written over what there is."""

    def text(self, text: str) -> None:
        if not text:
            return
        if self._over:
            self._spans, self._cells, self._length, self._over = [], 0, 0, False
        room = max(0, LONGEST_LINE - self._length)
        self._length += len(text)
        text = text[:room]
        if "\t" in text:
            column = self._cells % TAB
            text = (" " * column + text).expandtabs(TAB)[column:]
        if text:
            self._cells += cell_len(text)
            self._spans.append((text, self.pen.token))

    def obey(self, token: re.Match[str]) -> None:
        body, middle, end = token[1], token[2], token[3]
        if end == "m" and not middle:
            self.pen = painted(self.pen, body)
        elif token[0] == "\r" or (end == "G" and body in ("", "0", "1")) or (end == "K" and body == "2"):
            self._over = True
        elif token[0] == "\x08":
            self._rub_out()

    def _rub_out(self) -> None:
        if not self._spans or self._over:
            return
        text, style = self._spans.pop()
        self._length -= 1
        self._cells -= cell_len(text[-1])
        if len(text) > 1:
            self._spans.append((text[:-1], style))

    def line(self) -> Line:
        hidden = self._length - LONGEST_LINE
        return (*self._spans, (_more(hidden), "dim")) if hidden > 0 else tuple(self._spans)
