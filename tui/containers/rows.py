"""Containers as rows: state, uptime and what each uses now, in as many columns as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.looks.durations import size, took
from tui.text.spans import Line, Span, fit
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.containers import ContainerInfo, Usage

WIDE, MEDIUM = 110, 76
"""Cells from which on the image, and processes and disk, are shown."""
NUMBERS = 7
"""Cells of a number."""
NAME, STATE, IMAGE = (10, 48), (19, 27), (20, 48)
"""Cells of the texts: the least, and what is enough."""


class ContainerRows(RowView):
    """One row per container; the names of those that are marked are in `marked`."""

    def __init__(self) -> None:
        super().__init__(id="containers")
        self.containers: list[ContainerInfo] = []
        self.usage: dict[str, Usage] = {}
        """What those in sight use now, by id."""
        self.marked: set[str] = set()
        """Ids."""
        self.note = "Asking the container engine"

    def show(self, containers: tuple[ContainerInfo, ...]) -> None:
        """Shows these; cursor and marks stay with the containers that they were on."""
        at = self.current.id if self.current else ""
        self.containers = sorted(containers, key=lambda each: (each.orphan, each.workspace, each.name))
        ids = [each.id for each in self.containers]
        self.marked &= set(ids)
        self.usage = {each.id: self.usage[each.id] for each in self.containers if self._used(each)}
        self.note = "No container: a workspace that runs in one shows up here"
        self.rows_changed()
        if at in ids:
            self.move_to(ids.index(at))

    def _used(self, each: ContainerInfo) -> bool:
        return each.running and each.id in self.usage

    def take_usage(self, container: str, usage: Usage) -> None:
        """A container uses something else now: its row alone is drawn again."""
        self.usage[container] = usage
        for index, each in enumerate(self.containers):
            if each.id == container:
                self.row_changed(index)

    @property
    def current(self) -> ContainerInfo | None:
        """The container at the cursor."""
        return self.containers[self.cursor_row] if self.cursor_row < len(self.containers) else None

    def chosen(self) -> list[ContainerInfo]:
        """The marked ones, else the one at the cursor."""
        marked = [each for each in self.containers if each.id in self.marked]
        return marked or ([self.current] if self.current else [])

    def in_sight(self) -> list[ContainerInfo]:
        """The containers whose rows can be seen now."""
        top = round(self.scroll_y)
        return self.containers[top : top + max(1, self.scrollable_content_region.height)]

    def row_count(self) -> int:
        return len(self.containers)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        each = self.containers[index]
        sign = self._sign(each)
        mark = self.glyphs.mark if each.id in self.marked else " "
        name, state, _ = _widths(width)
        left: list[Span] = [
            (mark, "key"), (f"{self.glyphs.state(sign)} ", sign),
            (f"{fit(each.workspace or each.name, name, cut=self.glyphs.cut):<{name}} ", "text"),
            (f"{fit(each.words, state - 1, cut=self.glyphs.cut):<{state}}", sign),
        ]  # fmt: skip
        return (*left, *self._numbers(each, width)), ()

    def _numbers(self, each: ContainerInfo, width: int) -> Line:
        used = self.usage.get(each.id)
        up = took(each.started_at, None) if each.running else ""
        cells = [up, f"{used.cpu_percent:.0f}%" if used else "", size(used.memory_bytes) if used else ""]
        if width >= MEDIUM:
            cells.append(str(used.processes) if used else "")
            cells.append("" if each.disk_bytes is None else size(each.disk_bytes))
        line: list[Span] = [(f"{cell:>{NUMBERS}}", "text") for cell in cells]
        if image := _widths(width)[2]:
            line.append((f"  {fit(each.image, image, cut=self.glyphs.cut)}", "dim"))
        return tuple(line)

    def header(self, width: int) -> str:
        """The names of the columns, as `row` places them."""
        name, state, image = _widths(width)
        words = ["up", "cpu", "memory", *(("procs", "disk") if width >= MEDIUM else ())]
        numbers = "".join(f"{word:>{NUMBERS}}" for word in words)
        return f"   {'workspace':<{name}} {'state':<{state}}{numbers}{'  image' if image else ''}"

    def _sign(self, each: ContainerInfo) -> str:
        if each.orphan or each.health == "unhealthy" or each.out_of_memory:
            return "failed"
        if each.state == "running":
            return "running"
        return "idle" if each.state in ("exited", "created", "paused") else "queued"

    def empty_text(self) -> Line:
        return ((f" {self.note}", "dim"),)


def _widths(width: int) -> tuple[int, int, int]:
    """Cells of name, state and image; 0: there is no room for that."""
    room = width - 4 - NUMBERS * (3 if width < MEDIUM else 5)
    image = _within(IMAGE, room // 4) if width >= WIDE else 0
    rest = room - (image + 2 if image else 0)
    state = _within(STATE, rest // 2)
    return _within(NAME, rest - state), state, image


def _within(bounds: tuple[int, int], cells: int) -> int:
    return max(bounds[0], min(bounds[1], cells))
