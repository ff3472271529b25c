"""A file's text by window: only the pages around the cursor are read, held and coloured."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import events, work
from textual.message import Message
from textual.strip import Strip

from tui.looks.durations import size
from tui.text.literal import literal
from tui.text.spans import Line, fit, shift
from tui.text.syntax import MOST_LINES, highlight
from tui.widgets.pages import Pages
from tui.widgets.wide_rows import WideRows

if TYPE_CHECKING:
    from core.values.review import FileContent, SmallPicture
    from tui.files.picture_pane import Drawn
    from tui.looks.pictures import PictureWay

PAGE = 500
MOST_PAGES = 20
EDGES = 6
"""Cells of a border beside the title in it."""
MOST_CELLS = 4000
"""Characters of a line that are shown."""
PICTURE_ROW = 2
"""The row at which a picture begins."""


class Preview(WideRows):
    """Line numbers and lines; scrolls sideways."""

    class Wants(Message):
        """A window of the file is needed."""

        def __init__(self, path: str, page: int) -> None:
            super().__init__()
            self.path = path
            self.page = page

    class WantsPicture(Message):
        """The file is a picture, and there is room for so many cells of it."""

        def __init__(self, path: str, columns: int, rows: int) -> None:
            super().__init__()
            self.path = path
            self.columns = columns
            self.rows = rows

    shows_blurred_cursor = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.path = ""
        self._pages: Pages[str] = Pages(PAGE, MOST_PAGES)
        self._colours: dict[int, list[Line]] = {}
        self._note = ""
        self._wanted_line = 0
        """The line to go to as soon as it is there; 0: none."""
        self._drawn: Drawn | None = None
        self._facts = ""
        """What is known of the file, where it is a picture."""

    def show(self, path: str, line: int = 0) -> None:
        """Shows another file from its beginning, or at a line (from 1); an empty path shows none."""
        self._wanted_line = line
        self._draw_picture(None)
        self._facts = ""
        if path != self.path:
            self._across = 0
            self.cursor_row = 0
        self.path = path
        self._pages = Pages(PAGE, MOST_PAGES)
        self._colours = {}
        self._note = "Reading" if path else ""
        self._name_file()
        self.rows_changed()
        if path:
            self.post_message(self.Wants(path, max(0, line - 1) // PAGE))

    def _name_file(self) -> None:
        """The path, for a border, which there is where no tree beside it says what is shown."""
        room = max(0, self.outer_size.width - EDGES)
        self.border_title = literal(fit(self.path, room, cut=self.glyphs.cut, keep_end=True))

    def take(self, page: int, content: FileContent) -> None:
        """Takes in a window that was asked for."""
        if content.path != self.path:
            return
        if content.binary:
            self._note = f"{content.about or 'Binary file'}, {size(content.size)}"
            self._facts = self._note if content.about else ""
            self.rows_changed()
            self._want_picture()
            return
        self._note = "" if content.lines or page else "Empty file"
        end = content.start + len(content.lines)
        total = max(self._pages.total, content.count, end + (1 if content.more else 0))
        self._pages.put(page, content.lines, total)
        self._colours.pop(page, None)
        self.rows_changed()
        if content.start < self._wanted_line <= end:
            self.move_to(self._wanted_line - 1)
            self._wanted_line = 0
        if self._pages.total <= MOST_LINES:
            self._colour(page, content.lines)

    def _want_picture(self) -> None:
        room = self.scrollable_content_region
        if self._facts and room.width > 0 and room.height > PICTURE_ROW:
            self.post_message(self.WantsPicture(self.path, room.width, room.height - PICTURE_ROW))

    def take_picture(self, path: str, drawn: Drawn | None, note: str = "") -> None:
        """Shows a picture below what is known of it, or says why there is none."""
        if path == self.path:
            self._note = f"{self._facts}: {note}" if note else self._facts
            self._draw_picture(drawn)

    def shows_picture(self, picture: SmallPicture, way: PictureWay) -> bool:
        """Whether it is drawn already: agents change files, and each time it may be another one."""
        return self._drawn is not None and self._drawn.is_of(picture, way)

    def _draw_picture(self, drawn: Drawn | None) -> None:
        if self._drawn is not None:
            self._drawn.forget()
        self._drawn = drawn
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self._name_file()
        if self._drawn is not None:
            self._drawn.outdate()
        self._want_picture()

    def on_unmount(self) -> None:
        self._draw_picture(None)

    def _blank(self, y: int, index: int, width: int) -> Strip:
        strips = self._drawn.strips if self._drawn is not None else []
        if 0 <= y - PICTURE_ROW < len(strips):
            return strips[y - PICTURE_ROW].adjust_cell_length(width, self.rich_style)
        return super()._blank(y, index, width)

    def fail(self, message: str) -> None:
        """The file cannot be shown."""
        self._note = message
        self._pages = Pages(PAGE, MOST_PAGES)
        self.rows_changed()

    @work(group="colour")
    async def _colour(self, page: int, lines: tuple[str, ...]) -> None:
        path = self.path
        spans = await asyncio.to_thread(highlight, path, lines)
        if spans is not None and path == self.path:
            self._colours = {n: c for n, c in self._colours.items() if n in self._pages.held()}
            self._colours[page] = spans
            self.rows_changed()

    def row_count(self) -> int:
        return self._pages.total

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        for page in self._pages.missing(index - 40, index + 80):
            self.post_message(self.Wants(self.path, page))
        gutter = (f"{index + 1:>{self._digits}} ", "gutter")
        text = self._pages.get(index)
        if text is None:
            return (gutter, (self.glyphs.cut, "dim")), ()
        colours = self._colours.get(index // PAGE)
        spans: Line = ((text[:MOST_CELLS], "text"),)
        if colours is not None and index % PAGE < len(colours):
            spans = colours[index % PAGE]
        return (gutter, *shift(spans, self._across)), ()

    def row_text(self, index: int) -> str:
        return self._pages.get(index) or ""

    def empty_text(self) -> Line:
        return ((f" {self._note}" if self.path else " Choose a file on the left", "dim"),)

    def room(self) -> int:
        return self.scrollable_content_region.width - self._digits - 1

    def wide_texts(self, rows: range) -> Iterable[str]:
        return ((self._pages.get(index) or "")[:MOST_CELLS] for index in rows)

    @property
    def _digits(self) -> int:
        return max(3, len(str(self._pages.total)))
