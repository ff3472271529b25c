"""A process's raw output: opened at its end, followed, and read backwards as the user goes up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from tui.log_text import LogLines
from tui.rows import RowView
from tui.spans import Line

if TYPE_CHECKING:
    from core.values.conversation import LogChunk

CHUNK = 65536
MAX_LINES = 50_000


class LogView(RowView):
    """Lines of one stream of one process."""

    class Wants(Message):
        """More of the output is needed."""

        def __init__(
            self, view: LogView, process_id: str, stream: str, offset: int, limit: int, older: bool
        ) -> None:
            super().__init__()
            self.view = view
            self.process_id = process_id
            self.stream = stream
            self.offset = offset
            self.limit = limit
            self.older = older

    shows_blurred_cursor = False

    def __init__(self, stream: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._stream = stream
        self._process = ""
        self._held = LogLines(MAX_LINES)
        self._first = 0
        """Byte offset of the first line held."""
        self._next = -1
        """Byte offset of what has not been read yet; -1: nothing has."""
        self._asking = False
        self._grown = False

    @property
    def process_id(self) -> str:
        """The process whose output this is; empty: none."""
        return self._process

    def show(self, process_id: str) -> None:
        """Shows the output of another process, at its end."""
        if process_id == self._process:
            return
        self._process = process_id
        self._held = LogLines(MAX_LINES)
        self._first, self._next = 0, -1
        self._asking = self._grown = False
        self.rows_changed()
        self.ask()

    def ask(self) -> None:
        """Asks for what has not been read yet, unless that is under way already."""
        if not self._process:
            return
        if self._asking:
            self._grown = True
            return
        self._asking = True
        self.post_message(self.Wants(self, self._process, self._stream, self._next, CHUNK, False))

    def take(self, process_id: str, chunk: LogChunk, older: bool) -> None:
        """Takes in what was asked for."""
        if process_id != self._process:
            return
        self._asking = False
        follow = self.at_end
        if older:
            added = self._held.prepend(chunk.text)
            self._first = chunk.offset
            self.rows_changed()
            self.move_to(self.cursor_row + added)
            return
        if self._next < 0:
            self._first = chunk.offset
        before = self._held.dropped
        self._held.append(chunk.text)
        self._next = chunk.next_offset
        self.rows_changed()
        if follow:
            self.move_to(self.row_count() - 1)
        elif self._held.dropped != before:
            self.move_to(self.cursor_row - (self._held.dropped - before))
        if self._grown or chunk.next_offset < chunk.size:
            self._grown = False
            self.ask()

    def watch_cursor_row(self, old: int, new: int) -> None:
        super().watch_cursor_row(old, new)
        if new == 0 and self._first > 0 and not self._asking and not self._held.dropped:
            self._asking = True
            offset = max(0, self._first - CHUNK)
            self.post_message(
                self.Wants(self, self._process, self._stream, offset, self._first - offset, True)
            )

    def failed(self) -> None:
        """What was asked for did not come."""
        self._asking = False

    def row_count(self) -> int:
        return len(self._held.lines)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        return ((" ", "text"), (self._held.lines[index], "text" if self._stream == "out" else "warning")), ()

    def row_text(self, index: int) -> str:
        return self._held.lines[index]

    def empty_text(self) -> Line:
        if not self._process:
            return ((" No agent has run here yet", "dim"),)
        return ((" Nothing written" if self._next >= 0 else f" Reading{self.glyphs.cut}", "dim"),)
