"""The processes of a workspace: scripts, agents and commands, the latest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.looks.durations import clock, took
from tui.looks.states import process_sign
from tui.text.spans import Line
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.entities import Process

_REASONS = {
    "setup_script": "set-up", "cleanup_script": "cleanup", "archive_script": "archive",
    "coding_agent": "agent", "dev_server": "server", "command": "command",
}  # fmt: skip


class ProcessList(RowView):
    """One row per process; Enter shows its output."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.processes: list[Process] = []

    def show(self, processes: tuple[Process, ...]) -> None:
        """Shows these processes."""
        self.processes = sorted(processes, key=lambda process: -process.started_at)
        self.rows_changed()

    def take(self, process: Process) -> None:
        """A process is new or different."""
        others = [each for each in self.processes if each.id != process.id]
        self.show((*others, process))

    @property
    def current(self) -> Process | None:
        """The process at the cursor."""
        return self.processes[self.cursor_row] if self.cursor_row < len(self.processes) else None

    def row_count(self) -> int:
        return len(self.processes)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        process = self.processes[index]
        sign, word = process_sign(process)
        kind = _REASONS.get(process.run_reason, str(process.run_reason))
        left: Line = (
            (f" {self.glyphs.state(sign)} ", sign), (f"{kind:<8} ", "info"), (process.label, "text"),
            (f"  {word}", sign if sign != "done" else "dim"), (f"  {process.reason}", "dim"),
        )  # fmt: skip
        time = took(process.started_at, process.completed_at) if process.completed_at else ""
        return left, ((f"{clock(process.started_at)} {time:>7} ", "dim"),)

    def empty_text(self) -> Line:
        return ((" No process has run here yet", "dim"),)
