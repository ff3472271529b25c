"""A diff that is read again while somebody reads it: where the lines at the cursor and the mark are now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from core.values.comments import Side

if TYPE_CHECKING:
    from core.values.review import DiffLine, FileChange, FileDiff
    from tui.widgets.pages import Pages


class Anchor(NamedTuple):
    """A line by which a place is found again.

    What the old side has is known by its number there as long as that side is the same, which no edit
    changes; all else by its text.
    """

    side: Side
    number: int
    text: str = ""

    @classmethod
    def of(cls, line: DiffLine, *, same_old: bool) -> Anchor | None:
        """None for what is no line of either side; `same_old`: whether the old side stays as it is."""
        if line.old and (same_old or not line.new):
            return cls(Side.OLD, line.old)
        return cls(Side.NEW, line.new, line.text) if line.new else None

    def numbers(self, lines: list[DiffLine]) -> list[tuple[int, int]]:
        """Offset and number of the lines that the side has."""
        pairs = ((at, line.new if self.side is Side.NEW else line.old) for at, line in enumerate(lines))
        return [(at, number) for at, number in pairs if number]


@dataclass
class Renewal:
    """What was shown stays until the lines at the cursor and the mark are found in what comes."""

    number: int
    """Of the reading."""
    file: FileChange
    pages: Pages[DiffLine]
    cursor: Anchor
    mark: Anchor | None = None
    steps: int = 0
    """Pages that were looked through."""

    def next_page(self, diff: FileDiff, page: int) -> int | None:
        """The page to look at next; None when all is found, or nowhere else."""
        if not diff.lines and diff.total:
            return self._last_page(diff)
        anchors = filter(None, (self.cursor, self.mark))
        pages = (self._towards(anchor, diff, page) for anchor in anchors)
        return next((at for at in pages if at is not None), None)

    def _last_page(self, diff: FileDiff) -> int:
        return -(-diff.total // self.pages.length) - 1

    def _towards(self, anchor: Anchor, diff: FileDiff, page: int) -> int | None:
        """The page next to this one that is nearer to the line; None when its place is among those here."""
        numbers = [number for _, number in anchor.numbers(list(diff.lines))]
        if numbers and numbers[0] <= anchor.number <= numbers[-1]:
            return None
        back = bool(numbers) and anchor.number < numbers[0]
        wanted = page - 1 if back else page + 1
        return wanted if 0 <= wanted <= self._last_page(diff) and wanted not in self.pages.held() else None

    def _lines(self, anchor: Anchor) -> Iterator[tuple[int, int, str]]:
        """Which line of the diff, its number on the side, and its text."""
        for page, lines in sorted(self.pages.held().items()):
            for at, number in anchor.numbers(list(lines)):
                yield page * self.pages.length + at, number, lines[at].text

    def find(self, anchor: Anchor) -> int:
        """Which line of the diff, from 0, is the one; else the first one behind where it was."""
        lines = list(self._lines(anchor))
        if anchor.side is Side.NEW:
            same = [(abs(number - anchor.number), at) for at, number, text in lines if text == anchor.text]
            if same:
                return min(same)[1]
        behind = next((at for at, number, _ in lines if number >= anchor.number), None)
        if behind is not None:
            return behind
        last, held = max(self.pages.held().items())
        return last * self.pages.length + max(0, len(held) - 1)
