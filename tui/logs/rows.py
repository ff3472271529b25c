"""The lines of a log that are held, as rows: wrapped or cut off, all of them or those that fit a filter."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from tui.keys.actions import bindings
from tui.logs.filter import BadFilter, LogFilter
from tui.logs.window import LogWindow
from tui.text.spans import Line, wrap_spans
from tui.widgets.following import FollowingRows


class LogRows(FollowingRows):
    """Rows over a window of lines. Subclasses fill the window and call `find_rows`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("log")]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._window = LogWindow()
        self._plain = "text"
        """How text without a colour of its own is shown."""
        self._wrapped = 0
        """Cells at which lines are wrapped; 0: they are cut off."""
        self._filter: LogFilter | None = None
        self._shown: list[tuple[int, int]] | None = None
        """Line and part of it by row; None: every line is one row."""

    def reset(self) -> None:
        """Holds nothing any more."""
        self._window.clear()
        self._shown = [] if self._shown is not None else None
        self.rows_changed()

    def few_rows(self) -> None:
        """There are fewer rows than fit on the screen, or none at all."""

    def find_rows(self, first: int) -> None:
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
                self.find_rows(0)
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
        if self._plain != "text":
            spans = tuple((text, self._plain if token == "text" else token) for text, token in spans)
        return ((" ", "text"), *spans), ()

    def row_text(self, index: int) -> str:
        return self._window.text(index if self._shown is None else self._shown[index][0])

    def on_resize(self) -> None:  # type: ignore[override]
        if self._wrapped:
            self._wrapped = self._width
            self._rearrange()

    def _rearrange(self) -> None:
        """Other rows for the same lines; the cursor stays on its line."""
        line = self.cursor_row if self._shown is None else self._line_at(self.cursor_row)
        self.find_rows(0)
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
            self.few_rows()
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
