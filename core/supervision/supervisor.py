"""Starts processes, watches over them, stops them, and takes over those that an earlier engine left.

One row in the database per process, written before the process is started and completed after all of
its output has been read. Everything in between can be lost with the engine and found again: from the
run directory, the runner and the journal.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.agents.driver import NO_VALUES, Driver
from core.errors import BoatyardError, NotFoundError
from core.processes.command import Command
from core.processes.follow import Output, follow
from core.runners import Environment, Runner
from core.runners.masking import NO_MASK, Mask
from core.store import Store
from core.supervision import records
from core.supervision.bulletin import Bulletin
from core.supervision.crash import crash_point
from core.supervision.ending import GRACE_SECONDS, Ending
from core.supervision.hub import EventHub
from core.supervision.journal import Journal
from core.supervision.live import LiveProcess, journal_path, run_directory
from core.supervision.pulse import Pulse
from core.supervision.recorder import Approve, Do, TurnRecorder
from core.supervision.transcript import Transcript
from core.supervision.turn import Line, LiveTurn
from core.values.entities import Process
from core.values.states import ProcessStatus

log = logging.getLogger(__name__)

EXIT_SECONDS = 10.0
"""How long an agent may take to exit after its turn is over and its input closed."""
POLITE_SECONDS = 5.0
"""How long an agent may take to end its turn after it was asked to cancel."""


@dataclass(frozen=True)
class Subject:
    """What a process belongs to, and who makes sense of its output."""

    workspace: str
    session_id: str
    environment: Environment
    runner: Runner
    driver: Driver | None = None
    """None for scripts and commands."""
    mask: Mask = NO_MASK
    """Covers the workspace's secrets in all that is made of the output."""


