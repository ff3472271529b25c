"""What an agent asks its client to do is done in the agent's workspace, by the runner that it works under.

A terminal is a process of the workspace like any other: its command, output and exit code are kept, and it
outlives the engine. Its id follows from the request, so that an engine which takes the turn over finds it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from core.agents.client_requests import (
    ClientRequest,
    CreateTerminal,
    KillTerminal,
    ReadTextFile,
    TerminalOutput,
    WaitForTerminalExit,
    WriteTextFile,
)
from core.agents.driver import Perform, approval_id
from core.errors import NotFoundError
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.lifecycle.processes import Processes
from core.lifecycle.sandbox_files import read_text_file, write_text_file
from core.processes.run_directory import CHUNK
from core.store import models as m
from core.supervision.live import run_directory
from core.values.states import ProcessStatus, RunnerKind, RunReason

OWNER = "terminal_of"
"""In a terminal's action: the process of the agent that it belongs to."""


class ClientRequests:
    """Carries out the requests of all running turns."""

    def __init__(self, context: Context, processes: Processes) -> None:
        self._context = context
        self._processes = processes

    async def perform(self, process_id: str, wanted: Perform) -> Mapping[str, Any]:
        """Does what a turn's agent wants done.

        Raises:
            BoatyardError: It is refused, or failed.
        """
        facts, session_id, action = await self._context.store.read(_asker, process_id)
        match wanted.request:
            case ReadTextFile(path=path, line=line, limit=limit):
                runner, env = self._where(facts, action)
                return {"content": await read_text_file(runner, env, path, line, limit)}
            case WriteTextFile(path=path, content=content):
                runner, env = self._where(facts, action)
                await write_text_file(runner, env, path, content)
                return {}
            case CreateTerminal() as terminal:
                terminal_id = approval_id(process_id, wanted.key)
                if not await self._context.store.read(_is_known, terminal_id):
                    owned = {**action, OWNER: process_id}
                    await self._processes.run_terminal(facts, session_id, terminal_id, terminal, owned)
                return {"terminal": terminal_id}
        return await self._terminal(process_id, facts, wanted.request)

    async def end(self, process_id: str) -> None:
        """Ends the terminals of an agent that has ended."""
        for terminal in await self._context.store.read(_running_terminals, process_id):
            await self._context.supervisor.stop(terminal, "its agent has ended")

    def _where(self, facts: WorkspaceFacts, action: Mapping[str, Any]) -> Any:
        runner = self._context.runners[RunnerKind(str(action.get("runner", facts.runner)))]
        return runner, Place(self._context.home, facts.name).environment(facts)

    async def _terminal(
        self, process_id: str, facts: WorkspaceFacts, request: ClientRequest
    ) -> dict[str, Any]:
        assert isinstance(request, TerminalOutput | WaitForTerminalExit | KillTerminal)
        await self._context.store.read(_own_terminal, process_id, request.terminal)
        if isinstance(request, WaitForTerminalExit):
            await self._context.supervisor.wait(request.terminal)
        elif isinstance(request, KillTerminal):
            await self._context.supervisor.stop(request.terminal)
        told = await asyncio.to_thread(self._written, facts, request.terminal, request.limit)
        row = await self._context.store.read(_own_terminal, process_id, request.terminal)
        if row.status != ProcessStatus.RUNNING:
            told["code"] = row.exit_code if row.exit_code is not None else -1
        return told

    def _written(self, facts: WorkspaceFacts, terminal: str, limit: int) -> dict[str, Any]:
        """The last bytes of a terminal's output, cut at the beginning of a character."""
        run = run_directory(Place(self._context.home, facts.name).environment(facts), terminal)
        size = run.size("out")
        at, data = max(0, size - limit), bytearray()
        while at + len(data) < size and (chunk := run.read("out", at + len(data), CHUNK)):
            data += chunk
        whole = bytes(data[:limit]) if at == 0 else bytes(data[:limit]).lstrip(bytes(range(0x80, 0xC0)))
        return {"output": whole.decode("utf-8", "replace"), "truncated": at > 0}


def _asker(process_id: str) -> tuple[WorkspaceFacts, str, dict[str, Any]]:
    row = m.ExecutionProcess.get_by_id(process_id)
    action = {name: row.action[name] for name in ("cwd", "runner") if name in row.action}
    return workspace_facts(row.session.workspace.name), row.session_id, action


def _is_known(process_id: str) -> bool:
    return bool(m.ExecutionProcess.select().where(m.ExecutionProcess.id == process_id).exists())


def _own_terminal(process_id: str, terminal: str) -> m.ExecutionProcess:
    row: m.ExecutionProcess | None = m.ExecutionProcess.get_or_none(m.ExecutionProcess.id == terminal)
    if row is None or row.action.get(OWNER) != process_id:
        raise NotFoundError("there is no such terminal")
    return row


def _running_terminals(process_id: str) -> list[str]:
    session = m.ExecutionProcess.get_by_id(process_id).session_id
    rows = m.ExecutionProcess.select().where(
        m.ExecutionProcess.session == session,
        m.ExecutionProcess.run_reason == RunReason.COMMAND,
        m.ExecutionProcess.status == ProcessStatus.RUNNING,
    )
    return [row.id for row in rows if row.action.get(OWNER) == process_id]
