"""One-line turns that show whether an agent works: nothing of them is kept, and nothing is permitted."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from core.agents.driver import (
    AskApproval,
    Choice,
    Executor,
    Perform,
    RateLimited,
    TurnRequest,
    UsageReport,
)
from core.errors import BoatyardError, ConflictError, UsageError
from core.git.command import owner_git
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts
from core.lifecycle.place import Place
from core.processes.command import Command
from core.processes.follow import Output, follow
from core.processes.run_directory import RunDirectory
from core.runners.masking import NO_MASK, Mask
from core.runners.runner import Environment, Runner
from core.store.models.fields import new_id
from core.supervision.journal import Journal
from core.supervision.transcript import Transcript
from core.supervision.turn import Line, LiveTurn
from core.values.conversation import AgentCommand, AgentModes, EntryKind
from core.values.entities import AgentTrial
from core.values.states import ProcessStatus, RunnerKind

PROMPT = "Answer with the single word ready. Use no tools and change nothing."
EXIT_SECONDS = 10.0
_TOLD = (EntryKind.NOTICE, EntryKind.ERROR, EntryKind.RAW)


class _Keeper:
    """A turn's surroundings that refuse whatever is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def entries_changed(self, process_id: str) -> None: ...

    async def approval_asked(self, process_id: str, ask: AskApproval) -> Choice | None:
        self.asked.append(ask.title)
        return next((Choice(each.id) for each in ask.options if each.kind == "reject_once"), None)

    async def approval_withdrawn(self, process_id: str, key: str) -> None: ...

    async def session_known(self, process_id: str, agent_session_id: str) -> None: ...

    async def usage_reported(self, process_id: str, usage: UsageReport) -> None: ...

    async def rate_limited(self, process_id: str, limit: RateLimited) -> None: ...

    async def commands_known(self, process_id: str, commands: tuple[AgentCommand, ...]) -> None: ...

    async def modes_known(self, process_id: str, modes: AgentModes) -> None: ...

    async def perform(self, process_id: str, wanted: Perform) -> Mapping[str, Any]:
        raise ConflictError("nothing is done for an agent on trial")


@dataclass(frozen=True)
class Ground:
    """Where a trial takes place."""

    runner: Runner
    environment: Environment
    cwd: str
    words: str
    """For people."""
    mask: Mask = NO_MASK


