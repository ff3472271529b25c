"""What became of a file, the latest first: its checkpoints, turns and commits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from core.errors import BoatyardError
from core.values.provenance import StepKind
from core.values.review import Change
from tui.keys.actions import bindings
from tui.looks.durations import age
from tui.text.spans import Line, Span
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.provenance import FileStep
    from tui.engine.link import Link

PAGE = 50
SIGNS = {StepKind.NOW: "running", StepKind.CHECKPOINT: "review", StepKind.COMMIT: "done"}
PLACE = 16
"""Cells for where a step is kept."""


@dataclass(frozen=True)
class Seen:
    """What had been read of the history, to come back to: a key that follows means what was there."""

    steps: tuple[FileStep, ...] = ()
    more: bool = True
    row: int = 0


@dataclass(frozen=True)
class StepChoice:
    """What was decided."""

    what: Literal["diff", "file", "restore"]
    step: FileStep
    seen: Seen


class StepRows(RowView):
    """One row per step; older ones are read when the cursor comes near the end."""

    def __init__(self) -> None:
        super().__init__(id="steps")
        self.steps: list[FileStep] = []
        self.note = "Reading the history"

    @property
    def current(self) -> FileStep | None:
        """The step at the cursor."""
        return self.steps[self.cursor_row] if self.cursor_row < len(self.steps) else None

    def row_count(self) -> int:
        return len(self.steps)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        each = self.steps[index]
        sign = SIGNS[each.kind]
        left: tuple[Span, ...] = (
            (f" {self.glyphs.state(sign)} ", sign), (f"{place(each):<{PLACE}} ", "strong"),
            *self._words(each),
        )  # fmt: skip
        when = age(each.at) if each.at else "now"
        return left, (*self._lines(each), (f" {when:>4} ", "dim"))

    def _words(self, each: FileStep) -> Line:
        moved: Line = ()
        if each.old_path:
            moved = ((f"{each.old_path} {self.glyphs.arrow} {each.path}  ", "info"),)
        elif each.change in (Change.ADDED, Change.DELETED):
            moved = ((f"{each.change.value}  ", "info"),)
        return (*moved, (words(each), "text"))

    def _lines(self, each: FileStep) -> Line:
        if each.binary:
            return ((" binary", "dim"),)
        return ((f" +{each.added}", "added"), (f" {self.glyphs.minus}{each.removed}", "removed"))

    def empty_text(self) -> Line:
        return ((f" {self.note}", "dim"),)


def place(step: FileStep) -> str:
    """Where a step is kept."""
    match step.kind:
        case StepKind.NOW:
            return "since then"
        case StepKind.CHECKPOINT:
            return f"checkpoint {step.checkpoint}"
        case StepKind.COMMIT:
            return f"commit {step.commit[:8]}"


def words(step: FileStep) -> str:
    """Who brought it."""
    if step.kind is StepKind.COMMIT:
        return f"{step.subject}  {step.author}"
    commit = f"  (commit {step.commit[:8]}: {step.subject})" if step.subject else ""
    if step.process_id:
        return f"{step.agent or 'agent'}: {step.prompt}{commit}"
    return f"between turns, by hand or by a script{commit}"


HINTS = (
    "{choose} what changed", "{step-file} as it was", "{step-restore} restore", "{sheet-leave} leave",
)  # fmt: skip


class FileHistorySheet(Sheet[StepChoice]):
    """Gives a step, and what to do with it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("history")]

    def __init__(self, link: Link, workspace: str, path: str, seen: Seen) -> None:
        super().__init__(f"History of {path}", *HINTS)
        self._link, self._workspace, self._path = link, workspace, path
        self._seen, self._more, self._reading = seen, seen.more, False

    def body(self) -> ComposeResult:
        yield StepRows()

    def on_mount(self) -> None:
        self._rows = self.query_one(StepRows)
        self._rows.focus()
        self._rows.steps += self._seen.steps
        if self._rows.steps:
            self._rows.rows_changed()
            self._rows.move_to(self._seen.row)
        else:
            self._read()

    @work(group="steps")
    async def _read(self) -> None:
        if self._reading or not self._more:
            return
        self._reading = True
        start = len(self._rows.steps)
        try:
            page = await self._link.client.file_history(self._workspace, self._path, start=start, limit=PAGE)
        except BoatyardError as error:
            self._more = False
            self._rows.note = "There is no history"
            self._rows.rows_changed()
            self.problem(f"{error.message}\n{error.hint}".strip())
            return
        finally:
            self._reading = False
        self._more = page.more
        self._rows.steps += page.steps
        self.problem("")
        self._rows.rows_changed()

    @on(RowView.Highlighted)
    def _moved(self, event: RowView.Highlighted) -> None:
        event.stop()
        if event.index > len(self._rows.steps) - PAGE // 2:
            self._read()

    def acts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "step-file": lambda: self._choose("file"), "step-restore": lambda: self._choose("restore"),
        }  # fmt: skip

    @on(RowView.Chosen)
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self._choose("diff")

    def _choose(self, what: Literal["diff", "file", "restore"]) -> None:
        rows = self._rows
        if rows.current is None:
            self.problem(f"{rows.note}.")
        else:
            self.dismiss(StepChoice(what, rows.current, Seen(tuple(rows.steps), self._more, rows.cursor_row)))
