"""`boatyard demo`: the whole voyage on a sample repository, with the built-in agent that has no model.

Without --headless this only prepares the voyage and starts its agent: the terminal interface, which
opens then, is where the user approves, reads the diff and merges.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from core.cli.invocation import Invocation
from core.cli.output import Output, short, took
from core.cli.progress import watch_operation
from core.cli.sample import PROMPT, make_sample
from core.cli.settings import declare_settings, wanted_settings
from core.cli.verb import Verb
from core.cli.verbs.paths import absolute
from core.client import Client
from core.errors import BoatyardError, NotFoundError
from core.values.entities import Process, Project, Task
from core.values.events import ApprovalChanged, ProcessChanged, Reset
from core.values.requests import AddProject, AddTask, AnswerApproval, MergeWorkspace, NewWorkspace
from core.values.states import ApprovalStatus, MergeStyle, ProcessStatus, RunnerKind
from core.values.wording import counted

AGENT = "demo"


async def demo(call: Invocation) -> int:
    folder = absolute(call.args.dir) if call.args.dir else call.home.data / "demo" / "harbour"
    call.out.line("A demonstration: the agent is built in, and no model is behind it.")
    async with call.engine() as client:
        voyage = _Voyage(call.out, client, time.time())
        task = await voyage.prepare(folder)
        body = NewWorkspace(task=task.id, agent=AGENT, settings=wanted_settings(call.args))
        name = await voyage.start(body)
        if not (call.args.headless or call.out.json or not sys.stdout.isatty()):
            return 0
        await voyage.finish(name, folder)
    return 0


class _Voyage:
    """The steps of the demonstration, each printed with its time."""

    def __init__(self, out: Output, client: Client, began: float) -> None:
        self._out = out
        self._client = client
        self._began = began
        self._steps: list[dict[str, object]] = []

    @asynccontextmanager
    async def _step(self, name: str) -> AsyncIterator[list[str]]:
        """Times a step; what is put into the list is printed behind it."""
        start = time.time()
        said: list[str] = []
        yield said
        end = time.time()
        self._steps.append({"step": name, "seconds": round(end - start, 3), "detail": " ".join(said)})
        self._out.line(f"✓ {name:<10} {took(start, end):>9}  {' '.join(said)}")

    async def prepare(self, folder: Path) -> Task:
        """The sample repository, its project and a task."""
        async with self._step("project") as said:
            make_sample(folder)
            project = await self._project(folder)
            said.append(f"{project.name}: {folder}")
        async with self._step("task") as said:
            title = await self._title(project)
            task = await self._client.add_task(AddTask(project=project.id, title=title))
            said.append(task.title)
        return task

    async def _title(self, project: Project) -> str:
        """The task's title; numbered from the second voyage on, so that each has something to do."""
        before = len(await self._client.tasks(project.id))
        return PROMPT if not before else f"{PROMPT} (voyage {before + 1})"

    async def _project(self, folder: Path) -> Project:
        name = "demo" if folder.name == "harbour" else f"demo {folder.name}"
        try:
            return await self._client.project(name)
        except NotFoundError:
            return await self._client.add_project(AddProject(name=name, repos=(str(folder),)))

    async def start(self, body: NewWorkspace) -> str:
        """The workspace, up to the start of its agent; its own steps are printed as they happen."""
        async with self._step("workspace") as said:
            workspace = await self._client.workspace(await self._make(body))
            said.append(f"{workspace.name} on {workspace.branch}, runner {workspace.runner.value}")
        if workspace.runner is RunnerKind.HOST:
            self._out.line(f"  {workspace.notice}")
        return workspace.name

    async def _make(self, body: NewWorkspace) -> str:
        """The workspace's name. Where nobody asked for a container and no image can be had, the host will
        do: the demonstration's agent is Boatyard's own, and the notice says that nothing isolates it."""
        try:
            operation = await self._client.new_workspace(body)
            return (await watch_operation(self._out, self._client, operation)).workspace
        except NotFoundError as error:
            if body.settings.runner is not None or body.settings.image:
                raise
            self._out.note(f"{error.message}: the host is used instead")
            settings = msgspec.structs.replace(body.settings, runner=RunnerKind.HOST)
            return await self._make(msgspec.structs.replace(body, settings=settings))

    async def finish(self, name: str, folder: Path) -> None:
        """The agent's turn with its requests allowed, the diff, and the merge."""
        async with self._step("agent turn") as said:
            process = await self._turn(name)
            turn = await self._client.turn(process.id)
            said.append(turn.summary.partition("\n")[0] or process.status.value)
        if process.status is not ProcessStatus.COMPLETED:
            raise BoatyardError(
                f"the agent's turn {process.status.value}: {process.reason}",
                hint=f"boatyard process logs {short(process.id)}",
            )
        async with self._step("diff") as said:
            diff = await self._client.diff(name)
            said.append(f"{counted(len(diff.files), 'file')}, +{diff.added} -{diff.removed}")
        async with self._step("merge") as said:
            result = await self._client.merge(name, MergeWorkspace(style=MergeStyle.MERGE))
            said += [f"{each.target_branch} is at {each.commit[:12]}" for each in result.merges]
        self._out.result(
            {"workspace": name, "repository": str(folder), "steps": self._steps, "merges": result.merges},
            f"done in {time.time() - self._began:.1f} s; look at it: git -C {folder} log --graph --oneline",
        )

    async def _turn(self, name: str) -> Process:
        """Waits for the turn to end and allows what the demonstration's own agent asks for."""
        since = (await self._client.snapshot()).sequence
        process_id = (await self._client.workspace(name)).process_id
        if process_id is None:
            raise BoatyardError(f"no agent has started in {name!r}", hint=f"boatyard workspace show {name}")
        await self._allow(name)
        if not (await self._client.process(process_id)).status.ended:
            async for event in self._client.events(since):
                if isinstance(event, ApprovalChanged | Reset):
                    await self._allow(name)
                if isinstance(event, ProcessChanged) and event.process.id == process_id:
                    if event.process.status.ended:
                        break
        return await self._client.wait_process(process_id)

    async def _allow(self, name: str) -> None:
        for approval in await self._client.approvals(name):
            if approval.status is ApprovalStatus.PENDING:
                self._out.line(f"  ▲ the agent asks: {approval.title}: allowed")
                await self._client.answer_approval(approval.id, AnswerApproval())


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dir", nargs="?", metavar="DIR", help="where the sample repository is made")
    parser.add_argument("--headless", action="store_true", help="to the end, without the terminal interface")
    declare_settings(parser)


VERBS = (Verb("", "demo", "the whole voyage on a sample repository, with a built-in agent", demo, _declare),)
