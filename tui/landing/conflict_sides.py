"""The versions of a file in conflict: base, ours and theirs, beside or below each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container

from tui.text.literal import literal
from tui.text.spans import Line
from tui.text.visible import visible
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.conflicts import ConflictSides

Block = tuple[int, int, int, int]
"""A changed passage: from and to in the base, from and to in the side."""
MOST_COMPARED = 4000
"""Lines of a side beyond which its changes are not marked: it is shown plain."""


class SideRows(RowView):
    """One version, what differs from the base marked."""

    def __init__(self, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: list[str] = []
        self._changed: set[int] = set()
        self._note = ""

    def show(self, text: str | None, marked: Marked, note: str = "") -> None:
        """Shows a text from the place where the sides meet; None: that side has no such file."""
        self._lines = text.splitlines() if text is not None else []
        self._changed = marked.changed
        self._note = note or ("There is no such file, or it is no text" if text is None else "Empty")
        self.rows_changed()
        self.move_to(0)
        self.scroll_to(y=max(0, marked.focus - 1), animate=False, force=True)
        self.cursor_row = max(0, min(marked.focus, len(self._lines) - 1))

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
            self.query_one(f"#side-{name}", SideRows).show(None, Marked(), note)

    def show(self, sides: ConflictSides, marks: dict[str, Marked]) -> None:
        """Shows a file."""
        titles = {
            "ours": f"Ours  {sides.ours_name}",
            "base": "Base",
            "theirs": f"Theirs  {sides.theirs_name}",
        }
        for name in self.NAMES:
            rows = self.query_one(f"#side-{name}", SideRows)
            rows.border_title = literal(titles[name].strip())
            rows.show(getattr(sides, name), marks[name])


@dataclass
class Marked:
    """What of one version is changed, and where the sides meet."""

    changed: set[int] = field(default_factory=set)
    """Indices of lines."""
    focus: int = 0


def compare(sides: ConflictSides) -> dict[str, Marked]:
    """The changes of each side, and the first place that both have changed. Takes its time."""
    base = (sides.base or "").splitlines()
    marks = {name: Marked() for name in Sides.NAMES}
    blocks: dict[str, list[Block]] = {"ours": [], "theirs": []}
    for name, found in blocks.items():
        other = (getattr(sides, name) or "").splitlines()
        if max(len(base), len(other)) <= MOST_COMPARED:
            codes = SequenceMatcher(None, base, other, autojunk=True).get_opcodes()
            found += [(a, b, c, d) for tag, a, b, c, d in codes if tag != "equal"]
        marks[name].changed = {at for _, _, first, last in found for at in range(first, last)}
        marks["base"].changed |= {at for first, last, _, _ in found for at in range(first, last)}
        marks[name].focus = found[0][2] if found else 0
    meeting = [
        (mine, other) for mine in blocks["ours"] for other in blocks["theirs"]
        if mine[0] <= other[1] and other[0] <= mine[1]
    ]  # fmt: skip
    if meeting:
        mine, other = meeting[0]
        marks["base"].focus = min(mine[0], other[0])
        marks["ours"].focus, marks["theirs"].focus = mine[2], other[2]
    return marks
