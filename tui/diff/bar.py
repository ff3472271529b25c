"""The line above a diff: what is compared, how much of it is read, where the cursor is."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tui.text.spans import Span
from tui.widgets.bar import Bar

if TYPE_CHECKING:
    from core.values.review import DiffSummary
    from tui.looks.look import Look


class DiffBar(Bar):
    """One line."""

    def tell(
        self, words: str, summary: DiffSummary | None, position: str, layout: str, *, fresh: bool
    ) -> None:
        """Shows what is compared (`words`), of what size, and the cursor's position; not `fresh`: it says
        what was there last, and may be old."""
        minus = cast("Look", self.app).glyphs.minus
        left: list[Span] = [(f" {words}", "strong")]
        if summary is not None and summary.files:
            read = sum(each.reviewed for each in summary.files)
            left += [(f"  +{summary.added}", "added"), (f" {minus}{summary.removed}", "removed")]
            left.append((f"  read {read}/{len(summary.files)}", "done" if read else "dim"))
            left += [] if fresh else [("  as of the last look", "dim")]
        right: list[Span] = [(f"{layout}  ", "dim")] if layout else []
        right.append((f"{position} ", "dim"))
        self.show(tuple(left), tuple(right))
