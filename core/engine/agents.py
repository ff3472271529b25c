"""Agents: which executors there are, and whether they can be used on this machine."""

from __future__ import annotations

import shutil

from core.agents.driver import Executor
from core.engine.planning import available_here
from core.lifecycle.context import Context
from core.values.entities import AgentInfo


class Agents:
    """What a user can do with executors."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list(self) -> tuple[AgentInfo, ...]:
        """All executors, those that can be used first."""
        found = [_describe(executor) for executor in self._context.executors.all()]
        return tuple(sorted(found, key=lambda info: (not info.available, info.demonstration, info.name)))


def _describe(executor: Executor) -> AgentInfo:
    available = available_here(executor)
    where = shutil.which(executor.probe_argv(contained=False)[-1]) if available else None
    return AgentInfo(
        name=executor.name,
        title=executor.title,
        kind=executor.kind,
        available=available,
        detail=str(where) if where else executor.install_hint(),
        demonstration=executor.demonstration,
    )
