"""One file's diff, unified, by window: lines of any number, of which some pages are held."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType
from textual.message import Message

from core.values.review import DiffLine, LineKind
from tui.actions import bindings
from tui.pages import Pages
from tui.preview import shift
from tui.rows import RowView
from tui.spans import Line, Span
from tui.syntax import MOST_LINES, highlight
from tui.word_diff import changed_ranges

if TYPE_CHECKING:
    from core.values.review import FileChange, FileDiff

PAGE = 500
MOST_PAGES = 20
_UNDER = {LineKind.ADDED: "added-line", LineKind.REMOVED: "removed-line"}


class DiffView(RowView):
    """Old and new line numbers, sign, code; changed words stand out."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("wide")]

    class Wants(Message):
        """A window of the diff is needed."""

        def __init__(self, file: FileChange, page: int, context: int) -> None:
            super().__init__()
            self.file = file
            self.page = page
            self.context = context

    shows_blurred_cursor = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.file: FileChange | None = None
        self.context_lines = 3
        self._pages: Pages[DiffLine] = Pages(PAGE, MOST_PAGES)
        self._colours: dict[int, list[Line | None]] = {}
        self._note = ""
        self._across = 0
        self._digits = 3

    def show(self, file: FileChange | None, note: str = "") -> None:
        """Shows another file's diff from its beginning."""
        if file is None or self.file is None or file.path != self.file.path:
            self._across = 0
            self.cursor_row = 0
        self.file = file
        self._pages = Pages(PAGE, MOST_PAGES)
        self._colours = {}
        self._note = note or "Reading the diff"
        self.rows_changed()
        if file is not None and file.binary:
            self._note = "Binary file: there is no line to show"
        elif file is not None:
            self.post_message(self.Wants(file, 0, self.context_lines))

    def take(self, file: FileChange, page: int, context: int, diff: FileDiff) -> None:
        """Takes in a window that was asked for."""
        if self.file is None or (file.repo_id, file.path) != (self.file.repo_id, self.file.path):
            return
        if context != self.context_lines:
            return
        self._note = "" if diff.total else self._empty_reason(file)
        self._pages.put(page, diff.lines, diff.total)
        last = max((max(line.old or 0, line.new or 0) for line in diff.lines), default=0)
        self._digits = max(self._digits if page else 3, len(str(last)))
        self.rows_changed()
        if page == 0 and self.cursor_row == 0:
            self.move_to(next((at for at, each in enumerate(diff.lines) if each.kind is LineKind.HUNK), 0))
        if diff.total <= MOST_LINES:
            self._colour(page, diff.lines)

    @staticmethod
    def _empty_reason(file: FileChange) -> str:
        if file.old_path:
            return f"Renamed from {file.old_path}, otherwise as it was"
        if file.old_mode != file.new_mode and file.old_mode:
            return f"Mode {file.old_mode} became {file.new_mode}"
        return "No line differs"

    def fail(self, message: str) -> None:
        """The diff cannot be shown."""
        self._note = message
        self._pages = Pages(PAGE, MOST_PAGES)
        self.rows_changed()

    @work(group="colour")
    async def _colour(self, page: int, lines: tuple[DiffLine, ...]) -> None:
        file = self.file
        if file is None:
            return
        spans = await asyncio.to_thread(colour, file.path, lines)
        if self.file is file and page in self._pages.held():
            self._colours = {n: c for n, c in self._colours.items() if n in self._pages.held()}
            self._colours[page] = spans
            self.rows_changed()

    # Rows

    def row_count(self) -> int:
        return self._pages.total

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        if self.file is not None:
            for page in self._pages.missing(index - 40, index + 80):
                self.post_message(self.Wants(self.file, page, self.context_lines))
        line = self._pages.get(index)
        if line is None:
            return ((f" {self.glyphs.cut}", "dim"),), ()
        if line.kind is LineKind.HUNK:
            return ((f" {line.text}", "hunk"),), ()
        if line.kind in (LineKind.FILE, LineKind.META, LineKind.NOTE):
            return ((f" {line.text}", "dim"),), ()
        return (*self._gutter(line), *shift(self._code(index, line), self._across)), ()

    def _gutter(self, line: DiffLine) -> Line:
        numbers = "".join(f"{number if number else '':>{self._digits}} " for number in (line.old, line.new))
        if line.kind is LineKind.ADDED:
            return (numbers, "gutter"), ("+ ", "added")
        if line.kind is LineKind.REMOVED:
            return (numbers, "gutter"), (f"{self.glyphs.minus} ", "removed")
        return (numbers, "gutter"), ("  ", "text")

    def _code(self, index: int, line: DiffLine) -> Line:
        colours = self._colours.get(index // PAGE)
        found = colours[index % PAGE] if colours is not None and index % PAGE < len(colours) else None
        if found is not None:
            return found
        token = {LineKind.ADDED: "added", LineKind.REMOVED: "removed"}.get(line.kind, "text")
        return ((line.text[:4000], token),)

    def row_under(self, index: int) -> str:
        line = self._pages.get(index)
        return _UNDER.get(line.kind, "") if line else ""

    def row_text(self, index: int) -> str:
        line = self._pages.get(index)
        return line.text if line else ""

    def empty_text(self) -> Line:
        return ((f" {self._note}", "dim"),)

    # Keys

    def action_sideways(self, direction: int) -> None:
        self._across = max(0, self._across + direction * 16)
        self.rows_changed()

    def go_to_hunk(self, direction: int) -> bool:
        """Moves to the hunk after or before; False when there is none among the lines that are here."""
        index = self.cursor_row + direction
        while 0 <= index < self.row_count():
            line = self._pages.get(index)
            if line is not None and line.kind is LineKind.HUNK:
                self.move_to(self.row_count() - 1 if direction > 0 else 0)
                self.move_to(index)
                self.scroll_to(y=max(0, index - 2), animate=False)
                return True
            index += direction
        return False

    def hunk_position(self) -> tuple[int, int]:
        """Number of the hunk at the cursor, and of hunks among the lines that are here."""
        at = total = 0
        for number, lines in sorted(self._pages.held().items()):
            for offset, line in enumerate(lines):
                if line.kind is LineKind.HUNK:
                    total += 1
                    at += number * PAGE + offset <= self.cursor_row
        return at, total

    def line_number(self) -> int:
        """The new side's number of the line at the cursor, or of the next one that has one."""
        for index in range(self.cursor_row, min(self.cursor_row + 50, self.row_count())):
            line = self._pages.get(index)
            if line is not None and line.new:
                return line.new
        return 1


def colour(path: str, lines: tuple[DiffLine, ...]) -> list[Line | None]:
    """The spans of each line: syntax, with the changed words of paired lines marked."""
    code = [index for index, line in enumerate(lines) if line.kind not in (LineKind.HUNK, LineKind.NOTE)]
    out: list[Line | None] = [None] * len(lines)
    for side in (LineKind.REMOVED, LineKind.ADDED):
        mine = [index for index in code if lines[index].kind in (LineKind.CONTEXT, side)]
        spans = highlight(path, [lines[index].text for index in mine])
        for index, found in zip(mine, spans or (), strict=False):
            out[index] = found
    for old, new in _pairs(lines):
        left, right = changed_ranges(lines[old].text, lines[new].text)
        out[old] = _marked(out[old] or ((lines[old].text, "text"),), left, "removed-word")
        out[new] = _marked(out[new] or ((lines[new].text, "text"),), right, "added-word")
    return out


def _pairs(lines: tuple[DiffLine, ...]) -> list[tuple[int, int]]:
    """Removed and added lines that stand in the same place of runs of equal length."""
    pairs: list[tuple[int, int]] = []
    index = 0
    while index < len(lines):
        start = index
        while index < len(lines) and lines[index].kind is LineKind.REMOVED:
            index += 1
        middle = index
        while index < len(lines) and lines[index].kind is LineKind.ADDED:
            index += 1
        if middle - start == index - middle:
            pairs += zip(range(start, middle), range(middle, index), strict=True)
        index += index == start
    return pairs


def _marked(spans: Line, ranges: list[tuple[int, int]], token: str) -> Line:
    """The spans with `token` added to the characters in `ranges`."""
    if not ranges:
        return spans
    out: list[Span] = []
    at = 0
    for text, kind in spans:
        cuts = {0, len(text)} | {edge - at for pair in ranges for edge in pair if 0 < edge - at < len(text)}
        edges = sorted(cuts)
        for start, end in pairwise(edges):
            inside = any(low <= at + start < high for low, high in ranges)
            out.append((text[start:end], f"{kind} {token}" if inside else kind))
        at += len(text)
    return tuple(out)
