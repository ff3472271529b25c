"""The changed files of a workspace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tui.diff.head import why_folded
from tui.files.tree import SIGNS
from tui.text.spans import Line, Span, fit
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.comments import ReviewComment
    from core.values.review import DiffSummary, FileChange

READING = "Reading the diff"


class DiffFiles(RowView):
    """One row per file: what happened to it, its path (never without its end), lines added and removed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.files: tuple[FileChange, ...] = ()
        self._comments = Counter[tuple[str, str]]()
        """How many comments that are not resolved each file has."""
        self._note = ""
        self.path_of: Callable[[FileChange], str] = lambda file: file.path
        """What a file is called for people."""

    def show(self, summary: DiffSummary | None, note: str = "") -> None:
        """Shows the files of a diff, or why there are none."""
        at = self.current
        self.files = summary.files if summary else ()
        self._note, self.reading = note, note == READING
        self.rows_changed()
        if at is not None:
            paths = [(file.repo_id, file.path) for file in self.files]
            if (at.repo_id, at.path) in paths:
                self.move_to(paths.index((at.repo_id, at.path)))

    def show_comments(self, comments: Iterable[ReviewComment]) -> None:
        """Shows how many of these are on each file."""
        self._comments = Counter(
            (each.repo_id, each.path) for each in comments if not each.resolved and not each.draft
        )
        self.rows_changed()

    @property
    def current(self) -> FileChange | None:
        """The file at the cursor."""
        return self.files[self.cursor_row] if self.cursor_row < len(self.files) else None

    def row_count(self) -> int:
        return len(self.files)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        file = self.files[index]
        letter, token = SIGNS[file.change]
        right: list[Span] = []
        if file.binary:
            right.append(("binary ", "dim"))
        else:
            right += [(f"+{file.added}", "added")] if file.added else []
            right += [(f" {self.glyphs.minus}{file.removed}", "removed")] if file.removed else []
        comments = self._comments[file.repo_id, file.path]
        right += [(f" {self.glyphs.waiting}{comments}", "waiting")] if comments else []
        right.append((" ", "dim"))
        room = width - 4 - sum(len(text) for text, _ in right)
        path = fit(self.path_of(file), max(8, room), cut=self.glyphs.cut, keep_end=True)
        read = (f"{self.glyphs.done if file.reviewed else ' '}", "done")
        shown = "dim" if file.reviewed or why_folded(file) else "text"
        return (read, (f"{letter} ", token), (path, shown)), tuple(right)

    def row_text(self, index: int) -> str:
        return self.path_of(self.files[index])

    def empty_text(self) -> Line:
        return ((f" {self._note}", "dim"),)
