"""Archiving: what runs is stopped, the archive scripts run, the workspace is closed and hidden."""

from __future__ import annotations

from core.errors import ScriptError
from core.lifecycle.closing import CLOSE_STEPS, Closing
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.operation import Step
from core.lifecycle.place import Place
from core.lifecycle.processes import Processes
from core.lifecycle.set_up import begun_process
from core.store import models as m
from core.store import views
from core.values.entities import Operation, Process, Workspace
from core.values.events import WorkspaceChanged
from core.values.states import ProcessStatus, RunReason, WorkspaceState

_CLOSE = dict(CLOSE_STEPS)
ARCHIVE_STEPS = (
    ("stop", _CLOSE["stop"]),
    ("script", "run the archive scripts"),
    ("snapshot", _CLOSE["snapshot"]),
    ("environment", _CLOSE["environment"]),
    ("state", "mark it archived"),
)


class Archiving:
    """The steps of archiving."""

    def __init__(self, context: Context, processes: Processes, closing: Closing) -> None:
        self._context = context
        self._processes = processes
        self._closing = closing

    def steps(self, operation: Operation, *, scripts: bool) -> list[Step]:
        """The steps; without `scripts` the repos' archive scripts are left out."""
        name, labels = operation.workspace, dict(ARCHIVE_STEPS)
        closing = {step.name: step for step in self._closing.close_steps(name)}

        async def script() -> None:
            if scripts:
                await self._run_scripts(name, operation.id)

        return [
            closing["stop"],
            Step("script", labels["script"], script, keeps=True),
            closing["snapshot"],
            closing["environment"],
            Step("state", labels["state"], lambda: self._mark(name), keeps=True),
        ]

    async def _run_scripts(self, name: str, operation_id: str) -> None:
        facts = await self._context.store.read(workspace_facts, name)
        for repo in facts.repos:
            if repo.archive_script.strip():
                await self._run_script(facts, repo, operation_id)

    async def _run_script(self, facts: WorkspaceFacts, repo: RepoFacts, operation_id: str) -> None:
        cwd = str(Place(self._context.home, facts.name).code / repo.name)
        reason = RunReason.ARCHIVE_SCRIPT
        begun = await self._context.store.read(begun_process, operation_id, reason, cwd)
        if begun is None:
            env = {"BOATYARD_TARGET_BRANCH": repo.target_branch}
            begun = (await self._processes.run_script(facts, reason, repo.archive_script, cwd, env)).id
        await self._context.operations.report(operation_id, "script", process_id=begun)
        await self._context.supervisor.wait(begun)
        ended = await self._context.store.read(_process, begun)
        if ended.status is not ProcessStatus.COMPLETED:
            raise ScriptError(
                f"the archive script of {repo.name} failed: {ended.reason}",
                hint=f"Its output: boatyard process logs {ended.id[:8]}. Nothing was hidden; "
                "--skip-script archives without it.",
                details={"process": ended.id, "exit_code": ended.exit_code},
            )

    async def _mark(self, name: str) -> None:
        await self._closing.set_state(name, WorkspaceState.CLOSED)
        await self.set_archived(name, True)

    async def set_archived(self, name: str, archived: bool) -> Workspace:
        """Hides a workspace, or shows it again."""
        workspace = await self._context.store.write(_set_archived, name, archived)
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        return workspace


def _set_archived(name: str, archived: bool) -> Workspace:
    row = m.Workspace.get(m.Workspace.name == name)
    row.archived = archived
    row.save()
    return views.workspace(row)


def _process(process_id: str) -> Process:
    return views.process(m.ExecutionProcess.get_by_id(process_id))
