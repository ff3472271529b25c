"""Processes of a workspace: made, started, and found again after the engine was away.

A process's row holds, as its action, all that it takes to make sense of its files again: an agent's
executor, folder and the session that it went on with. Values of the environment are not kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from peewee import fn

from core.agents.client_requests import CreateTerminal
from core.agents.driver import Driver, Executor, Launch, TurnRequest
from core.agents.shown import ShownPrompt
from core.errors import BoatyardError, ConflictError
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.operation import refuse_busy
from core.lifecycle.place import Place
from core.lifecycle.ports import Ports
from core.lifecycle.queue_records import Queued, forget, put_back
from core.lifecycle.screens import KIND as SCREEN
from core.lifecycle.screens import screen_command, screen_runner
from core.lifecycle.tools import tools_of
from core.lifecycle.turn_records import turn_runs
from core.processes.command import Command
from core.runners.masking import HideAll, Mask
from core.runners.runner import Runner
from core.store import models as m
from core.store.models.fields import moment_after, new_id
from core.supervision.crash import crash_point
from core.supervision.live import run_directory
from core.supervision.supervisor import Subject
from core.values.conversation import Attachment
from core.values.entities import Process
from core.values.states import ProcessStatus, RunnerKind, RunReason

log = logging.getLogger(__name__)

LABEL_LIMIT = 60
ENDING_OPERATIONS = ("close", "remove", "restore", "recover", "repair", "restore-to", "rewind", "archive")
"""Nothing new may start in a workspace while one of these is under way."""


@dataclass(frozen=True)
class NewTurn:
    """A turn that is to be."""

    session_id: str
    resume: str
    """The agent's own id of the conversation to go on with; empty: a new one."""
    prompt: Queued
    """As the user sent it; if it is in the queue, it leaves it when the turn is written down."""
    sent: str
    """What the agent is told."""
    attachments: tuple[Attachment, ...] = ()
    checkpoint: int = 0
    """What was there before."""
    mode: str = ""
    """The mode that the user has chosen for the agent; empty: its profile says."""


@dataclass(frozen=True)
class NewProcess:
    """A process that is to be: its row's content and its command."""

    session_id: str
    reason: RunReason
    label: str
    command: Command
    action: dict[str, object]
    turn: NewTurn | None = None
    driver: Driver | None = None
    id: str = field(default_factory=new_id)


