"""What running turns report, written down and told (see `core.supervision.turn.TurnKeeper`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from core.agents.driver import AskApproval, Choice, Perform, RateLimited, UsageReport, approval_id
from core.store import Store
from core.supervision import records
from core.supervision.bulletin import Bulletin
from core.supervision.live import LiveProcess
from core.values.conversation import AgentCommand, AgentModes

Approve = Callable[[str, AskApproval], Awaitable[str | None]]
"""Gives the option that a policy chooses for a process's request, or None."""

Do = Callable[[str, Perform], Awaitable[Mapping[str, Any]]]
"""Does what the agent of a process wants done where it works."""


class TurnRecorder:
    """Keeps the database and the clients up with all running turns."""

    def __init__(
        self, store: Store, bulletin: Bulletin, approve: Approve, do: Do, live: Mapping[str, LiveProcess]
    ) -> None:
        self._store = store
        self._bulletin = bulletin
        self._approve = approve
        self._do = do
        self._live = live

    async def entries_changed(self, process_id: str) -> None:
        live = self._live.get(process_id)
        if live is not None and live.growth is not None:
            live.growth.touch()

    async def approval_asked(self, process_id: str, ask: AskApproval) -> Choice | None:
        approval = await self._store.write(records.ask_approval, process_id, ask)
        if approval.chosen:  # answered before an earlier engine could pass it on
            return await self._store.read(records.decision, approval_id(process_id, ask.key))
        chosen = await self._approve(process_id, ask)
        if chosen is not None:
            approval = await self._store.write(records.answer_approval, approval.id, chosen)
        self._bulletin.approvals([approval])
        await self._bulletin.tell(process_id)
        return Choice(chosen) if chosen is not None else None

    async def approval_withdrawn(self, process_id: str, key: str) -> None:
        approval = await self._store.write(records.withdraw_approval, process_id, key)
        if approval is not None:
            self._bulletin.approvals([approval])
            await self._bulletin.tell(process_id)

    async def session_known(self, process_id: str, agent_session_id: str) -> None:
        await self._store.write(records.set_agent_session, process_id, agent_session_id)

    async def rate_limited(self, process_id: str, limit: RateLimited) -> None:
        await self._store.write(records.set_rate_limit, process_id, limit.reset_at, limit.text)
        await self._bulletin.tell(process_id)

    async def commands_known(self, process_id: str, commands: tuple[AgentCommand, ...]) -> None:
        await self._store.write(records.set_commands, process_id, commands)

    async def modes_known(self, process_id: str, modes: AgentModes) -> None:
        await self._store.write(records.set_modes, process_id, modes)

    async def usage_reported(self, process_id: str, usage: UsageReport) -> None:
        await self._store.write(records.set_usage, process_id, usage)

    async def perform(self, process_id: str, wanted: Perform) -> Mapping[str, Any]:
        return await self._do(process_id, wanted)