class Supervisor:
    """Watches all processes of one engine."""

    def __init__(
        self,
        store: Store,
        hub: EventHub,
        on_end: Callable[[Process], Awaitable[None]],
        approve: Approve,
        do: Do,
    ) -> None:
        """
        Args:
            store: The database.
            hub: Where changes are told.
            on_end: Called after a process has ended and that is recorded; `settle` waits for it.
            approve: Gives the option that a policy chooses for a process's request, or None.
            do: Does what an agent wants done where it works.
        """
        self._store = store
        self._bulletin = Bulletin(store, hub)
        self._live: dict[str, LiveProcess] = {}
        self._ending = Ending(store, self._bulletin, on_end, self._live)
        self._recorder = TurnRecorder(store, self._bulletin, approve, do, self._live)

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
        await self._bulletin.tell(process_id)
        try:
            await subject.runner.spawn(subject.environment, live.run, command)
        except (BoatyardError, OSError) as error:
            await self._ending.finish(live, ProcessStatus.FAILED, None, str(error))
            raise
        finally:
            live.begun.set()
        if live.turn is not None:
            crash_point("turn", "spawned")
        self._watch(live, begun=False)
        return await self._bulletin.tell(process_id)

    async def adopt(self, subject: Subject, process_id: str) -> None:
        """Goes on watching a process that an earlier engine started."""
        live = self._make_live(subject, process_id)
        live.begun.set()
        if not live.run.path.is_dir():
            await self._ending.finish(
                live, ProcessStatus.LOST, None, "the engine ended before it was started"
            )
            return
        self._watch(live, begun=True)

    async def stop(self, process_id: str, reason: str = "") -> None:
        """Ends a process and everything that it started: politely first. Returns when it has ended.

        Args:
            process_id: The process; one that has ended is no error.
            reason: Why, for people; empty: the user wanted it.
        """
        live = self._live.get(process_id)
        if live is None:
            return
        live.stop_requested = True
        live.stop_reason = live.stop_reason or reason
        await live.begun.wait()
        try:
            await self._store.write(records.request_stop, process_id)
            await self._ask_to_end(live)
        except BoatyardError as error:  # a full disk must not keep anybody from stopping what fills it
            log.warning("process %s of %s is stopped without asking: %s", live.id, live.workspace, error)
        if not live.output_ended.is_set():
            await live.runner.terminate(live.environment, live.run, GRACE_SECONDS)
        await live.ended.wait()

    async def interrupt(self, process_id: str) -> bool:
        """Asks an agent to end its turn, and no more; whether one works that can be asked."""
        live = self._live.get(process_id)
        if live is None or live.turn is None or live.turn.over.is_set():
            return False
        await live.turn.cancel()
        return True

    async def set_mode(self, process_id: str, mode: str) -> None:
        """Has a running turn go on in another mode; one that is over needs none."""
        turn = self.live_turn(process_id)
        if turn is not None and not turn.over.is_set():
            await turn.set_mode(mode)

    async def _ask_to_end(self, live: LiveProcess) -> None:
        """Gives an agent some seconds to end its turn by itself."""
        if live.turn is not None and not live.turn.over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLITE_SECONDS):
                    await live.turn.cancel()
                    await live.turn.over.wait()

    async def wait(self, process_id: str) -> None:
        """Returns when the process has ended and that is recorded."""
        live = self._live.get(process_id)
        if live is not None:
            await live.ended.wait()

    async def answer(
        self, process_id: str, key: str, option_id: str, values: Mapping[str, Any] = NO_VALUES
    ) -> None:
        """Gives a running turn the user's decision.

        Raises:
            NotFoundError: The process has ended.
        """
        turn = self.live_turn(process_id)
        if turn is None:
            raise NotFoundError("the agent that asked has ended", hint="Send it a new prompt.")
        await turn.answer(key, option_id, values)

    async def see_out(self, workspace: str, seconds: float) -> None:
        """Waits for the agents of a workspace whose turns are over to be gone, at most so many seconds."""
        leaving = [
            asyncio.create_task(live.ended.wait())
            for live in self._live.values()
            if live.workspace == workspace and live.turn is not None and live.turn.over.is_set()
        ]
        if leaving:
            _, late = await asyncio.wait(leaving, timeout=seconds)
            for task in late:
                task.cancel()

    async def settle(self, workspace: str, seconds: float | None = None) -> bool:
        """Waits until what follows the ends of a workspace's processes has been seen to.

        Returns:
            Whether it has been, within `seconds`.
        """
        following = [task for task, name in self._ending.following.items() if name == workspace]
        return not following or not (await asyncio.wait(following, timeout=seconds))[1]

    async def close(self) -> None:
        """Stops watching; the processes go on."""
        for live in self._live.values():
            if live.turn is not None:
                live.turn.close()
        tasks = [task for live in self._live.values() for task in live.tasks] + list(self._ending.following)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _make_live(self, subject: Subject, process_id: str) -> LiveProcess:
        run = run_directory(subject.environment, process_id)
        live = LiveProcess(
            process_id, subject.workspace, subject.session_id, run, subject.runner, subject.environment
        )
        live.growth = Pulse(lambda: self._bulletin.growth(live))
        if subject.driver is not None:
            line = Line(live.write_input, lambda: asyncio.to_thread(live.run.close_input), live.input_given)
            journal = Journal(journal_path(subject.environment, process_id))
            live.turn = LiveTurn(
                process_id, Transcript(subject.driver, subject.mask), journal, line, self._recorder
            )
        self._live[process_id] = live
        return live

    def _watch(self, live: LiveProcess, *, begun: bool) -> None:
        live.tasks.append(asyncio.create_task(self._guard(live, begun=begun)))
        if live.turn is not None:
            live.tasks.append(asyncio.create_task(self._see_out(live, live.turn)))

    async def _guard(self, live: LiveProcess, *, begun: bool) -> None:
        """Watches; what cannot be watched any more is ended, so that nothing works on unseen."""
        try:
            await self._run(live, begun=begun)
        except BoatyardError as error:  # the disk is full, say
            log.error("process %s of %s: %s", live.id, live.workspace, error)
            await self._ending.give_up(live, error.message)
        except Exception:  # the process boundary: one broken turn must not take the others along
            log.exception("process %s of %s", live.id, live.workspace)
            await self._ending.give_up(live, "the engine failed while it watched this; its log says how")

    async def _run(self, live: LiveProcess, *, begun: bool) -> None:
        """Feeds the process's output to its turn until it ends, then records the end."""
        out = err = 0
        if live.turn is not None:
            out, err = await self._get_to_know(live, live.turn, begun=begun)
        elif begun:
            out, err = live.run.size("out"), live.run.size("err")
        alive = partial(live.runner.alive, live.environment, live.run)
        async for event in follow(live.run, alive, out=out, err=err, unread=live.turn is None):
            if isinstance(event, Output):
                await self._note_output(live, event)
            else:
                await self._ending.note(live, event.report)

    async def _get_to_know(self, live: LiveProcess, turn: LiveTurn, *, begun: bool) -> tuple[int, int]:
        """Begins a turn, or takes one over; how much of its output and errors has been read."""
        try:
            if not begun:
                await turn.begin()
                return 0, 0
            return await turn.resume(live.run.read, await self._store.read(records.started_at, live.id))
        finally:
            turn.known.set()

    async def _note_output(self, live: LiveProcess, event: Output) -> None:
        if live.turn is not None:
            await (live.turn.output if event.stream == "out" else live.turn.errors)(event.data)
        live.size = live.run.size("out")
        if live.growth:
            live.growth.touch()

    async def _see_out(self, live: LiveProcess, turn: LiveTurn) -> None:
        """Ends an agent that does not exit by itself after its turn."""
        await turn.input_closed.wait()
        try:
            async with asyncio.timeout(EXIT_SECONDS):
                await live.output_ended.wait()
        except TimeoutError:
            log.info("agent %s of %s does not exit: terminating it", live.id, live.workspace)
            await self._ending.terminate(live)
