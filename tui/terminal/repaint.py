"""What of a frame the terminal does not show yet: only that is sent to it, in as few bytes as will do.

Textual repaints whole regions, each piece of text with all of its colours before it and a reset behind it:
a page of output is 80 kB on a screen of 120 by 40. Over a slow line that is what one waits for. Here every
frame is put into cells first, and compared with the cells that the terminal has; frames that came while
the terminal was busy are one by then.

The sequences are those of ECMA-48: CUP (`CSI y ; x H`), CHA (`CSI x G`), SGR (`CSI … m`).
"""

from __future__ import annotations

import re

from tui.terminal.cells import Row, cells_of, differences, send_cells
from tui.terminal.sgr import transition
from tui.terminal.sixels import SIGN, Painted, Sixels

FORGET = "\x1b_forget\x1b\\"
"""Taken, not sent: says that nothing is known of what the terminal shows."""
LEAVE_SCREEN = "\x1b[?1049l"
SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
SIXEL_START, SIXEL_END = "\x1bP0;1;0q", "\x1b\\"
_PART = re.compile(
    r"\x1b\[(?P<of>[1-9][\d;]*)m(?P<styled>[^\x1b\n]+)\x1b\[0?m"  # by far the most are such pieces
    r"|\x1b\[(?P<place>\d+;\d+)H|\x1b\[(?P<style>[\d;]*)m|(?P<plain>[^\x1b\n]+)|(?P<line>\n)"
    r"|(?P<other>\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]_P^X](?s:.)*?(?:\x1b\\|\x07)|\x1b(?s:.)?)"
)
_ERASES = re.compile(r"\x1b\[\?1049[hl]|\x1b\[[0-3]?J|\x1bc")


class Repaint:
    """What the terminal shows, what it is to show, and the way from one to the other."""

    def __init__(self) -> None:
        self._wanted: dict[int, Row] = {}
        self._shown: dict[int, Row] = {}
        self._touched: set[int] = set()
        self._pictured: set[int] = set()
        """Rows that have, or had, cells of pictures."""
        self._sixels = Sixels()
        self._size = (0, 0)
        self._out: list[str] = []
        self._at = (0, 0)
        """Where Textual writes next: column and row, from 0."""
        self._cursor: tuple[int, int] | None = (0, 0)
        """Where the terminal's cursor is; None: not known."""
        self._style = ""
        self._pen = ""
        """The style that the terminal writes in."""
        self._frames = 0
        """Frames that have begun and not ended."""
        self._framed = False
        """Whether the terminal knows of frames."""

    def take(self, written: str, size: tuple[int, int]) -> None:
        """Takes what Textual writes, for a terminal of so many columns and rows."""
        if size != self._size:
            self._resize(size)
        for part in _PART.finditer(written):
            kind, text = part.lastgroup, part[0]
            if kind == "styled":
                self._put(part["styled"], part["of"])
                self._style = ""
            elif kind == "plain":
                self._put(text, self._style)
            elif kind == "style":
                self._style = "" if part["style"] in ("", "0") else part["style"]
            elif kind == "place":
                row, column = part["place"].split(";")
                self._at = (int(column) - 1, int(row) - 1)
            elif kind == "other":
                self._pass(text)

    def give(self) -> str:
        """What brings the terminal to show all that was taken; empty in the middle of a frame."""
        if self._frames:
            return ""
        self._settle()
        given, self._out = "".join(self._out), []
        return given

    def forget(self) -> None:
        """Nothing is known any more of what the terminal shows: all of it is sent again."""
        self._shown.clear()
        self._touched = set(self._wanted)
        self._cursor = None
        self._sixels.doubt()

    def _resize(self, size: tuple[int, int]) -> None:
        self._size = size
        for number in [number for number in self._wanted if number >= size[1]]:
            del self._wanted[number]
        for row in self._wanted.values():
            row.cut(size[0])
        self.forget()
        self._sixels.outdate()

    def _put(self, text: str, style: str) -> None:
        column, number = self._at
        cells = cells_of(text)
        self._at = (column + len(cells), number)
        width, height = self._size
        if number < height:
            row = self._wanted.get(number)
            if row is None:
                row = self._wanted[number] = Row()
            row.put(column, cells if column + len(cells) <= width else cells[: max(0, width - column)], style)
            self._touched.add(number)
            if SIGN in text:
                self._pictured.add(number)

    def _pass(self, sequence: str) -> None:
        """Sends what is no text, behind the text before it."""
        if sequence == SYNC_START:
            self._frames += 1
            self._framed = True
        elif sequence == SYNC_END:
            self._frames = max(0, self._frames - 1)
        elif sequence == FORGET:
            self.forget()
        elif sequence.startswith("\x1b]8;") or self._sixels.take(sequence):
            pass  # what a link leads to is shown, and nowhere else kept; a picture is sent with its cells
        else:
            self._settle()
            self._lay_down_pen()
            if erases := _ERASES.fullmatch(sequence):
                for place in self._sixels.clear():
                    self._erase(place, self._out)
            self._out.append(sequence)
            if erases:
                self._wanted.clear()
                self.forget()
            if sequence == LEAVE_SCREEN:
                self._cursor = self._at  # Where it was before the interface came; nothing is drawn there.

    def _settle(self) -> None:
        """Sends what differs, and leaves the cursor where Textual left it."""
        changes: list[str] = []
        erased, painted = self._sixels.settle(self._wanted, self._size[1])
        for place in erased:
            self._erase(place, changes)
        for place in painted:
            self._touched.update(place.rows)
        for number in sorted(self._touched):
            self._send_row(number, changes)
        self._touched.clear()
        for place in painted:
            changes += [_leap(place.column, place.row), SIXEL_START, place.sixel.body, SIXEL_END]
        if changes or self._cursor != self._at:
            changes.append(_leap(*self._at))
            self._cursor = self._at
            self._out += [SYNC_START, *changes, SYNC_END] if self._framed else changes

    def _send_row(self, number: int, changes: list[str]) -> None:
        """Adds what differs in a row."""
        wanted, shown = self._wanted[number], self._shown.get(number)
        if number in self._pictured:
            sent = self._sixels.sent(number, wanted)
            if sent is wanted:
                self._pictured.discard(number)
            wanted = sent
        if shown is not None and shown == wanted:
            return
        for begin, end in differences(wanted, shown):
            changes.append(_leap(begin, number))
            self._pen = send_cells(wanted, begin, end, self._pen, changes)
        self._shown[number] = wanted.copy()

    def _erase(self, place: Painted, changes: list[str]) -> None:
        """Takes a picture off the terminal; what is wanted in its place is sent behind that."""
        if self._pen:
            changes.append(transition(self._pen, ""))
            self._pen = ""
        for number in place.rows:
            if number in self._wanted:
                changes.append(f"{_leap(place.column, number)}\x1b[{place.sixel.columns}X")
                self._touched.add(number)

    def _lay_down_pen(self) -> None:
        """Leaves no colour to what comes now, which knows nothing of it."""
        if self._pen:
            self._out.append(transition(self._pen, ""))
            self._pen = ""


def _leap(column: int, row: int) -> str:
    return f"\x1b[{row + 1};{column + 1}H"
