"""The versions of a file in conflict: base, ours and theirs, beside or below each other."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container

from tui.literal import literal
from tui.rows import RowView
from tui.spans import Line
from tui.visible import visible

if TYPE_CHECKING:
    from core.values.conflicts import ConflictSides

MOST_COMPARED = 4000
"""Lines of a side beyond which its changes are not marked: it is shown plain."""


class SideRows(RowView):
    """One version, what differs from the base marked."""

    def __init__(self, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: list[str] = []
        self._changed: set[int] = set()
        self._note = ""

    def show(self, text: str | None, changed: set[int], note: str = "") -> None:
        """Shows a text from its first change on; None: that side has no such file."""
        self._lines = text.splitlines() if text is not None else []
        self._changed = changed
        self._note = note or ("There is no such file, or it is no text" if text is None else "Empty")
        self.rows_changed()
        self.move_to(0)
        if changed:
            self.move_to(min(max(changed) + 1, len(self._lines) - 1))
            self.move_to(max(0, min(changed) - 1))

    def row_count(self) -> int:
        return len(self._lines)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        token = "strong" if index in self._changed else "text"
        mark = self.glyphs.mark if index in self._changed else " "
        return ((mark, "waiting"), (f"{index + 1:>4} ", "gutter"), (visible(self._lines[index]), token)), ()

    def row_under(self, index: int) -> str:
        return "added-line" if index in self._changed else ""

    def empty_text(self) -> Line:
        return ((f" {self._note}", "dim"),)


class Sides(Container):
    """Three versions; side by side where the screen has 120 columns."""

    NAMES = ("ours", "base", "theirs")

    def compose(self) -> ComposeResult:
        for name in self.NAMES:
            yield SideRows(f"side-{name}")

    def tell(self, note: str) -> None:
        """Says why there is nothing to see."""
        for name in self.NAMES:
            self.query_one(f"#side-{name}", SideRows).show(None, set(), note)

    def show(self, sides: ConflictSides, changed: dict[str, set[int]]) -> None:
        """Shows a file."""
        titles = {
            "ours": f"Ours  {sides.ours_name}",
            "base": "Base",
            "theirs": f"Theirs  {sides.theirs_name}",
        }
        for name in self.NAMES:
            rows = self.query_one(f"#side-{name}", SideRows)
            rows.border_title = literal(titles[name].strip())
            rows.show(getattr(sides, name), changed.get(name, set()))


def changed_lines(base: str | None, other: str | None) -> set[int]:
    """Indices of the lines of `other` that `base` has not; nothing of what is too long. Takes its time."""
    before, after = (base or "").splitlines(), (other or "").splitlines()
    if len(before) > MOST_COMPARED or len(after) > MOST_COMPARED:
        return set()
    codes = SequenceMatcher(None, before, after, autojunk=True).get_opcodes()
    return {at for tag, _, _, first, last in codes if tag != "equal" for at in range(first, last)}