class AgentTrials:
    """Tries agents."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def in_workspace(self, executor: Executor, facts: WorkspaceFacts, seconds: float) -> AgentTrial:
        """One turn in an open workspace's environment, beside its conversation."""
        place = Place(self._context.home, facts.name)
        kind = RunnerKind.HOST if executor.where == "host" else facts.runner
        runner, environment = self._context.runners[kind], place.environment(facts)
        await self._context.runners[facts.runner].ensure(environment)
        mask = await self._context.secrets.mask(facts.name, facts.settings)
        cwd = place.working_directory(facts)
        ground = Ground(runner, environment, cwd, f"in the workspace {facts.name}", mask)
        return await self._try(executor, ground, seconds)

    async def on_host(self, executor: Executor, repo: str, seconds: float) -> AgentTrial:
        """One turn on this machine, in a copy of a repository or in an empty one, which is thrown away.

        Raises:
            UsageError: The repository cannot be copied.
        """
        trial = new_id()
        root = self._context.home.cache / "trials" / trial
        code = root / "code"
        environment = Environment(f"trial-{trial[:8]}", self._context.home.instance, root, code)
        try:
            await asyncio.to_thread(root.mkdir, 0o700, parents=True)
            await asyncio.to_thread(environment.prepare)
            await _repository(code, repo)
            words = (
                f"on this machine, in a copy of {repo}" if repo else "on this machine, in an empty repository"
            )
            runner = self._context.runners[RunnerKind.HOST]
            return await self._try(executor, Ground(runner, environment, str(code), words), seconds)
        finally:
            await asyncio.to_thread(shutil.rmtree, root, ignore_errors=True)

    async def _try(self, executor: Executor, ground: Ground, seconds: float) -> AgentTrial:
        if executor.kind == "terminal":
            raise UsageError(
                f"{executor.name} works on a screen, where nobody can tell whether it answers",
                hint="Send it a prompt in a workspace, and look: boatyard workspace attach NAME",
            )
        started = time.time()
        run = RunDirectory(ground.environment.runs / f"trial-{new_id()}")
        contained = ground.runner.isolates
        request = TurnRequest(run.id, PROMPT, ground.cwd, started_at=started, contained=contained)
        launch = executor.launch(request, contained=contained)
        journal = ground.environment.root / "etc" / f"{run.id}.jsonl"
        line = Line(partial(_write, run), partial(asyncio.to_thread, run.close_input))
        keeper = _Keeper()
        transcript = Transcript(executor.driver(request), ground.mask)
        turn = LiveTurn(run.id, transcript, Journal(journal), line, keeper)
        late = ""
        try:
            async with asyncio.timeout(seconds):
                command = Command(launch.argv, ground.cwd, launch.env, launch.stdin)
                await ground.runner.spawn(ground.environment, run, command)
                await self._follow(ground, run, turn)
        except TimeoutError:
            late = f"it has not answered within {seconds:g} s"
        finally:
            await self._clear(ground, run, journal)
        return _verdict(executor, ground, turn, keeper, late, time.time() - started)

    async def _follow(self, ground: Ground, run: RunDirectory, turn: LiveTurn) -> None:
        """Feeds the turn until it is over; an agent that does not exit after that is not waited for."""
        await turn.begin()
        async for event in follow(run, partial(ground.runner.alive, ground.environment, run)):
            if isinstance(event, Output):
                await (turn.output if event.stream == "out" else turn.errors)(event.data)
            else:
                await turn.exited(event.report.code if event.report else -1)
            if turn.over.is_set():
                return

    async def _clear(self, ground: Ground, run: RunDirectory, journal: Path) -> None:
        try:
            await ground.runner.terminate(ground.environment, run, EXIT_SECONDS)
        finally:
            await asyncio.to_thread(shutil.rmtree, run.path, ignore_errors=True)
            await asyncio.to_thread(journal.unlink, missing_ok=True)


async def _write(run: RunDirectory, data: bytes) -> None:
    with contextlib.suppress(ConflictError):  # it has ended already, and its end tells more
        await run.write_input(data)


async def _repository(folder: Path, source: str) -> None:
    """A repository to work in: a copy of the user's, or an empty one."""
    folder.mkdir(mode=0o700)
    git = owner_git(folder)
    if not source:
        await git.run("init", "-q")
        return
    try:
        await git.run("clone", "-q", "--no-hardlinks", "--", str(Path(source).expanduser().absolute()), ".")
    except BoatyardError as error:
        raise UsageError(
            f"{source} cannot be copied for the test: {error.message}", hint="Name a git repository."
        ) from error


def _verdict(
    executor: Executor, ground: Ground, turn: LiveTurn, keeper: _Keeper, late: str, seconds: float
) -> AgentTrial:
    ended = turn.transcript.ended
    reason = late or (ended.reason if ended else "")
    completed = not late and ended is not None and ended.status is ProcessStatus.COMPLETED
    if completed and ended is not None and not ended.summary.strip():
        completed, reason = False, "it ended its turn without a word"  # which shows nothing
    notes = [entry.text for entry in turn.transcript.entries.values() if entry.kind in _TOLD]
    notes += [f"It asked for permission, which was refused: {title}" for title in keeper.asked]
    return AgentTrial(
        name=executor.name,
        ok=completed,
        where=ground.words,
        reason=reason,
        answer=ended.summary if ended else "",
        notes=tuple(notes),
        seconds=round(seconds, 2),
    )
