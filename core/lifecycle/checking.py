"""A workspace's check: the check scripts of its repos, run where its agents work."""

from __future__ import annotations

from dataclasses import dataclass

from core.lifecycle.context import Context
from core.lifecycle.place import Place
from core.lifecycle.processes import Processes
from core.lifecycle.snapshots import Snapshots
from core.store import models as m
from core.store import views
from core.values.entities import Process
from core.values.states import ProcessStatus, RunReason


@dataclass(frozen=True)
class CheckResult:
    """How a check ended."""

    passed: bool
    process_id: str = ""
    """The script that failed, or the last one; empty: there is none."""
    reason: str = ""
    """Why it failed, for people."""


class Checking:
    """Runs checks."""

    def __init__(self, context: Context, processes: Processes, snapshots: Snapshots) -> None:
        self._context = context
        self._snapshots = snapshots
        self._processes = processes

    async def run(self, name: str) -> CheckResult:
        """Runs the check scripts one after the other, up to the first that fails.

        Raises:
            BoatyardError: One cannot be started.
        """
        facts = await self._snapshots.take(name)
        last = ""
        for repo in facts.repos:
            if not repo.check_script.strip():
                continue
            cwd = str(Place(self._context.home, name).code / repo.name)
            env = {"BOATYARD_TARGET_BRANCH": repo.target_branch, "BOATYARD_REPO": repo.name}
            details = {"check": repo.name, "snapshot": repo.snapshot}
            begun = await self._processes.run_script(
                facts, RunReason.COMMAND, repo.check_script, cwd, env, details
            )
            last = begun.id
            await self._context.supervisor.wait(begun.id)
            ended = await self._context.store.read(_process, begun.id)
            if ended.status is not ProcessStatus.COMPLETED:
                return CheckResult(False, last, f"the check of {repo.name} failed: {ended.reason}")
        return CheckResult(True, last)


def last_checks(workspace_ids: list[str]) -> dict[str, tuple[Process, dict[str, str]]]:
    """By workspace id, the check script that was started last, and by repo's name the snapshots that it and
    those before it in the same run saw. Call on the store's thread.
    """
    e = m.ExecutionProcess
    rows = (
        e.select(e, m.Session)
        .join(m.Session)
        .where(m.Session.workspace.in_(workspace_ids), e.run_reason == RunReason.COMMAND.value)
        .order_by(e.started_at)
    )
    found: dict[str, tuple[Process, dict[str, str]]] = {}
    for row in rows:
        if "check" in row.action:
            seen = found[row.session.workspace_id][1] if row.session.workspace_id in found else {}
            seen = {**seen, str(row.action["check"]): str(row.action.get("snapshot", ""))}
            found[row.session.workspace_id] = views.process(row), seen
    return found


def _process(process_id: str) -> Process:
    return views.process(m.ExecutionProcess.get_by_id(process_id))
