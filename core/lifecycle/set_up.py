"""Set-up scripts of a new workspace: side by side where every repo allows it, else one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from core.errors import ScriptError
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, WorkspaceFacts
from core.lifecycle.place import Place
from core.lifecycle.processes import Processes
from core.store import models as m
from core.store import views
from core.values.entities import Process
from core.values.states import ProcessStatus, RunReason


class SetUp:
    """Runs the scripts of a creation, each as a process with a log of its own."""

    def __init__(self, context: Context, processes: Processes) -> None:
        self._context = context
        self._processes = processes

    async def run(self, facts: WorkspaceFacts, operation_id: str) -> None:
        """Runs what has not been run to its end in an earlier attempt.

        Raises:
            ScriptError: A script failed; those behind it were not begun, unless all run side by side.
        """
        scripts = [repo for repo in facts.repos if repo.setup_script.strip()]
        if all(repo.parallel_setup for repo in scripts):
            await self._all(facts, scripts, operation_id)
        else:
            for repo in scripts:
                await self._one(facts, repo, operation_id)

    async def _all(self, facts: WorkspaceFacts, scripts: Sequence[RepoFacts], operation_id: str) -> None:
        """At the same time; all of them end before the first failure is told."""
        running = (self._one(facts, repo, operation_id) for repo in scripts)
        ends = await asyncio.gather(*running, return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    async def _one(self, facts: WorkspaceFacts, repo: RepoFacts, operation_id: str) -> None:
        cwd = str(Place(self._context.home, facts.name).code / repo.name)
        if await self._context.store.read(_is_set_up, facts.id, repo.setup_script, cwd):
            return
        begun = await self._context.store.read(begun_process, operation_id, RunReason.SETUP_SCRIPT, cwd)
        if begun is None:
            env = {"BOATYARD_TARGET_BRANCH": repo.target_branch}
            process = await self._processes.run_script(
                facts, RunReason.SETUP_SCRIPT, repo.setup_script, cwd, env
            )
            begun = process.id
        await self._context.operations.report(operation_id, "setup", process_id=begun)
        await self._context.supervisor.wait(begun)
        ended = await self._context.store.read(_process, begun)
        await self._tell_scripts(facts, operation_id)
        if ended.status is not ProcessStatus.COMPLETED:
            raise ScriptError(
                f"the set-up script of {repo.name} failed: {ended.reason}",
                hint=f"Its output: boatyard process logs {ended.id[:8]}. Everything is kept: look with "
                f"'boatyard workspace shell {facts.name}', go on with 'retry', give it up with 'remove'.",
                details={"process": ended.id, "exit_code": ended.exit_code},
            )

    async def _tell_scripts(self, facts: WorkspaceFacts, operation_id: str) -> None:
        detail = await self._context.store.read(
            _scripts, facts, operation_id, Place(self._context.home, facts.name).code
        )
        await self._context.operations.report(operation_id, "setup", detail=detail)


def begun_process(operation_id: str, reason: RunReason, cwd: str) -> str | None:
    """The process that this very operation started for a step before the engine went away, if it did.

    A process that was lost with its machine does not count: the step begins anew.
    """
    operation = m.Operation.get_by_id(operation_id)
    query = (
        m.ExecutionProcess.select()
        .join(m.Session)
        .where(
            m.Session.workspace == operation.workspace_id,
            m.ExecutionProcess.run_reason == reason,
            m.ExecutionProcess.started_at >= operation.created_at,
            m.ExecutionProcess.status != ProcessStatus.LOST,
        )
        .order_by(m.ExecutionProcess.started_at.desc())
    )
    return next((str(row.id) for row in query if row.action.get("cwd") == cwd), None)


def _is_set_up(workspace_id: str, script: str, cwd: str) -> bool:
    """Whether this script has done its work in this clone, in an earlier attempt."""
    query = (
        m.ExecutionProcess.select()
        .join(m.Session)
        .where(
            m.Session.workspace == workspace_id,
            m.ExecutionProcess.run_reason == RunReason.SETUP_SCRIPT,
            m.ExecutionProcess.status == ProcessStatus.COMPLETED,
        )
    )
    return any(row.action.get("cwd") == cwd and row.action.get("script") == script for row in query)


def _scripts(facts: WorkspaceFacts, operation_id: str, code: Path) -> str:
    """How each repo's set-up script did, a line for each."""
    lines = []
    for repo in facts.repos:
        process_id = begun_process(operation_id, RunReason.SETUP_SCRIPT, str(code / repo.name))
        if process_id is not None:
            process = _process(process_id)
            took = f", {process.completed_at - process.started_at:.1f} s" if process.completed_at else ""
            lines.append(f"{repo.name}: {process.status.value}{took}")
    return "\n".join(lines)


def _process(process_id: str) -> Process:
    return views.process(m.ExecutionProcess.get_by_id(process_id))
