"""On a wide screen, the column at the right: the facts of the workspace and the files it touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.values.entities import Task, Workspace
from tui.files.tree import SIGNS
from tui.looks.durations import ago
from tui.looks.states import TASK, workspace_sign
from tui.pulls.signs import pull_facts
from tui.text.forecasts import clash_lines
from tui.text.spans import Line, Span, fit
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.conflicts import Forecast
    from core.values.review import DiffSummary, FileChange


class Inspector(RowView):
    """Facts, then changed files; nothing to choose here."""

    shows_cursor = False
    can_focus = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._rows: list[tuple[Line, Line]] = []

    def show(
        self,
        workspace: Workspace | None,
        task: Task | None,
        agent: str,
        summary: DiffSummary | None,
        forecast: Forecast | None,
    ) -> None:
        """Shows a workspace, its task and what it changed."""
        rows: list[tuple[Line, Line]] = []
        if task is not None:
            sign, word = TASK[task.status]
            rows += [
                (((f" {task.title}", "title"),), ()),
                (((f" {self.glyphs.state(sign)} {word}", sign),), ()),
                ((), ()),
            ]
        if workspace is not None:
            rows += [((Inspector._label(name), *value), ()) for name, value in self._facts(workspace, agent)]
            rows += self._clashes(forecast)
            rows += [((), ()), *self._files(summary, workspace)]
        if rows != self._rows:
            self._rows = rows
            self.rows_changed()

    @staticmethod
    def _clashes(forecast: Forecast | None) -> list[tuple[Line, Line]]:
        told = clash_lines(forecast)
        head: list[tuple[Line, Line]] = [((), ()), (((" Would be in conflict", "heading"),), ())]
        return [*head, *((((f" {line}", "warning"),), ()) for line in told)] if told else []

    @staticmethod
    def _label(name: str) -> Span:
        return (f" {name:<10}", "dim")

    def _facts(self, workspace: Workspace, agent: str) -> list[tuple[str, Line]]:
        sign, word = workspace_sign(workspace)
        facts: list[tuple[str, Line]] = [
            ("workspace", ((workspace.name, "text"),)),
            ("state", ((f"{self.glyphs.state(sign)} {word}", sign),)),
            ("agent", ((agent or "none yet", "text"),)),
            ("runner", ((str(workspace.runner), "text"),)),
            ("turns", ((str(workspace.turns), "text"),)),
            ("branch", ((workspace.branch, "text"),)),
        ]
        if workspace.parent_workspace:
            facts.append(("remix of", ((workspace.parent_workspace, "text"),)))
        if workspace.pinned:
            facts.append(("pinned", (("never closes by itself", "text"),)))
        for repo in workspace.repos:
            tip: Line = (
                (f"{self.glyphs.arrow} {repo.target_branch}", "text"),
                (f"  from {repo.base_commit[:8]}", "dim"),
            )
            facts.append((repo.name[:10], tip))
        facts += [
            ("serves", ((server.url or server.notice or "looking for its address", "text"),))
            for server in workspace.dev_servers
        ]
        facts += pull_facts(workspace, self.glyphs)
        names = (*workspace.settings.secrets, *workspace.settings.auth_files)
        facts += [("secret", ((name, "text"), (" kept nowhere", "dim"))) for name in names]
        facts += [("variable", ((name, "text"),)) for name in workspace.settings.env]
        image = workspace.settings.image_from or workspace.settings.image
        facts += [("image", ((image, "text"),))] if image else []
        facts.append(("made", ((ago(workspace.created_at), "text"),)))
        width = max(10, self.scrollable_content_region.width - 12)
        facts.append(("folder", ((fit(workspace.folder, width, cut=self.glyphs.cut, keep_end=True), "dim"),)))
        return facts

    def _files(self, summary: DiffSummary | None, workspace: Workspace) -> list[tuple[Line, Line]]:
        if summary is None:
            return []
        total: Line = ((f"+{summary.added}", "added"), (f" {self.glyphs.minus}{summary.removed} ", "removed"))
        rows: list[tuple[Line, Line]] = [(((f" Changed files {len(summary.files)}", "heading"),), total)]
        return rows + [self._file(file, workspace) for file in summary.files[:200]]

    def _file(self, file: FileChange, workspace: Workspace) -> tuple[Line, Line]:
        letter, token = SIGNS[file.change]
        right: Line = ((f"+{file.added}", "added"), (f" {self.glyphs.minus}{file.removed} ", "removed"))
        width = max(10, self.scrollable_content_region.width - 16)
        path = fit(workspace.path_of(file.repo_id, file.path), width, cut=self.glyphs.cut, keep_end=True)
        return ((f" {letter} ", token), (path, "text")), right

    def row_count(self) -> int:
        return len(self._rows)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        return self._rows[index]
