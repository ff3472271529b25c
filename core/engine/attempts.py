"""Attempts at one task side by side, and the one that is chosen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from core.engine.comparing import Comparing, DiffRequest
from core.engine.forecasting import Forecasting
from core.engine.keeping import Keeping
from core.errors import BoatyardError, ConflictError, UsageError
from core.git.depot import Depot
from core.lifecycle.budgets import usage_of
from core.lifecycle.checking import Checking, last_checks
from core.lifecycle.context import Context
from core.review.diff import diff_summary
from core.store import lookup, views
from core.store import models as m
from core.values.attempts import Attempt, CheckAnswer, CheckState
from core.values.entities import Operation, Process, Spent, TaskUsage, Workspace
from core.values.requests import ArchiveWorkspace, ChooseAttempt
from core.values.states import ProcessStatus, WorkspaceState

PATHS = 100
"""Changed files of one attempt that are named."""
READABLE = (WorkspaceState.OPEN, WorkspaceState.CLOSED, WorkspaceState.FAILED)


class Attempts:
    """What a user can do with several attempts."""

    def __init__(
        self, context: Context, comparing: Comparing, checking: Checking, forecasting: Forecasting,
        keeping: Keeping,
    ) -> None:  # fmt: skip
        self._context = context
        self._comparing = comparing
        self._checking = checking
        self._forecasting = forecasting
        self._keeping = keeping

    async def list(self, task: str) -> tuple[Attempt, ...]:
        """The workspaces of a task that are neither removed nor archived, the first one first."""
        workspaces, usage, checks, summaries, landed = await self._context.store.read(_read, task)
        found = []
        for workspace in workspaces:
            attempt = Attempt(
                workspace=workspace.name, agent=workspace.agent, state=workspace.state,
                activity=workspace.activity, spent=usage.workspaces.get(workspace.name, Spent()),
                summary=summaries.get(workspace.id, ""), landed=workspace.id in landed,
                conflicts=await self._conflicts(workspace.name),
            )  # fmt: skip
            if workspace.state in READABLE:
                attempt = await self._measured(attempt, workspace, checks.get(workspace.id))
            found.append(attempt)
        return tuple(found)

    async def check(self, name: str) -> CheckAnswer:
        """Runs the check scripts of a workspace's repos; returns when they have ended.

        Raises:
            UsageError: No repo has one.
        """
        facts = await self._comparing.live(name)
        if not any(repo.check_script.strip() for repo in facts.repos):
            raise UsageError(
                f"no repository of {name!r} has a check script",
                hint=f"Set one: boatyard repo set {facts.repos[0].name} --check-script 'make test'",
            )
        found = await self._checking.run(name)
        return CheckAnswer(
            workspace=name, passed=found.passed, process_id=found.process_id, reason=found.reason
        )

    async def choose(self, task: str, body: ChooseAttempt) -> tuple[Operation, ...]:
        """Archives all other attempts at a task; gives the operations that have begun.

        Raises:
            ConflictError: An agent works in one of them; then none is archived.
            UsageError: The workspace is no attempt at the task.
        """
        workspaces = (await self._context.store.read(_read, task))[0]
        names = [workspace.name for workspace in workspaces]
        if body.workspace not in names:
            raise UsageError(
                f"{body.workspace[:63]!r} is no attempt at this task",
                hint=f"Its attempts: {', '.join(names)}.",
            )
        others = [name for name in names if name != body.workspace]
        for name in others:
            if self._context.supervisor.in_workspace(name):
                raise ConflictError(
                    f"something still runs in {name!r}",
                    hint=f"Wait for it, or stop it: boatyard workspace stop {name}. None was archived.",
                )
        skip = ArchiveWorkspace(skip_script=body.skip_script)
        return tuple([await self._keeping.archive(name, skip) for name in others])

    async def _conflicts(self, name: str) -> int:
        known = {each.workspace: each for each in await self._forecasting.known()}
        return len(known[name].target) if name in known else 0

    async def _measured(
        self, attempt: Attempt, workspace: Workspace, check: tuple[Process, dict[str, str]] | None
    ) -> Attempt:
        try:
            sides = await self._comparing.sides(workspace.name, DiffRequest(), fresh=True)
        except BoatyardError:
            return attempt  # It is damaged; what is known of it is shown all the same.
        summary = await diff_summary(workspace.name, sides)
        names = {side.repo_id: side.name for side in sides}
        ids = {side.repo_id: [f.new_id for f in summary.files if f.repo_id == side.repo_id] for side in sides}
        sizes = await asyncio.gather(*(_bytes(side.depot, ids[side.repo_id]) for side in sides))
        state, process, stale = CheckState.NONE, "", False
        if check is not None:
            state, process = _state(check[0]), check[0].id
            stale = any(check[1].get(side.name, side.snapshot) != side.snapshot for side in sides)
        return msgspec.structs.replace(
            attempt, files=len(summary.files), added=summary.added, removed=summary.removed,
            paths=tuple(f"{names[f.repo_id]}/{f.path}" for f in summary.files[:PATHS]), size=sum(sizes),
            check=state, check_process=process, check_stale=stale,
        )  # fmt: skip


def _state(process: Process) -> CheckState:
    if process.status is ProcessStatus.RUNNING:
        return CheckState.RUNNING
    return CheckState.PASSED if process.status is ProcessStatus.COMPLETED else CheckState.FAILED


async def _bytes(depot: Depot, ids: Sequence[str]) -> int:
    asked = "".join(f"{id_}\n" for id_ in ids if id_)
    if not asked:
        return 0
    answer = await depot.git.run("cat-file", "--batch-check=%(objectsize)", "--buffer", stdin=asked.encode())
    return sum(int(line) for line in answer.text.splitlines() if line.isdigit())


Read = tuple[
    tuple[Workspace, ...], TaskUsage, dict[str, tuple[Process, dict[str, str]]], dict[str, str], set[str]
]


def _read(task: str) -> Read:
    row = lookup.task(task)
    rows = list(
        m.Workspace.select()
        .where(
            m.Workspace.task == row, m.Workspace.state != WorkspaceState.DELETED.value, ~m.Workspace.archived
        )
        .order_by(m.Workspace.created_at)
    )
    ids = [each.id for each in rows]
    merged = m.Merge.select().where(m.Merge.workspace.in_(ids), m.Merge.merged_at.is_null(False))
    landed = {each.workspace_id for each in merged}
    return views.workspaces(rows), usage_of(task), last_checks(ids), _summaries(ids), landed


def _summaries(ids: Sequence[str]) -> dict[str, str]:
    """The last final message of an agent, by workspace id."""
    query = (
        m.CodingAgentTurn.select(m.CodingAgentTurn.summary, m.Session.workspace)
        .join(m.ExecutionProcess)
        .join(m.Session)
        .where(m.Session.workspace.in_(list(ids)), ~m.ExecutionProcess.dropped)
        .order_by(m.ExecutionProcess.started_at)
        .tuples()
    )
    return {workspace: summary for summary, workspace in query if summary}