class Processes:
    """Starts scripts, commands and agents, and takes over those of an earlier engine."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def run_script(
        self,
        facts: WorkspaceFacts,
        reason: RunReason,
        text: str,
        cwd: str,
        env: dict[str, str],
        details: Mapping[str, object] | None = None,
    ) -> Process:
        """Starts a shell script; its label is its first line, and its row keeps `details`."""
        label = text.strip().partition("\n")[0][:LABEL_LIMIT]
        command = Command(("/bin/sh", "-c", text), cwd, env, b"")
        action: dict[str, object] = {"script": text, "cwd": cwd, **(details or {})}
        return await self._start(facts, NewProcess(facts.session_id, reason, label, command, action))

    async def run_command(self, facts: WorkspaceFacts, argv: tuple[str, ...]) -> Process:
        """Starts a command where agents work."""
        cwd = self._place(facts.name).working_directory(facts)
        command = Command(argv, cwd, {}, b"")
        action: dict[str, object] = {"argv": list(argv), "cwd": cwd}
        label = " ".join(argv)[:LABEL_LIMIT]
        new = NewProcess(facts.session_id, RunReason.COMMAND, label, command, action)
        return await self._start(facts, new)

    async def run_terminal(
        self,
        facts: WorkspaceFacts,
        session_id: str,
        process_id: str,
        wanted: CreateTerminal,
        action: Mapping[str, object],
    ) -> Process:
        """Starts a command that an agent wants to have run, with its errors among its output."""
        cwd = wanted.cwd or str(action["cwd"])
        argv = ("sh", "-c", 'exec 2>&1; exec "$@"', "boatyard", *wanted.argv)
        label = " ".join(wanted.argv)[:LABEL_LIMIT]
        new = NewProcess(
            session_id,
            RunReason.COMMAND,
            label,
            Command(argv, cwd, dict(wanted.env), b""),
            {**action, "argv": list(wanted.argv), "cwd": cwd},
            id=process_id,
        )
        return await self._start(facts, new)

    async def run_agent(self, facts: WorkspaceFacts, executor: Executor, turn: NewTurn) -> Process:
        """Starts a turn of a session. The process has the prompt's id, so that its sender can follow it.

        Raises:
            ConflictError: A turn runs in the workspace already.
        """
        cwd = self._place(facts.name).working_directory(facts)
        action: dict[str, object] = {
            "executor": executor.name,
            "kind": executor.kind,
            "cwd": cwd,
            "resume": turn.resume,
            "checkpoint": turn.checkpoint,
            "attachments": msgspec.to_builtins(turn.attachments),
            "parts_past": True,
        }
        if turn.mode:
            action["mode"] = turn.mode
        if executor.where == "host":
            action["runner"] = RunnerKind.HOST.value
        process_id = turn.prompt.id
        contained = self._inner_runner(facts, action).isolates
        action["contained"] = contained
        if tools := tools_of(self._context, facts.name, contained=contained):
            action["tools"] = list(tools)
        request = TurnRequest(
            process_id,
            turn.sent,
            cwd,
            turn.resume,
            contained=contained,
            attachments=turn.attachments,
            mode=turn.mode,
            parts_past=True,
            tools=tools,
        )
        launch = executor.launch(request, contained=contained)
        new = NewProcess(
            session_id=turn.session_id,
            reason=RunReason.CODING_AGENT,
            label=executor.title,
            command=await self._agent_command(facts, action, process_id, launch, cwd),
            action=action,
            turn=turn,
            driver=_shown(executor.driver(request), request, turn.prompt.prompt),
            id=process_id,
        )
        return await self._start(facts, new)

    async def _agent_command(
        self, facts: WorkspaceFacts, action: Mapping[str, object], process_id: str, launch: Launch, cwd: str
    ) -> Command:
        if action["kind"] != SCREEN:
            return Command(launch.argv, cwd, launch.env, launch.stdin)
        inner = self._inner_runner(facts, action)
        return await screen_command(self._context, facts, inner, process_id, launch, cwd)

    async def adopt_all(self) -> None:
        """Takes over everything that the database shows as running."""
        for process_id, name in await self._context.store.read(_running):
            log.info("taking over process %s of %s", process_id, name)
            facts = await self._context.store.read(workspace_facts, name)
            if await self._never_began(facts, process_id):
                log.info("the turn %s of %s never began: it goes back into the queue", process_id, name)
                continue
            session_id, driver = await self.driver_of(process_id)
            action = await self._context.store.read(_action, process_id)
            subject = self._subject(facts, session_id, driver, await self._mask(facts), action)
            await self._context.supervisor.adopt(subject, process_id)

    async def _never_began(self, facts: WorkspaceFacts, process_id: str) -> bool:
        """Whether a turn was written down and nothing more: then it is a queued prompt again."""
        run = run_directory(self._place(facts.name).environment(facts), process_id)
        if await asyncio.to_thread(run.path.exists):
            return False
        return await self._context.store.write(put_back, process_id)

    async def driver_of(self, process_id: str) -> tuple[str, Driver | None]:
        """The process's session, and a fresh driver for its output if an agent made it."""
        session_id, reason, action, prompts, started_at = await self._context.store.read(
            _recorded, process_id
        )
        prompt, sent = prompts
        if reason is not RunReason.CODING_AGENT:
            return session_id, None
        attachments = msgspec.convert(action.get("attachments", ()), tuple[Attachment, ...])
        request = TurnRequest(
            process_id,
            sent,
            str(action["cwd"]),
            str(action.get("resume", "")),
            started_at,
            contained=bool(action.get("contained")),
            attachments=attachments,
            mode=str(action.get("mode", "")),
            parts_past=bool(action.get("parts_past")),
            tools=msgspec.convert(action.get("tools", ()), tuple[str, ...]),
        )
        name, kind = str(action.get("executor", "")), str(action.get("kind", ""))
        driver = self._context.executors.driver(name, kind, request)
        return session_id, driver and _shown(driver, request, prompt)

    async def _start(self, facts: WorkspaceFacts, new: NewProcess) -> Process:
        facts = await Ports(self._context).ready(facts)
        # A container may have been killed, or gone with a reboot, since it was started.
        await self._context.runners[facts.runner].ensure(self._place(facts.name).environment(facts))
        subject = self._subject(facts, new.session_id, new.driver, await self._mask(facts), new.action)
        await self._context.store.write(_insert, facts, new)
        if new.turn is not None:
            crash_point("turn", "written")
        return await self._context.supervisor.start(subject, new.command, new.id)

    async def _mask(self, facts: WorkspaceFacts) -> Mask:
        """What covers the workspace's secrets; everything while they cannot be known."""
        try:
            return await self._context.secrets.mask(facts.name, facts.settings)
        except BoatyardError as error:
            log.warning("output of %s is hidden as long as this engine runs: %s", facts.name, error)
            return HideAll()

    def _runner(self, facts: WorkspaceFacts, action: Mapping[str, object]) -> Runner:
        """What runs a process: the environment's own, but on this machine for a screen."""
        inner = self._inner_runner(facts, action)
        return screen_runner(self._context, inner) if action.get("kind") == SCREEN else inner

    def _inner_runner(self, facts: WorkspaceFacts, action: Mapping[str, object]) -> Runner:
        """The workspace's own, unless the process is one that runs on this machine whatever that is."""
        return self._context.runners[RunnerKind(str(action.get("runner", facts.runner)))]

    def _subject(
        self,
        facts: WorkspaceFacts,
        session_id: str,
        driver: Driver | None,
        mask: Mask,
        action: Mapping[str, object],
    ) -> Subject:
        environment = self._place(facts.name).environment(facts)
        runner = self._runner(facts, action)
        return Subject(facts.name, session_id, environment, runner, driver, mask)

    def _place(self, name: str) -> Place:
        return Place(self._context.home, name)


