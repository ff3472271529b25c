"""A process's raw output: opened at its end, followed, and read backwards as the user goes up.

It holds a window of the output. While its end is followed, a process that writes faster than one can read
is not read in full: what is missed is skipped, and is there again when the user goes up.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.timer import Timer

from tui.actions import bindings
from tui.following import FollowingRows
from tui.log_filter import BadFilter, LogFilter
from tui.log_window import PIECE, LogWindow
from tui.spans import Line, wrap_spans

if TYPE_CHECKING:
    from core.values.conversation import LogChunk

AHEAD = 4 * PIECE
"""Bytes that are read beyond the cursor while the end is not followed."""
SKIPPED_TO = PIECE // 4
"""Bytes of the end that are read of a process that is too fast to be read in full: some screens of it."""
LOCAL_SECONDS, REMOTE_SECONDS = 0.1, 0.25
"""Between two looks at what grows: over SSH every repaint is sent through the connection."""
SHARE, MOST_SECONDS = 8, 0.3
"""A look takes an eighth of the time, up to so many seconds between two: keys come first."""


class LogView(FollowingRows):
    """Lines of one stream of one process."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("log")]

    class Wants(Message):
        """More of the output is needed; an offset of -1 asks for its end."""

        def __init__(self, view: LogView, offset: int, limit: int, older: bool) -> None:
            super().__init__()
            self.view = view
            self.process_id = view.process_id
            self.stream = view.stream
            self.offset = offset
            self.limit = limit
            self.older = older

    def __init__(self, stream: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.stream = stream
        self._process = ""
        self._window = LogWindow()
        self._read = False
        """Whether anything has been read yet."""
        self._known = 0
        """Bytes there are, as far as is known."""
        self._asking = False
        self._timer: Timer | None = None
        self._wrapped = 0
        """Cells at which lines are wrapped; 0: they are cut off."""
        self._filter: LogFilter | None = None
        self._shown: list[tuple[int, int]] | None = None
        """Line and part of it by row; None: every line is one row."""

    @property
    def process_id(self) -> str:
        """The process whose output this is; empty: none."""
        return self._process

    def show(self, process_id: str) -> None:
        """Shows the output of another process, at its end."""
        if process_id == self._process:
            return
        self._process = process_id
        self._read, self._known, self._asking = False, 0, False
        self.following = True
        self._reset()
        self.ask()

    def show_place(self, process_id: str, offset: int) -> None:
        """Shows a process's output where a line begins, with what is before and after it."""
        self._process = process_id
        self._read, self._known = False, 0
        self.following = False
        self._jumping = True
        self._reset()
        self._want(offset, PIECE)

    def _reset(self) -> None:
        self._window.clear()
        self._shown = [] if self._shown is not None else None
        self.rows_changed()

    # Reading

    def at_newest(self) -> bool:
        return self._window.end >= self._known

    def grew(self, size: int) -> None:
        """The process has written; looks at it now, or soon when it was looked at just before."""
        if self.stream == "out":
            self._known = max(self._known, size)
        if self._timer is None:
            self.ask()
            least = REMOTE_SECONDS if "SSH_CONNECTION" in os.environ else LOCAL_SECONDS
            self._timer = self.set_timer(max(least, min(self._cost * SHARE, MOST_SECONDS)), self._look)
            self._again = False
        else:
            self._again = True

    _again = False
    _cost = 0.0
    """Seconds from the last chunk to its paint; more on a machine that has other things to do."""
    _jumping = False
    """Whether a line is looked for: what comes next begins with it, what is before it comes then."""

    def ended(self) -> None:
        """The process has ended: its last words are looked at without waiting."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.ask()

    def _painted(self, began: float) -> None:
        """What was taken in is on the screen."""
        self._cost = time.perf_counter() - began

    def _look(self) -> None:
        self._timer = None
        if self._again:
            self.grew(self._known)

    def ask(self) -> None:
        """Asks for what comes next, unless that is under way, or is further on than anybody looks."""
        if not self._process or self._asking or self._jumping:
            return
        far = self._known - self._window.end > PIECE
        if not self._read or (self.following and far):
            self._want(-1, PIECE if not self._read else SKIPPED_TO)
        elif self.following or self._window.end - self._seen_to() < AHEAD:
            self._want(self._window.end, PIECE)

    def _seen_to(self) -> int:
        """About the byte that the cursor is at."""
        share = self.cursor_row / max(1, self.row_count())
        return self._window.start + int(share * (self._window.end - self._window.start))

    def _want(self, offset: int, limit: int, older: bool = False) -> None:
        self._asking = True
        self.post_message(self.Wants(self, offset, limit, older))

    def take(self, process_id: str, chunk: LogChunk, older: bool) -> None:
        """Takes in what was asked for."""
        if process_id != self._process:
            return
        self._asking = False
        self._known = chunk.size
        self.call_after_refresh(self._painted, time.perf_counter())
        if older:
            self._take_older(chunk)
            return
        if self._read and chunk.offset == self._window.end:
            self._take_newer(chunk)
        else:
            self._window.clear()
            self._window.append(chunk.text, chunk.offset, chunk.next_offset)
            self._read = True
            self._arrange(0)
            self.rows_changed()
            self.came(0)
        if self._jumping:
            self.place(0)
            self._jumping = self._window.start > 0
            self._want_older()
        if chunk.text and not self.at_newest():
            self.ask()

    def _take_newer(self, chunk: LogChunk) -> None:
        before, rows = len(self._window), self.row_count()
        gone = self._window.append(chunk.text, chunk.offset, chunk.next_offset)
        if gone and self._shown is None:
            self.shift_mark(-gone)
            self.place(self.cursor_row - gone)
        self._arrange(0 if gone else max(0, before - 1))
        if gone and self._shown is not None:
            self.place(self.cursor_row - max(0, rows - self.row_count()))
        self.rows_changed()
        self.came(len(self._window) + gone - before)

    def _take_older(self, chunk: LogChunk) -> None:
        rows = self.row_count()
        added, gone = self._window.prepend(chunk.text, chunk.offset, self._window.start)
        before = len(self._shown or ())
        self._arrange(0)
        self.rows_changed()
        if self._shown is None:
            self.shift_mark(added)
            self.place(self.cursor_row + added)
        elif not gone:
            self.place(self.cursor_row + len(self._shown) - before)
        if self._jumping:
            self._jumping = False
            self.call_after_refresh(self._centre)
        if self.row_count() == rows or self.row_count() < self.size.height:
            self._want_older()

    def _centre(self) -> None:
        """Shows some lines before the cursor's, too."""
        self._moving = True
        self.scroll_to(y=max(0, self.cursor_row - self.size.height // 3), animate=False)
        self._moving = False

    def failed(self) -> None:
        """What was asked for did not come."""
        self._asking = self._jumping = False

    def watch_cursor_row(self, old: int, new: int) -> None:
        super().watch_cursor_row(old, new)
        if self._moving:
            return
        if new == 0:
            self._want_older()
        elif self.at_end and not self.at_newest():
            self.ask()

    def _want_older(self) -> None:
        start = self._window.start
        if start > 0 and not self._asking:
            offset = max(0, start - PIECE)
            self._want(offset, start - offset, older=True)

    def action_top(self) -> None:
        """To the beginning of it all, not only of what is held."""
        self.following = False
        if self._window.start > 0 and not self._asking:
            self._reset()
            self._want(0, PIECE)
        self.place(0)

    def action_bottom(self) -> None:
        super().action_bottom()
        self.ask()

    # Rows

    def _arrange(self, first: int) -> None:
        """Finds the rows anew from a line on."""
        if self._filter is None and not self._wrapped:
            self._shown = None
            return
        shown = self._shown or []
        while shown and shown[-1][0] >= first:
            shown.pop()
        if not first:
            shown = []
        lines = list(range(first, len(self._window)))
        if self._filter is not None:
            try:
                fits = self._filter.fits([self._window.text(line) for line in lines])
            except BadFilter as error:
                self._filter = None
                self.look.say(str(error), severity="warning")
                self._arrange(0)
                return
            lines = [line for line, fit in zip(lines, fits, strict=True) if fit]
        for line in lines:
            shown += [(line, part) for part in range(self._height(line))]
        self._shown = shown

    def _height(self, line: int) -> int:
        if not self._wrapped:
            return 1
        text, width = self._window.text(line), self._wrapped
        if text.isascii() and text.isprintable():
            return max(1, -(-len(text) // width))
        return len(wrap_spans(((text, ""),), width))

    @property
    def _width(self) -> int:
        return max(8, self.scrollable_content_region.width - 1)

    def row_count(self) -> int:
        return len(self._window) if self._shown is None else len(self._shown)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        line, part = (index, 0) if self._shown is None else self._shown[index]
        spans = self._window.line(line)
        if self._wrapped:
            spans = wrap_spans(spans, self._wrapped)[part]
        if self.stream == "err":
            spans = tuple((text, "warning" if token == "text" else token) for text, token in spans)
        return ((" ", "text"), *spans), ()

    def row_text(self, index: int) -> str:
        return self._window.text(index if self._shown is None else self._shown[index][0])

    def empty_text(self) -> Line:
        if not self._process:
            return ((" No agent has run here yet", "dim"),)
        if self._filter is not None and len(self._window):
            return ((f" No line here fits {self._filter.text!r}; esc shows all again", "dim"),)
        return ((" Nothing written" if self._read else f" Reading{self.glyphs.cut}", "dim"),)

    def on_resize(self) -> None:  # type: ignore[override]
        if self._wrapped:
            self._wrapped = self._width
            self._rearrange()

    def _rearrange(self) -> None:
        """Other rows for the same lines; the cursor stays on its line."""
        line = self.cursor_row if self._shown is None else self._line_at(self.cursor_row)
        self._arrange(0)
        self.rows_changed()
        if self.following:
            self.place(self.row_count() - 1)
        elif self._shown is None:
            self.place(line)
        else:
            self.place(next((at for at, each in enumerate(self._shown) if each[0] >= line), 0))

    def _line_at(self, row: int) -> int:
        return self._shown[row][0] if self._shown and row < len(self._shown) else 0

    def action_wrap(self) -> None:
        self._wrapped = 0 if self._wrapped else self._width
        self._rearrange()

    # Filtering, in the place of finding

    def find(self, needle: str) -> bool:
        """Shows only the lines that fit."""
        try:
            self._filter = LogFilter(needle) if needle else None
        except BadFilter as error:
            self.look.say(str(error), severity="warning")
            return True
        self._rearrange()
        if self.row_count() < self.size.height:
            self._want_older()
        return True

    @property
    def finding(self) -> bool:
        return self._filter is not None

    def end_find(self) -> None:
        self._filter = None
        self._rearrange()

    @property
    def filter_text(self) -> str:
        """What the lines are filtered by; empty: all are shown."""
        return self._filter.text if self._filter else ""
