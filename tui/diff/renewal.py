"""A diff that is read again while somebody reads it: where the line at the cursor is in the new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.values.comments import Side

if TYPE_CHECKING:
    from core.values.review import DiffLine, FileChange, FileDiff
    from tui.widgets.pages import Pages


@dataclass
class Renewal:
    """What was shown stays until the line at the cursor is found in what comes."""

    number: int
    """Of the reading."""
    file: FileChange
    pages: Pages[DiffLine]
    side: Side
    line: int
    """The number, on that side, of the line at the cursor."""
    steps: int = 0
    """Pages that were looked through."""

    def towards(self, diff: FileDiff, page: int) -> int | None:
        """The page to look at next for the line; None when it is in this one, or nowhere else."""
        length = self.pages.length
        pages = -(-diff.total // length)
        if not diff.lines and diff.total:
            return pages - 1
        numbers = [number for _, number in _numbers(diff, self.side)]
        wanted = page
        if numbers and self.line > numbers[-1]:
            wanted = page + 1
        elif numbers and self.line < numbers[0]:
            wanted = page - 1
        known = self.pages.held()
        return wanted if wanted != page and 0 <= wanted < pages and wanted not in known else None

    def nearest(self, diff: FileDiff) -> int:
        """The offset, in a page, of the line, or of the first one behind where it was."""
        numbers = _numbers(diff, self.side)
        found = next((at for at, number in numbers if number >= self.line), None)
        return found if found is not None else max(0, len(diff.lines) - 1)


def _numbers(diff: FileDiff, side: Side) -> list[tuple[int, int]]:
    """Offset and number of the lines that one side has."""
    pairs = ((at, line.new if side is Side.NEW else line.old) for at, line in enumerate(diff.lines))
    return [(at, number) for at, number in pairs if number]
