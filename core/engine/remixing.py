"""Remixes: new workspaces that begin with what another one has now."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from core.engine.planning import HOST_NOTICE, Plan, Planner
from core.engine.starting import Starting
from core.engine.texts import check_prompt
from core.errors import ConflictError
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.naming import free_name
from core.lifecycle.origin import ORIGIN, origin_argument
from core.lifecycle.snapshots import Snapshots
from core.store import lookup
from core.store import models as m
from core.values.entities import Operation, Settings
from core.values.requests import RemixWorkspace
from core.values.states import CheckpointKind, WorkspaceState

REMIXABLE = (WorkspaceState.OPEN, WorkspaceState.FAILED, WorkspaceState.CLOSED)


@dataclass(frozen=True)
class Parent:
    """What a remix takes over besides the work."""

    facts: WorkspaceFacts
    notice: str


class Remixing:
    """Makes remixes."""

    def __init__(self, context: Context, snapshots: Snapshots, planner: Planner, starting: Starting) -> None:
        self._context = context
        self._snapshots = snapshots
        self._planner = planner
        self._starting = starting

    async def remix(self, name: str, body: RemixWorkspace) -> Operation:
        """Begins to make a workspace on the same task from another one's present state.

        All code comes along, committed or not. Variables, secrets' references and auth files do so only
        when they are asked for. The parent gets a checkpoint of what was taken and is not touched otherwise.

        Raises:
            ConflictError: The name is taken, or the parent is still being made.
            NotFoundError: There is no such workspace or agent.
        """
        parent = await self._context.store.read(_parent, name)
        check_prompt(body.prompt)
        if body.name:
            await self._context.store.read(free_name, body.name, "")
        plan = self._plan(parent, body)
        kept = await self._snapshots.checkpoint(name, CheckpointKind.MANUAL, "remixed")

        def adopt(row: m.Workspace) -> dict[str, object]:
            row.parent_workspace = parent.facts.id
            row.save()
            states = origin_argument(name, kept.number)
            for place in m.WorkspaceRepo.select().where(m.WorkspaceRepo.workspace == parent.facts.id):
                _, head, _ = states[place.repo_id]
                m.WorkspaceRepo.update(head=head, added=place.added, removed=place.removed).where(
                    m.WorkspaceRepo.workspace == row, m.WorkspaceRepo.repo == place.repo_id
                ).execute()
            return {ORIGIN: states}

        return await self._starting.begin(plan, parent.facts.task_id, adopt)

    def _plan(self, parent: Parent, body: RemixWorkspace) -> Plan:
        facts = parent.facts
        return Plan(
            name=body.name,
            prompt=body.prompt,
            executor=self._planner.executor(body.agent, facts.runner),
            runner=facts.runner,
            notice=parent.notice,
            settings=_taken_over(facts.settings, with_env=body.with_env),
            targets=tuple((repo.path, repo.target_branch, repo.base_commit) for repo in facts.repos),
        )


def _taken_over(settings: Settings, *, with_env: bool) -> Settings:
    if with_env:
        return settings
    return msgspec.structs.replace(settings, env={}, secrets={}, auth_files={})


def _parent(name: str) -> Parent:
    row = lookup.live_workspace(name)
    if row.state not in REMIXABLE:
        raise ConflictError(f"the workspace {name!r} is {row.state}", hint="Wait until it has been made.")
    return Parent(workspace_facts(name), HOST_NOTICE if HOST_NOTICE in row.notice else "")
