"""Starts processes, watches over them, stops them, and takes over those that an earlier engine left.

One row in the database per process, written before the process is started and completed after all of
its output has been read. Everything in between can be lost with the engine and found again: from the
run directory, the runner and the journal.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.agents.driver import AskApproval, Driver, UsageReport
from core.errors import BoatyardError, NotFoundError
from core.processes.command import Command
from core.processes.follow import Output, follow
from core.processes.run_directory import ExitReport, RunDirectory
from core.runners.runner import Environment, Runner
from core.store import Store
from core.supervision import records
from core.supervision.hub import EventHub
from core.supervision.journal import Journal
from core.supervision.live import LiveProcess
from core.supervision.pulse import Pulse
from core.supervision.transcript import Transcript
from core.supervision.turn import Line, LiveTurn
from core.values.entities import Process, Workspace
from core.values.events import ApprovalChanged, EntryChanged, LogGrew, ProcessChanged, WorkspaceChanged
from core.values.states import ProcessStatus

log = logging.getLogger(__name__)

EXIT_SECONDS = 10.0
"""How long an agent may take to exit after its turn is over and its input closed."""
POLITE_SECONDS = 5.0
"""How long an agent may take to end its turn after it was asked to cancel."""
GRACE_SECONDS = 3.0
"""Between the request to terminate and the kill."""


@dataclass(frozen=True)
class Subject:
    """What a process belongs to, and who makes sense of its output."""

    workspace: str
    session_id: str
    environment: Environment
    runner: Runner
    driver: Driver | None = None
    """None for scripts and commands."""


class Supervisor:
    """Watches all processes of one engine."""

    def __init__(
        self,
        store: Store,
        hub: EventHub,
        on_end: Callable[[Process], Awaitable[None]],
        approve: Callable[[str, AskApproval], Awaitable[str | None]],
    ) -> None:
        """
        Args:
            store: The database.
            hub: Where changes are told.
            on_end: Called after a process has ended and that is recorded.
            approve: Gives the option that a policy chooses for a process's request, or None.
        """
        self._store = store
        self._hub = hub
        self._on_end = on_end
        self._approve = approve
        self._live: dict[str, LiveProcess] = {}

    @property
    def running(self) -> int:
        """How many processes run."""
        return len(self._live)

    def live_turn(self, process_id: str) -> LiveTurn | None:
        """The running turn of a process, if it has one."""
        live = self._live.get(process_id)
        return live.turn if live else None

    def in_workspace(self, workspace: str) -> list[str]:
        """Ids of the processes that run in a workspace."""
        return [live.id for live in self._live.values() if live.workspace == workspace]

    async def start(self, subject: Subject, command: Command, process_id: str) -> Process:
        """Starts a process; its row must exist and say `running`.

        Raises:
            BoatyardError: It could not be started; its row says so.
        """
        live = self._make_live(subject, process_id)
        await self._tell(process_id)
        try:
            await subject.runner.spawn(subject.environment, live.run, command)
        except (BoatyardError, OSError) as error:
            await self._finish(live, ProcessStatus.FAILED, None, str(error))
            raise
        self._watch(live, begun=False)
        return await self._tell(process_id)

    async def adopt(self, subject: Subject, process_id: str) -> None:
        """Goes on watching a process that an earlier engine started."""
        live = self._make_live(subject, process_id)
        if not live.run.path.is_dir():
            await self._finish(live, ProcessStatus.LOST, None, "the engine ended before it was started")
            return
        self._watch(live, begun=True)

    async def stop(self, process_id: str) -> None:
        """Ends a process and everything that it started: politely first. Returns when it has ended."""
        live = self._live.get(process_id)
        if live is None:
            return
        live.stop_requested = True
        await self._store.write(records.request_stop, process_id)
        if live.turn is not None and not live.turn.over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLITE_SECONDS):
                    await live.turn.cancel()
                    await live.turn.over.wait()
        if not live.output_ended.is_set():
            await live.runner.terminate(live.environment, live.run, GRACE_SECONDS)
        await live.ended.wait()

    async def wait(self, process_id: str) -> None:
        """Returns when the process has ended and that is recorded."""
        live = self._live.get(process_id)
        if live is not None:
            await live.ended.wait()

    async def answer(self, process_id: str, key: str, option_id: str) -> None:
        """Gives a running turn the user's decision.

        Raises:
            NotFoundError: The process has ended.
        """
        turn = self.live_turn(process_id)
        if turn is None:
            raise NotFoundError("the agent that asked has ended", hint="Send it a new prompt.")
        await turn.answer(key, option_id)

    async def close(self) -> None:
        """Stops watching; the processes go on."""
        tasks = [task for live in self._live.values() for task in live.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _make_live(self, subject: Subject, process_id: str) -> LiveProcess:
        run = run_directory(subject.environment, process_id)
        live = LiveProcess(
            process_id, subject.workspace, subject.session_id, run, subject.runner, subject.environment
        )
        live.growth = Pulse(lambda: self._tell_growth(live))
        if subject.driver is not None:
            line = Line(
                lambda data: _write_input(live, data),
                lambda: asyncio.to_thread(live.run.close_input),
            )
            journal = Journal(journal_path(subject.environment, process_id))
            live.turn = LiveTurn(process_id, Transcript(subject.driver), journal, line, self)
        self._live[process_id] = live
        return live

    def _watch(self, live: LiveProcess, *, begun: bool) -> None:
        live.tasks.append(asyncio.create_task(self._guard(live, self._run(live, begun=begun))))
        if live.turn is not None:
            live.tasks.append(asyncio.create_task(self._guard(live, self._see_out(live))))

    async def _guard(self, live: LiveProcess, work: Awaitable[None]) -> None:
        try:
            await work
        except BoatyardError as error:  # the runner cannot be reached, say: told, and tried at next start
            log.warning("process %s of %s: %s", live.id, live.workspace, error)
            await self._finish(live, ProcessStatus.LOST, None, error.message)
        except Exception:  # the process boundary: one broken turn must not take the others along
            log.exception("process %s of %s", live.id, live.workspace)
            await self._finish(live, ProcessStatus.LOST, None, "the engine failed while it watched this")

    async def _run(self, live: LiveProcess, *, begun: bool) -> None:
        """Feeds the process's output to its turn until it ends, then records the end."""
        out = err = 0
        if live.turn is not None:
            if begun:
                started_at = await self._store.read(records.started_at, live.id)
                out = await live.turn.resume(lambda at, limit: live.run.read("out", at, limit), started_at)
            else:
                await live.turn.begin()
        elif begun:
            out, err = live.run.size("out"), live.run.size("err")
        alive = partial(live.runner.alive, live.environment, live.run)
        async for event in follow(live.run, alive, out=out, err=err):
            if isinstance(event, Output):
                await self._note_output(live, event)
            else:
                await self._note_end(live, event.report)

    async def _note_output(self, live: LiveProcess, event: Output) -> None:
        if live.turn is not None:
            await (live.turn.output if event.stream == "out" else live.turn.errors)(event.data)
        live.size = live.run.size("out")
        if live.growth:
            live.growth.touch()

    async def _note_end(self, live: LiveProcess, report: ExitReport | None) -> None:
        """Works out how the process ended: from its own account, the exit code and what we did."""
        live.output_ended.set()
        status, reason = _judge(report)
        if live.turn is not None:
            await live.turn.exited(report.code if report else -1)
            ended = live.turn.transcript.ended
            if ended is not None and report is not None and not report.out_of_memory:
                status, reason = ended.status, ended.reason
        if live.stop_requested or await self._store.read(records.stop_was_requested, live.id):
            status, reason = ProcessStatus.KILLED, "stopped by you"
        if live.turn is not None:
            # What the agent left running in sessions of its own ends with it.
            await live.runner.terminate(live.environment, live.run, GRACE_SECONDS)
        await self._finish(live, status, report.code if report else None, reason)

    async def _see_out(self, live: LiveProcess) -> None:
        """Ends an agent that does not exit by itself after its turn."""
        assert live.turn is not None
        await live.turn.input_closed.wait()
        try:
            async with asyncio.timeout(EXIT_SECONDS):
                await live.output_ended.wait()
        except TimeoutError:
            log.info("agent %s of %s does not exit: terminating it", live.id, live.workspace)
            await live.runner.terminate(live.environment, live.run, GRACE_SECONDS)

    async def _finish(self, live: LiveProcess, status: ProcessStatus, code: int | None, reason: str) -> None:
        if live.id not in self._live:
            return
        if live.growth:
            live.growth.flush()
        summary = live.turn.transcript.ended.summary if live.turn and live.turn.transcript.ended else ""
        withdrawn = await self._store.write(records.finish, live.id, status, code, reason, summary)
        self._live.pop(live.id, None)
        for approval in withdrawn:
            self._hub.publish(ApprovalChanged(approval=approval))
        process = await self._tell(live.id)
        live.ended.set()
        for task in live.tasks:
            if task is not asyncio.current_task():
                task.cancel()
        await self._on_end(process)

    async def _tell(self, process_id: str) -> Process:
        """Publishes a process and its workspace as they are now."""
        process, workspace = await self._store.read(records.process_and_workspace, process_id)
        self._hub.publish(ProcessChanged(process=process))
        self._tell_workspace(workspace)
        return process

    def _tell_workspace(self, workspace: Workspace) -> None:
        self._hub.publish(WorkspaceChanged(workspace=workspace))

    def _tell_growth(self, live: LiveProcess) -> None:
        self._hub.publish(LogGrew(workspace=live.workspace, process_id=live.id, size=live.size))
        if live.turn is not None:
            for entry, keep in live.turn.untold():
                self._hub.publish(
                    EntryChanged(workspace=live.workspace, session_id=live.session_id, entry=entry, keep=keep)
                )

    # What running turns report (core.supervision.turn.TurnKeeper)

    async def entries_changed(self, process_id: str) -> None:
        live = self._live.get(process_id)
        if live is not None and live.growth is not None:
            live.growth.touch()

    async def approval_asked(self, process_id: str, ask: AskApproval) -> str | None:
        approval = await self._store.write(records.ask_approval, process_id, ask)
        if approval.chosen:
            return approval.chosen  # answered before an earlier engine could pass it on
        chosen = await self._approve(process_id, ask)
        if chosen is not None:
            approval = await self._store.write(records.answer_approval, approval.id, chosen)
        self._hub.publish(ApprovalChanged(approval=approval))
        await self._tell(process_id)
        return chosen

    async def approval_withdrawn(self, process_id: str, key: str) -> None:
        approval = await self._store.write(records.withdraw_approval, process_id, key)
        if approval is not None:
            self._hub.publish(ApprovalChanged(approval=approval))
            await self._tell(process_id)

    async def session_known(self, process_id: str, agent_session_id: str) -> None:
        await self._store.write(records.set_agent_session, process_id, agent_session_id)

    async def usage_reported(self, process_id: str, usage: UsageReport) -> None:
        await self._store.write(records.set_usage, process_id, usage)


def run_directory(environment: Environment, process_id: str) -> RunDirectory:
    """Where a process of a workspace has its files."""
    return RunDirectory(environment.root / "runs" / process_id)


def journal_path(environment: Environment, process_id: str) -> Path:
    """Where the engine keeps what went into a turn; no sandbox sees this folder."""
    return environment.root / "journal" / f"{process_id}.jsonl"


def _judge(report: ExitReport | None) -> tuple[ProcessStatus, str]:
    """Status and reason from the exit code alone; a turn's own account goes before it."""
    if report is None:
        return ProcessStatus.LOST, "it is gone and has left no exit code"
    if report.out_of_memory:
        return ProcessStatus.FAILED, "the workspace's memory limit was reached"
    if report.code == 0:
        return ProcessStatus.COMPLETED, ""
    if report.code > 128:
        return ProcessStatus.FAILED, f"ended by signal {report.code - 128}"
    return ProcessStatus.FAILED, f"exit code {report.code}"


async def _write_input(live: LiveProcess, data: bytes) -> None:
    try:
        await live.run.write_input(data)
    except BoatyardError:
        if not live.output_ended.is_set() and live.run.exit_code() is None:
            raise