def _insert(facts: WorkspaceFacts, new: NewProcess) -> None:
    if new.reason not in (RunReason.SETUP_SCRIPT, RunReason.ARCHIVE_SCRIPT):
        refuse_busy(m.Workspace.get_by_id(facts.id), ENDING_OPERATIONS)
    if new.turn is not None:
        _refuse_second_turn(facts)
        _make_session(facts, new)
        forget(new.id)
    m.ExecutionProcess.create(
        id=new.id, session=new.session_id, run_reason=new.reason.value, action=new.action, label=new.label,
        started_at=moment_after(_latest(m.ExecutionProcess.started_at, facts.id)),
    )  # fmt: skip
    for repo in facts.repos:
        m.ProcessRepoState.create(process=new.id, repo=repo.repo_id, head_before=repo.head)
    if new.turn is not None:
        asked = new.turn.prompt
        sent = new.turn.sent if new.turn.sent != asked.prompt else None
        m.CodingAgentTurn.create(
            process=new.id, prompt=asked.prompt, sent=sent, attachments=list(asked.attachments)
        )


def _latest(column: Any, workspace_id: str) -> float | None:
    """The latest time in a column of a workspace's sessions or processes."""
    query = m.Session.select(fn.MAX(column)).where(m.Session.workspace == workspace_id)
    if column.model is m.ExecutionProcess:
        query = query.join(m.ExecutionProcess)
    latest = query.scalar(as_tuple=False)
    return None if latest is None else float(latest)


def _make_session(facts: WorkspaceFacts, new: NewProcess) -> None:
    executor = str(new.action["executor"])
    row, made = m.Session.get_or_create(
        id=new.session_id,
        defaults={
            "workspace": facts.id,
            "executor": executor,
            "created_at": moment_after(_latest(m.Session.created_at, facts.id)),
        },
    )
    if not made and (row.executor != executor or row.handover):
        row.executor, row.handover = executor, False
        row.save()


def _refuse_second_turn(facts: WorkspaceFacts) -> None:
    if turn_runs(facts.id):
        raise ConflictError(
            f"an agent works in {facts.name!r} already", hint="Wait for it, or queue a follow-up."
        )


def _running() -> list[tuple[str, str]]:
    query = (
        m.ExecutionProcess.select(m.ExecutionProcess.id, m.Workspace.name)
        .join(m.Session)
        .join(m.Workspace)
        .where(m.ExecutionProcess.status == ProcessStatus.RUNNING)
    )
    return list(query.tuples())


def _shown(driver: Driver, request: TurnRequest, prompt: str) -> Driver:
    """A driver whose conversation shows what the user typed."""
    return driver if request.prompt == prompt else ShownPrompt(driver, prompt)


def _action(process_id: str) -> dict[str, object]:
    return dict(m.ExecutionProcess.get_by_id(process_id).action)


def _recorded(process_id: str) -> tuple[str, RunReason, dict[str, object], tuple[str, str], float]:
    row = m.ExecutionProcess.get_by_id(process_id)
    turn = m.CodingAgentTurn.get_or_none(m.CodingAgentTurn.process == process_id)
    prompts = (turn.prompt, turn.sent or turn.prompt) if turn else ("", "")
    return row.session_id, RunReason(row.run_reason), row.action, prompts, row.started_at
