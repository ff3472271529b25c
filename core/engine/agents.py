"""Agents: which executors there are, whether they can be used, and profiles of the user's own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence

from msgspec.structs import asdict, replace

from core.agents.driver import Executor
from core.engine.agent_trials import AgentTrials
from core.engine.settings_file import SettingsFile
from core.errors import ConflictError, NotFoundError, UsageError
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.store import lookup
from core.values.answers import RemovedAnswer
from core.values.entities import AgentInfo, AgentTrial
from core.values.requests import AddAgent, TestAgent
from core.values.states import WorkspaceState

PROBE_SECONDS = 30.0
Places = list[str]
_PROBE = 'for program in "$@"; do command -v -- "$program" || echo; done'
"""Says where each program is, one a line; an empty line for one that is not there."""


class Agents:
    """What a user can do with executors."""

    def __init__(self, context: Context, settings_file: SettingsFile) -> None:
        self._context = context
        self._settings_file = settings_file
        self._trials = AgentTrials(context)

    async def list(self, workspace: str = "") -> tuple[AgentInfo, ...]:
        """All executors, those that can be used first.

        Args:
            workspace: Where they are to be used, inside of its container where it has one; empty: on this
                machine.

        Raises:
            NotFoundError: There is no such workspace.
        """
        executors = self._context.executors.all()
        facts = await self._facts(workspace) if workspace else None
        places = await self._places(facts, executors)
        own = self._context.config.agents
        found = [
            _describe(executor, place, own=executor.name in own)
            for executor, place in zip(executors, places, strict=True)
        ]
        usual = self._context.config.default_agent or _only(found)
        marked = (replace(info, usual=info.name == usual) for info in found)
        return tuple(sorted(marked, key=lambda info: (not info.available, info.demonstration, info.name)))

    async def usual(self, workspace: str) -> str:
        """The agent that is taken in a workspace where none is named: the settings', else the only one that
        can be used there. Empty: there is none, or are several.
        """
        default = self._context.config.default_agent
        return default or next((info.name for info in await self.list(workspace) if info.usual), "")

    async def test(self, name: str, body: TestAgent) -> AgentTrial:
        """Lets an agent answer one line, and says what happened; nothing of it is kept.

        Raises:
            NotFoundError: There is no such agent or workspace.
            ConflictError: The workspace is not open.
            UsageError: The repository cannot be copied.
        """
        executor = self._context.executors.get(name)
        if not body.workspace:
            return await self._trials.on_host(executor, body.repo, body.seconds)
        if body.repo:
            raise UsageError("a workspace and a repository are named", hint="Name one of them.")
        facts = await self._facts(body.workspace)
        if facts.state is not WorkspaceState.OPEN:
            raise ConflictError(
                f"the workspace {facts.name!r} is {facts.state.value}",
                hint=f"Open it first: boatyard workspace restore {facts.name}",
            )
        return await self._trials.in_workspace(executor, facts, body.seconds)

    async def add(self, body: AddAgent) -> AgentInfo:
        """Writes a profile into `config.toml`, where comments stay; it holds at once.

        Raises:
            ConfigError: It makes no sense; nothing was changed.
        """
        fields = {key: value for key, value in asdict(body).items() if key != "name" and value}
        fields.setdefault("kind", body.kind)
        await self._settings_file.set_agent(body.name, fields)
        return next(info for info in await self.list() if info.name == body.name)

    async def remove(self, name: str) -> RemovedAnswer:
        """Takes a profile out of `config.toml`; a built-in one of that name is in force again.

        Raises:
            NotFoundError: The settings describe no such agent.
        """
        if name not in self._context.config.agents:
            known = ", ".join(sorted(self._context.config.agents)) or "none"
            raise NotFoundError(
                f"the settings describe no agent {name[:80]!r}",
                hint=f"Only agents of your own can be removed; there are: {known}.",
            )
        await self._settings_file.set_agent(name, None)
        return RemovedAnswer(removed=name)

    async def _facts(self, workspace: str) -> WorkspaceFacts:
        def read() -> WorkspaceFacts:
            return workspace_facts(lookup.live_workspace(workspace).name)

        return await self._context.store.read(read)

    async def _places(self, facts: WorkspaceFacts | None, executors: tuple[Executor, ...]) -> Places:
        """Where each one's program is; empty where it is not."""
        here = await asyncio.to_thread(
            lambda: [shutil.which(each.probe_argv(contained=False)[-1]) or "" for each in executors]
        )
        if facts is None or not self._context.runners[facts.runner].isolates:
            return here
        environment = Place(self._context.home, facts.name).environment(facts)
        programs = [each.probe_argv(contained=True)[-1] for each in executors]
        done = await self._context.runners[facts.runner].exec(
            environment, ("sh", "-c", _PROBE, "boatyard", *programs), timeout_seconds=PROBE_SECONDS
        )
        inside = done.out.decode("utf-8", "replace").split("\n")
        return [
            host if each.where == "host" else place
            for each, host, place in zip(executors, here, [*inside, *[""] * len(here)], strict=False)
        ]


def _only(found: Sequence[AgentInfo]) -> str:
    usable = [info.name for info in found if info.available and not info.demonstration]
    return usable[0] if len(usable) == 1 else ""


def _describe(executor: Executor, place: str, *, own: bool) -> AgentInfo:
    return AgentInfo(
        name=executor.name,
        title=executor.title,
        kind=executor.kind,
        available=bool(place),
        detail=place or executor.install_hint(),
        demonstration=executor.demonstration,
        where=executor.where,
        model=executor.model,
        mode=executor.mode,
        approve=executor.approve,
        own=own,
    )
