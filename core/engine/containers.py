"""The containers of this home: listed, started, stopped, removed, watched; orphans found by label.

What there is gets asked of the container engine each time. A container whose workspace lives is handled
through that workspace, so that what runs in it ends as it should; an orphan by itself.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from typing import cast

from msgspec.structs import replace

from core.engine.usage import UsageFeeds
from core.errors import ConflictError, NotFoundError
from core.lifecycle.closing import Closing
from core.lifecycle.context import Context
from core.lifecycle.disk_use import bytes_below
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.operation import refuse_busy
from core.lifecycle.place import Place
from core.runners.docker import DockerRunner
from core.runners.docker.administration import Administration
from core.runners.runner import Environment
from core.store import lookup
from core.store import models as m
from core.values.containers import ContainerInfo, ContainerLog, PruneReport, Usage
from core.values.events import ContainersChanged
from core.values.requests import PruneContainers
from core.values.states import RunnerKind, WorkspaceState

OLD_HELPER_SECONDS = 3600.0
"""A helper container lives for one short command; one this old was left behind."""
LOG_LINES = 2000


class Containers:
    """What a user can do with containers."""

    def __init__(self, context: Context, closing: Closing) -> None:
        self._context = context
        self._closing = closing
        self.feeds = UsageFeeds(self._administration.usage)

    @property
    def _administration(self) -> Administration:
        return cast(DockerRunner, self._context.runners[RunnerKind.DOCKER]).administration

    async def list(self, *, stats: bool = False, disk: bool = False) -> tuple[ContainerInfo, ...]:
        """All containers of this home.

        Args:
            stats: Also what each uses, `disk` included, which takes a second or two.
            disk: Also what each has written.

        Raises:
            UnreachableError: The container engine does not answer.
        """
        instance = self._context.home.instance
        live = await self._context.store.read(_live_images)
        found = [_judged(each, live) for each in await self._administration.list(instance)]
        if not stats and not disk:
            return tuple(found)
        written = asyncio.create_task(self._administration.disk(instance))
        usages = await asyncio.gather(*map(self._sample, found)) if stats else [None] * len(found)
        sizes = await self._with_files(found, await written)
        return tuple(
            replace(each, usage=usage, disk_bytes=sizes.get(each.id))
            for each, usage in zip(found, usages, strict=True)
        )

    async def _with_files(self, found: Sequence[ContainerInfo], sizes: dict[str, int]) -> dict[str, int]:
        """What each container has written, and the files of its workspace."""
        for each in found:
            if not each.helper and not each.orphan:
                root = Place(self._context.home, each.workspace).root
                sizes[each.id] = sizes.get(each.id, 0) + await asyncio.to_thread(bytes_below, root)
        return sizes

    async def _sample(self, container: ContainerInfo) -> Usage | None:
        return await self._administration.sample(container) if container.running else None

    async def get(self, key: str) -> ContainerInfo:
        """The container of a workspace, or one by its name or the beginning of its id.

        Raises:
            NotFoundError: This home has none such.
        """
        found = await self.list()
        for fits in (
            lambda each: each.workspace == key and not each.helper,
            lambda each: each.name == key,
            lambda each: len(key) >= 4 and each.id.startswith(key),
        ):
            for each in filter(fits, found):
                return each
        raise NotFoundError(f"this home has no container {key[:80]!r}", hint="See 'boatyard container list'.")

    async def start(self, key: str) -> ContainerInfo:
        """Starts a container; a workspace's is brought in order first.

        Raises:
            ConflictError: Its workspace is closed, or busy.
        """
        container = await self.get(key)
        facts = await self._facts(container)
        if facts is None:
            await self._administration.start(container)
        else:
            await self._ensure(facts)
        return await self._told(container)

    async def stop(self, key: str) -> ContainerInfo:
        """Stops a container, after all that runs in its workspace; files and the container stay."""
        container = await self.get(key)
        facts = await self._facts(container)
        if facts is None or container.helper:
            await self._administration.stop(container)
        else:
            await self._closing.stop_processes(facts.name)
            await self._context.runners[RunnerKind.DOCKER].stop(self._environment(facts))
        return await self._told(container)

    async def restart(self, key: str) -> ContainerInfo:
        await self.stop(key)
        return await self.start(key)

    async def remove(self, key: str) -> ContainerInfo:
        """Removes a container. A live workspace stays, and gets a new one with its next process."""
        container = await self.get(key)
        facts = await self._facts(container)
        if facts is not None and not container.helper:
            await self._closing.stop_processes(facts.name)
            await self._context.runners[RunnerKind.DOCKER].remove(self._environment(facts))
        await self._administration.remove(container)
        self._context.hub.publish(ContainersChanged(workspaces=(container.workspace,)))
        return container

    async def prune(self, body: PruneContainers) -> PruneReport:
        """Removes what this home has left behind, and nothing else; a dry run only says what that is."""
        orphans = tuple(each for each in await self.list() if each.orphan)
        if not body.dry_run:
            for each in orphans:
                await self._administration.remove(each)
            self._context.hub.publish(ContainersChanged(workspaces=tuple(e.workspace for e in orphans)))
        return PruneReport(dry_run=body.dry_run, containers=orphans)

    async def log(self, key: str, lines: int) -> ContainerLog:
        container = await self.get(key)
        text = await self._administration.log(container, max(1, min(lines, LOG_LINES)))
        return ContainerLog(name=container.name, text=text)

    def follow(self, container: ContainerInfo) -> AsyncIterator[Usage]:
        """What a container uses, about once a second, until it ends; one stream for all who look."""
        return self.feeds.follow(container)

    async def _told(self, container: ContainerInfo) -> ContainerInfo:
        self._context.hub.publish(ContainersChanged(workspaces=(container.workspace,)))
        return await self.get(container.name)

    async def _facts(self, container: ContainerInfo) -> WorkspaceFacts | None:
        """Of the workspace that the container belongs to; None for an orphan.

        Raises:
            ConflictError: An operation on the workspace is under way.
        """
        if container.orphan:
            return None

        def read() -> WorkspaceFacts:
            refuse_busy(lookup.live_workspace(container.workspace))
            return workspace_facts(container.workspace)

        return await self._context.store.read(read)

    async def _ensure(self, facts: WorkspaceFacts) -> None:
        if facts.state not in (WorkspaceState.OPEN, WorkspaceState.FAILED):
            raise ConflictError(
                f"the workspace {facts.name!r} is {facts.state.value}",
                hint=f"Open it: boatyard workspace restore {facts.name}",
            )
        await self._context.runners[facts.runner].ensure(self._environment(facts))

    def _environment(self, facts: WorkspaceFacts) -> Environment:
        return Place(self._context.home, facts.name).environment(facts)


def _live_images() -> dict[str, str]:
    """The image that each live workspace was made with, by the workspace's name."""
    query = m.Workspace.select(m.Workspace.name, m.Workspace.settings)
    live = query.where(m.Workspace.state != WorkspaceState.DELETED)
    return {row.name: str(row.settings.get("image", "")) for row in live}


def _judged(container: ContainerInfo, live: dict[str, str]) -> ContainerInfo:
    """The container with what only the database knows: whether its workspace is gone, its image's name."""
    # A relay lives as long as its workspace's container; other helpers end in the digits of one command.
    short = container.helper and re.search("-[0-9a-f]{8}$", container.name) is not None
    left = short and time.time() - container.created_at > OLD_HELPER_SECONDS
    image = container.image
    if image.startswith("sha256:"):
        image = ("" if container.helper else live.get(container.workspace, "")) or image[7:19]
    return replace(container, orphan=container.workspace not in live or left, image=image)
