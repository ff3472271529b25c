"""The line above a diff: what is compared, how much of it is read, where the cursor is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from tui.text.spans import Span, fit, width_of
from tui.widgets.bar import Bar

if TYPE_CHECKING:
    from core.values.review import DiffSummary
    from tui.looks.look import Look


LEAST_OF_NAME = 8
"""Cells of a workspace's name that still say which it is."""


class DiffBar(Bar):
    """One line; where it is narrow, what matters least is left out."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._tell_again: Callable[[], None] = lambda: None

    def tell(
        self,
        name: str,
        words: str,
        summary: DiffSummary | None,
        position: str,
        shown_as: Sequence[str],
        *,
        fresh: bool,
    ) -> None:
        """Shows what is compared (`words`) with the workspace `name`, of what size, how it is shown (of
        `shown_as` the first matter least), and the cursor's position; not `fresh`: it says what was there
        last, and may be old."""
        self._tell_again = lambda: self.tell(name, words, summary, position, shown_as, fresh=fresh)
        minus, cut = cast("Look", self.app).glyphs.minus, cast("Look", self.app).glyphs.cut
        left: list[Span] = [(f" {words}", "strong")]
        old: list[Span] = []
        if summary is not None and summary.files:
            read = sum(each.reviewed for each in summary.files)
            left += [(f"  +{summary.added}", "added"), (f" {minus}{summary.removed}", "removed")]
            left.append((f"  read {read}/{len(summary.files)}", "done" if read else "dim"))
            old = [] if fresh else [("  as of the last look", "dim")]
        at = (f"{position} ", "dim")
        shown: list[Span] = [(f"{each}  ", "dim") for each in shown_as]
        while shown and not self._holds(left, shown, [at]):
            del shown[0]
        if self._holds(left, old, shown, [at]):
            left += old
        room = self.size.width - sum(map(width_of, (left, shown, [at]))) - 3
        if name and room >= min(len(name), LEAST_OF_NAME):
            left.insert(0, (f" {fit(name, room, cut=cut)} ", "title"))
        self.show(tuple(left), (*shown, at))

    def _holds(self, *parts: Sequence[Span]) -> bool:
        """Whether they have room beside each other, with two cells between left and right."""
        return sum(map(width_of, parts)) + 2 <= self.size.width

    def on_resize(self) -> None:
        self._tell_again()
