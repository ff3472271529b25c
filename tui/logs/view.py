"""A process's raw output: opened at its end, followed, and read backwards as the user goes up.

It holds a window of the output. While its end is followed, a process that writes faster than one can read
is not read in full: what is missed is skipped, and is there again when the user goes up.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from textual.message import Message
from textual.timer import Timer

from tui.logs.rows import LogRows
from tui.logs.window import PIECE
from tui.text.spans import Line

if TYPE_CHECKING:
    from core.values.conversation import LogChunk

AHEAD = 4 * PIECE
"""Bytes that are read beyond the cursor while the end is not followed."""
SKIPPED_TO = PIECE // 4
"""Bytes of the end that are read of a process that is too fast to be read in full: some screens of it."""
LOCAL_SECONDS, REMOTE_SECONDS = 0.1, 0.25
"""Between two looks at what grows: over SSH every repaint is sent through the connection."""
SHARE, MOST_SECONDS = 8, 0.3
"""A look takes an eighth of the time, up to so many seconds between two."""
TYPING_SECONDS, BESIDE_TYPING_SECONDS = 1.0, 0.5
"""Keys come first: for so long after one, so many seconds are between two looks."""


def until_next_look(cost: float, since_key: float) -> float:
    """Seconds between two looks at what grows.

    Args:
        cost: Seconds that the last one took, to its paint.
        since_key: Seconds since the user pressed a key.
    """
    if since_key < TYPING_SECONDS:
        return BESIDE_TYPING_SECONDS
    least = REMOTE_SECONDS if "SSH_CONNECTION" in os.environ else LOCAL_SECONDS
    return max(least, min(cost * SHARE, MOST_SECONDS))


class LogView(LogRows):
    """Lines of one stream of one process."""

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
        self._plain = "text" if stream == "out" else "warning"
        self._process = ""
        self._read = False
        """Whether anything has been read yet."""
        self._known = 0
        """Bytes there are, as far as is known."""
        self._asking = False
        self._timer: Timer | None = None
        self._wanted: LogView.Wants | None = None
        """What was asked for last: other answers come too late."""
        self._again = False
        """Whether the process has written since it was looked at."""
        self._cost = 0.0
        """Seconds from the last chunk to its paint; more on a machine that has other things to do."""
        self._jumping = False
        """Whether a line is looked for: what comes next begins with it, what is before it comes then."""

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
        self.reset()
        self.ask()

    def show_place(self, process_id: str, offset: int) -> None:
        """Shows a process's output where a line begins, with what is before and after it."""
        self._process = process_id
        self._read, self._known = False, 0
        self.following = False
        self._jumping = True
        self.reset()
        self._want(offset, PIECE)

    # Reading

    def at_newest(self) -> bool:
        return self._window.end >= self._known

    def grew(self, size: int) -> None:
        """The process has written; looks at it now, or soon when it was looked at just before."""
        if self.stream == "out":
            self._known = max(self._known, size)
        if self._timer is None:
            self.ask()
            since_key = time.monotonic() - self.look.last_key_at
            self._timer = self.set_timer(until_next_look(self._cost, since_key), self._look)
            self._again = False
        else:
            self._again = True

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
        self._wanted = self.Wants(self, offset, limit, older)
        self.post_message(self._wanted)

    def take(self, wanted: Wants, chunk: LogChunk) -> None:
        """Takes in what was asked for."""
        if wanted is not self._wanted:
            return
        self._asking = False
        self._known = chunk.size
        self.call_after_refresh(self._painted, time.perf_counter())
        if wanted.older:
            self._take_older(chunk)
            return
        if self._read and chunk.offset == self._window.end:
            self._take_newer(chunk)
        else:
            self._window.clear()
            self._window.append(chunk.text, chunk.offset, chunk.next_offset)
            self._read = True
            self.find_rows(0)
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
        self.find_rows(0 if gone else max(0, before - 1))
        if gone and self._shown is not None:
            self.place(self.cursor_row - max(0, rows - self.row_count()))
        self.rows_changed()
        self.came(len(self._window) + gone - before)

    def _take_older(self, chunk: LogChunk) -> None:
        rows = self.row_count()
        added, gone = self._window.prepend(chunk.text, chunk.offset, self._window.start)
        before = len(self._shown or ())
        self.find_rows(0)
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

    def failed(self, wanted: Wants) -> None:
        """What was asked for did not come."""
        if wanted is self._wanted:
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
        if self._window.start > 0:
            self.reset()
            self._want(0, PIECE)
        self.place(0)

    def action_bottom(self) -> None:
        super().action_bottom()
        self.ask()

    def few_rows(self) -> None:
        self._want_older()

    def empty_text(self) -> Line:
        if not self._process:
            return ((" No agent has run here yet", "dim"),)
        if self._filter is not None and len(self._window):
            return ((f" No line here fits {self._filter.text!r}; esc shows all again", "dim"),)
        return ((" Nothing written" if self._read else f" Reading{self.glyphs.cut}", "dim"),)
