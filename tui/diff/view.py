"""One file's diff: lines of any number, unified or side by side, read anew without losing one's place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import events, work

from core.values.comments import ReviewComment
from core.values.review import DiffLine
from tui.diff.colours import colour
from tui.diff.lines import MOST_PAGES, PAGE, SPLIT_FROM
from tui.diff.places import DiffPlaces
from tui.diff.renewal import Renewal
from tui.text.syntax import MOST_LINES
from tui.widgets.pages import Pages

if TYPE_CHECKING:
    from core.values.review import FileChange, FileDiff
    from tui.diff.layout import Row


WHOLE = 20_000
"""Lines around a change: those of the whole file, as many as the engine shows."""
USUAL = 3
CONTEXTS = (0, 1, USUAL, 6, 12, 25, 50, 100, 200, WHOLE)
"""How many lines around changes can be chosen."""


class DiffView(DiffPlaces):
    """Shows a file's diff, taking in its windows as they come."""

    shows_blurred_cursor = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._renewal: Renewal | None = None
        self._to_end = False
        """Whether the user went to the end of a diff that had not been counted yet."""
        self._chosen_context: int | None = None
        """The lines around changes that are shown again in the next file; None: as many as in this one."""

    # What is shown

    def show(self, file: FileChange | None, note: str = "", *, folded: bool = False) -> None:
        """Shows a file's diff: another one from its beginning, the same one where it is."""
        same = file is not None and self.file is not None and _key(file) == _key(self.file)
        if same and file is not None and not folded and not self.folded and self._pages.total:
            self._renew(file)
            return
        if not same:
            self._across = self.cursor_row = 0
            self._mark = None
            self.context_lines = self.context_lines if self._chosen_context is None else self._chosen_context
            self._chosen_context = None
        self.file, self.folded = file, folded
        self._reset()
        if not same:
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self._note = note or "Reading the diff"
        if file is not None and (folded or file.binary):
            self._note = ""
        elif file is not None:
            self._want(file, 0)
        self._head_changed()

    def tell(self, file: FileChange) -> None:
        """The same file with the same content, of which something else is known now."""
        self.file = file
        self._head_changed()

    def show_comments(self, comments: tuple[ReviewComment, ...]) -> None:
        """Shows these under the lines that they are on."""
        if comments != self.comments:
            self.comments = comments
            self._rearrange(self._lay_out_all)

    def _reset(self) -> None:
        self._number += 1
        self._renewal = None
        self._to_end = False
        self._hold_nothing()

    def _read_around(self, beyond: int = 0) -> None:
        if self._renewal is None:
            super()._read_around(beyond)

    # Windows that come

    def take(self, wanted: DiffView.Wants, diff: FileDiff) -> None:
        """Takes in a window that was asked for."""
        if wanted.number != self._number:
            return
        if self._renewal is not None:
            self._take_again(self._renewal, wanted.page, diff)
            return
        self._note = "" if diff.total else _empty_reason(wanted.file)
        first = not self._pages.total
        at_end = self._to_end and self.cursor_row >= self.row_count() - 1
        if not self._put_unseen(wanted.page, diff):
            self._rearrange(lambda: self._put(wanted.page, diff))
        if at_end:
            self.action_bottom()
        self._to_end = self._to_end and not diff.complete
        if first and self.cursor_row == 0 and self._waiting_for is None:
            self.move_to(self._first_hunk())
        if self._waiting_for is not None and self._pages.get(self._waiting_for) is not None:
            self.go_to_line(self._waiting_for)

    def _put(self, page: int, diff: FileDiff, rows: list[Row] | None = None) -> None:
        super()._put(page, diff, rows)
        if diff.total <= MOST_LINES:
            # Colours come to what is painted already: their thread would keep the paint waiting.
            self.call_after_refresh(self._colour, page, diff.lines)

    def _renew(self, file: FileChange) -> None:
        """Reads the diff again, from where the cursor is."""
        at = self._layout.line_at(max(0, self.cursor_row - len(self._head)))
        self._number += 1
        same = self.file is not None and file.old_id == self.file.old_id
        cursor = self.anchor_at(self.cursor_row, same_old=same)
        mark = self.anchor_at(self._mark, same_old=same) if self._mark is not None else None
        self._renewal = Renewal(self._number, file, Pages(PAGE, MOST_PAGES), cursor, mark)
        self._want(file, at // PAGE)

    def _take_again(self, renewal: Renewal, page: int, diff: FileDiff) -> None:
        renewal.pages.put(page, diff.lines, diff.total)
        renewal.steps += 1
        onward = renewal.next_page(diff, page)
        if onward is not None and renewal.steps < MOST_PAGES:
            self._want(renewal.file, onward)
            return
        offset = self.cursor_row - round(self.scroll_y)
        in_head = self.cursor_row < len(self._head)
        self.file, self._renewal, self._mark = renewal.file, None, None
        self._hold_nothing()
        self._pages = renewal.pages
        self._layout.tell_lines(diff.total)
        self._note = "" if diff.total else _empty_reason(renewal.file)
        self._lay_out_all()
        if diff.total and renewal.mark is not None:
            self._mark = self._row_at(renewal.find(renewal.mark))
        self.rows_changed()
        if diff.total and not in_head:
            self._put_cursor(self._row_at(renewal.find(renewal.cursor)), offset)
        for held, lines in self._pages.held().items():
            if diff.total <= MOST_LINES:
                self._colour(held, tuple(lines))

    def fail(self, wanted: DiffView.Wants, message: str) -> None:
        """The diff cannot be shown."""
        if wanted.number == self._number:
            self._reset()
            self._note = message
            self._head_changed()

    @work(group="colour")
    async def _colour(self, page: int, lines: tuple[DiffLine, ...]) -> None:
        file, number = self.file, self._number
        if file is None:
            return
        spans = await asyncio.to_thread(colour, file.path, lines)
        if number == self._number and self._pages.page(page) is lines:
            self._colours = {n: c for n, c in self._colours.items() if n in self._pages.held()}
            self._colours[page] = spans
            self._strips.clear()
            if self._shows(page):
                self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        if self.file is not None:
            self._rearrange(self._lay_out_all)
            self._scroll_to_cursor()

    # Keys

    def action_bottom(self) -> None:
        """To the end; as long as the diff is still being counted, to the end that it turns out to have."""
        self._to_end = True
        super().action_bottom()

    def turn_wrap(self) -> None:
        """Wraps long lines, or cuts them off again."""
        self.wrap = not self.wrap
        self._rearrange(self._lay_out_all)

    @property
    def settled(self) -> bool:
        """Whether all that is known of the diff is of the same reading."""
        return bool(self._pages.total) and self._renewal is None

    def widen(self) -> None:
        """Shows the whole of this file, from its next reading on."""
        if self._chosen_context is None:
            self._chosen_context = self.context_lines
        self.context_lines = WHOLE

    def next_context(self, step: int) -> None:
        """More or fewer lines around changes, from the next reading on."""
        at = next(n for n, lines in enumerate(CONTEXTS) if lines >= self.context_lines)
        self.context_lines = CONTEXTS[max(0, min(at + step, len(CONTEXTS) - 1))]
        self._chosen_context = None

    @property
    def context_words(self) -> str:
        """How many lines are shown around changes; empty: as many as at first."""
        if self.context_lines == USUAL:
            return ""
        return "whole file" if self.context_lines == WHOLE else f"context {self.context_lines}"

    def next_mode(self) -> str:
        """The other way than it is now, then the one before, then by width again; the one that holds now."""
        wide = self.scrollable_content_region.width >= SPLIT_FROM
        first, second = ("unified", "split") if wide else ("split", "unified")
        self.mode = {"auto": first, first: second}.get(self.mode, "auto")
        self._rearrange(self._lay_out_all)
        return self.mode


def _key(file: FileChange) -> tuple[str, str]:
    return file.repo_id, file.path


def _empty_reason(file: FileChange) -> str:
    return "" if file.old_path or file.old_mode != file.new_mode else "No line differs"
