"""How the panes are arranged: what is remembered of it, for each size of terminal by itself.

What comes from outside is read as data that may be anything: what makes no sense is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SIZES = ("narrow", "medium", "wide")
"""Of terminals; what is changed in one is not changed in the others."""
WIDTHS: dict[str, dict[str, int]] = {
    "medium": {"tree": 36, "inspector": 52, "file-tree": 40, "diff-files": 34},
    "wide": {"tree": 44, "inspector": 52, "file-tree": 40, "diff-files": 40},
}
"""Cells of each pane at the side, before the user says otherwise; a narrow terminal shows one at a time."""
NARROWEST, BESIDE = 16, 30
"""Cells that a pane at the side has at least, and that are left for what is beside it."""
HIDEABLE = ("tree", "inspector")
LONGEST_KEY = 300


@dataclass
class Arrangement:
    """The panes of one size."""

    zoomed: bool = False
    widths: dict[str, int] = field(default_factory=dict)
    """Cells of the panes that were made wider or narrower."""
    hidden: list[str] = field(default_factory=list)

    def width(self, size: str, pane: str) -> int:
        """Cells of a pane at the side."""
        return self.widths.get(pane) or WIDTHS[size][pane]

    def resize(self, size: str, pane: str, cells: int, room: int) -> None:
        """Makes a pane so many cells wider, within the `room` that it and what is beside it have."""
        most = max(NARROWEST, room - BESIDE)
        self.widths[pane] = max(NARROWEST, min(self.width(size, pane) + cells, most))


@dataclass
class Remembered:
    """Everything that the next start brings back."""

    sizes: dict[str, Arrangement] = field(default_factory=lambda: {size: Arrangement() for size in SIZES})
    selected: str = ""
    """Key of the row of the tree that the cursor was on."""
    view: str = ""

    def payload(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def remembered(payload: Mapping[str, object], views: tuple[str, ...]) -> Remembered:
    """What a payload says, as far as it makes sense."""
    found = Remembered()
    sizes = payload.get("sizes")
    for size in SIZES:
        document = sizes.get(size) if isinstance(sizes, dict) else None
        if isinstance(document, dict):
            found.sizes[size] = _arrangement(document)
    selected, view = payload.get("selected"), payload.get("view")
    if isinstance(selected, str) and len(selected) <= LONGEST_KEY:
        found.selected = selected
    if isinstance(view, str) and view in views:
        found.view = view
    return found


def _arrangement(document: Mapping[str, object]) -> Arrangement:
    widths, hidden = document.get("widths"), document.get("hidden")
    known = {pane for each in WIDTHS.values() for pane in each}
    return Arrangement(
        zoomed=document.get("zoomed") is True,
        widths={
            pane: max(NARROWEST, min(cells, 500))
            for pane, cells in (widths.items() if isinstance(widths, dict) else ())
            if pane in known and isinstance(cells, int) and not isinstance(cells, bool)
        },
        hidden=[pane for pane in HIDEABLE if isinstance(hidden, list) and pane in hidden],
    )
