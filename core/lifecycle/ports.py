"""Ports of this machine that lead to workspaces: chosen free once, and kept for the workspace.

Inside, a server listens on the same port in every workspace; outside, on the loopback address, each has
its own, so that any number of them can run at once. The ports are taken from a range below the one that
systems give to outgoing connections (RFC 6335 leaves it to registered services, few of which are local).
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import Iterable, Iterator

from core.errors import ConflictError
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.runners.runner import LOOPBACK, EnvironmentState
from core.store import models as m
from core.store import views
from core.values.events import WorkspaceChanged
from core.values.states import RunnerKind

FIRST, COUNT = 20_000, 12_000
"""The range of outer ports."""
FIRST_INNER = 3000
"""What dev servers are told to listen on when the user named no ports: this one, the next …"""


def default_ports(servers: int) -> tuple[int, ...]:
    """Inner ports for so many dev servers."""
    return tuple(range(FIRST_INNER, FIRST_INNER + servers))


def is_free(port: int) -> bool:
    """Whether a server could listen on a loopback port of this machine now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def claim_ports(workspace: m.Workspace, inner: Iterable[int], instance: str) -> None:
    """Gives the workspace an outer port for each inner one that has none. Call on the store's thread.

    Raises:
        ConflictError: No port is free.
    """
    has = {row.inner for row in workspace.ports}
    taken = {row[0] for row in m.WorkspacePort.select(m.WorkspacePort.outer).tuples()}
    for port in dict.fromkeys(inner):
        if port not in has:
            outer = _free(f"{instance}/{workspace.name}/{port}", taken)
            m.WorkspacePort.create(workspace=workspace, inner=port, outer=outer)
            taken.add(outer)


def _free(wish: str, taken: set[int]) -> int:
    for port in _candidates(wish):
        if port not in taken and is_free(port):
            return port
    raise ConflictError(
        f"no loopback port from {FIRST} to {FIRST + COUNT - 1} is free",
        hint="Remove workspaces, or end programs.",
    )


def _candidates(wish: str) -> Iterator[int]:
    """All ports of the range, from one that depends on the name, so that a name often gets its port again."""
    start = int.from_bytes(hashlib.sha256(wish.encode()).digest()[:4])
    return (FIRST + (start + step) % COUNT for step in range(COUNT))


class Ports:
    """Keeps the ports of workspaces usable."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def ready(self, facts: WorkspaceFacts) -> WorkspaceFacts:
        """The facts with ports that nobody else uses; ones that another program took are chosen anew.

        Looks only where nothing of the workspace runs that could use them itself.
        """
        if not facts.ports or await self._in_use(facts):
            return facts
        lost = [port for port in facts.ports if not await asyncio.to_thread(is_free, port.outer)]
        if not lost:
            return facts
        instance = self._context.home.instance

        def move() -> None:
            row = m.Workspace.get_by_id(facts.id)
            for port in lost:
                m.WorkspacePort.delete().where(m.WorkspacePort.outer == port.outer).execute()
            claim_ports(row, [port.inner for port in lost], instance)

        await self._context.store.write(move)
        workspace = await self._context.store.read(lambda: views.workspace(m.Workspace.get_by_id(facts.id)))
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        return await self._context.store.read(workspace_facts, facts.name)

    async def _in_use(self, facts: WorkspaceFacts) -> bool:
        if self._context.supervisor.in_workspace(facts.name):
            return True
        if facts.runner is RunnerKind.HOST:
            return False
        environment = Place(self._context.home, facts.name).environment(facts)
        runner = self._context.runners[facts.runner]
        if await runner.state(environment) is EnvironmentState.RUNNING:
            return True
        await runner.release_ports(environment)
        return False
