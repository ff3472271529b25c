"""What is there against what the database says: at the start, when the container engine comes back, and as
its events come in. Facts win: processes that died with a container are found to be lost by their own files,
containers are made again when something next runs in them; here the user is told what has changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from typing import cast

from core.errors import BoatyardError, ConflictError, NotFoundError
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.operation import refuse_busy
from core.lifecycle.place import Place
from core.lifecycle.soundness import container_troubles, damage_of
from core.runners.docker import DockerRunner
from core.runners.docker.administration import Administration, ContainerEvent
from core.runners.runner import EnvironmentState
from core.store import models as m
from core.values.containers import ContainerInfo, Notice
from core.values.events import ContainersChanged, Noticed
from core.values.states import RunnerKind, WorkspaceState
from core.values.wording import counted

log = logging.getLogger(__name__)

FIRST_WAIT, LAST_WAIT = 0.5, 15.0
"""Seconds between two attempts to reach a container engine that is gone."""
KEPT = 100
"""Notices that are remembered."""
_ENDED = {"die", "destroy"}
_WORDS = {
    "die": "was stopped from outside; its files are there, the next process starts it again",
    "destroy": "was removed from outside; its files are there, the next process makes a new one",
}


class Reconciliation:
    """Compares, listens and tells; one task for as long as the engine runs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._task: asyncio.Task[None] | None = None
        self._notices: deque[Notice] = deque(maxlen=KEPT)
        self.compared = asyncio.Event()
        """Set when everything has been compared once, or could not be."""

    @property
    def _administration(self) -> Administration:
        return cast(DockerRunner, self._context.runners[RunnerKind.DOCKER]).administration

    def begin(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def notices(self) -> tuple[Notice, ...]:
        """What was told lately, the oldest first."""
        return tuple(self._notices)

    def tell(self, text: str, workspace: str = "") -> None:
        """Tells everybody, and remembers it."""
        log.warning("%s", text)
        notice = Notice(text=text, workspace=workspace, at=time.time())
        self._notices.append(notice)
        self._context.hub.publish(Noticed(notice=notice))

    async def _run(self) -> None:
        wait, lost, folders = FIRST_WAIT, False, False
        while True:
            since = time.time()
            try:
                if not folders:
                    await self._compare_folders()
                    folders = True
                await self._compare_containers()
                if lost:
                    self.tell("the container engine answers again")
                wait, lost = FIRST_WAIT, False
                self.compared.set()
                await self._listen(since)
            except BoatyardError as error:
                if not lost and await self._context.store.read(_uses_containers):
                    self.tell(f"the container engine does not answer: {error.message}")
                    self._context.hub.publish(ContainersChanged())
                lost = True
            except Exception:  # the process boundary: a defect here must not end the engine
                log.exception("comparing containers with workspaces")
            self.compared.set()
            await asyncio.sleep(wait)
            wait = min(wait * 2, LAST_WAIT)

    async def _every(self) -> list[WorkspaceFacts]:
        """All workspaces that are all there, one read each: nobody has to wait for two hundred."""
        found = []
        for name in await self._context.store.read(_live):
            with contextlib.suppress(NotFoundError):  # removed meanwhile
                found.append(await self._context.store.read(workspace_facts, name))
        return found

    async def _compare_folders(self) -> None:
        for facts in await self._every():
            damage = await asyncio.to_thread(damage_of, Place(self._context.home, facts.name), facts)
            for words in damage.words(facts.name):
                self.tell(words, facts.name)

    async def _compare_containers(self) -> None:
        found = await self._administration.list(self._context.home.instance)
        states = {each.workspace: _state(each) for each in found if not each.helper}
        every = await self._every()
        for facts in every:
            if facts.runner is RunnerKind.DOCKER:
                state = states.get(facts.name, EnvironmentState.ABSENT)
                if container_troubles(facts.name, facts.state, state):
                    await self._look_again(facts.name)
        known = {facts.name for facts in every} | await self._context.store.read(_unfinished)
        orphans = sorted({each.name for each in found if each.workspace not in known})
        if orphans:
            self.tell(
                f"{counted(len(orphans), 'container')} without a workspace: {', '.join(orphans[:5])}; "
                "see 'boatyard container prune --dry-run'"
            )
        log.info("compared %d workspaces with %d containers", len(every), len(found))
        self._context.hub.publish(ContainersChanged(workspaces=tuple(states)))

    async def _look_again(self, name: str) -> None:
        """Tells what is wrong with a workspace's container, if it still is and nothing is under way there."""
        facts = await self._context.store.read(_at_rest, name)
        if facts is None:
            return
        environment = Place(self._context.home, name).environment(facts)
        state = await self._context.runners[RunnerKind.DOCKER].state(environment)
        for words in container_troubles(name, facts.state, state):
            self.tell(words, name)

    async def _listen(self, since: float) -> None:
        events = self._administration.events(self._context.home.instance, since)
        async with contextlib.aclosing(events):
            async for event in events:
                self._context.hub.publish(ContainersChanged(workspaces=(event.workspace,)))
                if event.action == "oom":
                    await self._tell_out_of_memory(event)
                elif event.action in _ENDED and not event.ours:
                    await self._tell_ended(event)

    async def _tell_ended(self, event: ContainerEvent) -> None:
        """Unless it was ours to end: by an operation, or because its workspace is closed."""
        facts = await self._context.store.read(_open_and_idle, event.workspace)
        if facts is not None:
            self.tell(f"the container of {event.workspace} {_WORDS[event.action]}", event.workspace)

    async def _tell_out_of_memory(self, event: ContainerEvent) -> None:
        facts = await self._context.store.read(_open_and_idle, event.workspace)
        limit = f" of {facts.settings.memory_mb} MB" if facts else ""
        self.tell(
            f"something in {event.workspace} was killed for using more memory than its limit{limit}; "
            f"more: boatyard workspace set {event.workspace} --memory MB",
            event.workspace,
        )


def _state(container: ContainerInfo) -> EnvironmentState:
    running = container.state in ("running", "paused", "restarting")
    return EnvironmentState.RUNNING if running else EnvironmentState.STOPPED


def _live() -> list[str]:
    """Names of the workspaces that are all there: not being made, not removed."""
    states = (WorkspaceState.OPEN, WorkspaceState.FAILED, WorkspaceState.CLOSED)
    return [
        row[0] for row in m.Workspace.select(m.Workspace.name).where(m.Workspace.state.in_(states)).tuples()
    ]


def _unfinished() -> set[str]:
    """Names of workspaces that are being made."""
    query = m.Workspace.select(m.Workspace.name).where(m.Workspace.state == WorkspaceState.CREATING)
    return {row[0] for row in query.tuples()}


def _uses_containers() -> bool:
    query = m.Workspace.select().where(
        m.Workspace.runner == RunnerKind.DOCKER, m.Workspace.state != WorkspaceState.DELETED
    )
    return bool(query.exists())


def _at_rest(name: str) -> WorkspaceFacts | None:
    """The facts of a workspace that is there, unless an operation on it is under way."""
    row = m.Workspace.get_or_none(m.Workspace.name == name)
    if row is None or row.state == WorkspaceState.DELETED:
        return None
    try:
        refuse_busy(row)
    except ConflictError:
        return None
    return workspace_facts(name)


def _open_and_idle(name: str) -> WorkspaceFacts | None:
    """As `_at_rest`, of a workspace that is open."""
    facts = _at_rest(name)
    open_ = (WorkspaceState.OPEN, WorkspaceState.FAILED)
    return facts if facts is not None and facts.state in open_ else None
