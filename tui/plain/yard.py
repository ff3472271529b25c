"""All workspaces and tasks as numbered lines, and the way into each; new tasks."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from core.cli.main import BROKEN_PIPE, INTERRUPTED
from core.errors import BoatyardError
from core.values import requests as ask
from core.values.states import Activity, TaskStatus
from core.values.wording import counted
from tui.looks.states import TASK, workspace_sign
from tui.plain.lines import Left, Lines
from tui.plain.talk import Talk
from tui.terminal.here import repository_here

if TYPE_CHECKING:
    from core.client import Client
    from core.paths import Home
    from core.values.entities import Snapshot, Task

MOST = 200
"""Tasks that are listed."""
OPEN = (TaskStatus.IN_PROGRESS, TaskStatus.IN_REVIEW, TaskStatus.TODO)


class PlainYard:
    """Lists, opens, makes."""

    def __init__(self, client: Client, lines: Lines) -> None:
        self._client = client
        self._lines = lines

    async def run(self) -> None:
        """Until the user leaves; what cannot be done is told, and one goes on."""
        self._lines.say("Boatyard, in plain lines. Agents go on when you leave.")
        try:
            while await self._attempt():
                pass
        except Left:
            return

    async def _attempt(self) -> bool:
        """One round; after a failure, the user says whether there is to be another one."""
        try:
            return await self._once()
        except BoatyardError as error:
            self._lines.say(f"That failed: {error.message}", *filter(None, [error.hint]))
            return await self._lines.ask("Enter goes on, q leaves.") != "q"

    async def _once(self) -> bool:
        snapshot = await self._client.snapshot()
        opened = self._list(snapshot)
        what = "Type a number to open it, n for a new task, Enter to list, q to leave."
        typed = await self._lines.ask(what)
        if typed == "q":
            return False
        if typed == "n":
            await self._new(snapshot)
        elif typed.isascii() and typed.isdigit() and 0 < int(typed) <= len(opened):
            kind, key = opened[int(typed) - 1]
            if kind == "workspace":
                await Talk(self._client, self._lines, key).run()
            else:
                await self._task(next(task for task in snapshot.tasks if task.id == key))
        elif typed:
            self._lines.say(f"{typed[:40]} is none of them.")
        return True

    def _list(self, snapshot: Snapshot) -> list[tuple[str, str]]:
        """Writes what there is, what waits for the user first; what each number opens."""
        titles = {task.id: task.title for task in snapshot.tasks}
        shown = [each for each in snapshot.workspaces if not each.archived]
        shown.sort(key=lambda each: each.activity not in (Activity.WAITING, Activity.ASKING))
        opened = [("workspace", each.name) for each in shown]
        self._lines.say("", f"{counted(len(shown), 'workspace')}.")
        for number, each in enumerate(shown, 1):
            title = titles.get(each.task_id, "")
            self._lines.say(f"{number}. {each.name}: {workspace_sign(each)[1]}. Task: {title}")
        busy = {each.task_id for each in shown}
        tasks = [task for task in snapshot.tasks if task.id not in busy and task.status in OPEN]
        self._lines.say(f"{counted(len(tasks), 'task')} without a workspace.")
        for number, task in enumerate(tasks[:MOST], len(opened) + 1):
            self._lines.say(f"{number}. {task.title}: {TASK[task.status][1].lower()}")
        return opened + [("task", task.id) for task in tasks[:MOST]]

    async def _task(self, task: Task) -> None:
        self._lines.say("", task.title, *filter(None, [task.description]))
        chosen = await self._lines.choose("What next?", ("Start an agent on it", "It is done", "Cancel it"))
        if chosen == 0:
            agent = await self._agent()
            if agent:
                made = await self._client.new_workspace(ask.NewWorkspace(task=task.id, agent=agent))
                await self._follow(made.id)
        elif chosen > 0:
            status = TaskStatus.DONE if chosen == 1 else TaskStatus.CANCELLED
            await self._client.update_task(task.id, ask.UpdateTask(status=status))
            self._lines.say(f"The task is {TASK[status][1].lower()}.")

    async def _agent(self) -> str:
        agents = [agent for agent in await self._client.agents() if agent.available]
        words = [f"{each.title}{' (a demonstration)' if each.demonstration else ''}" for each in agents]
        chosen = await self._lines.choose("Which agent?", words)
        return agents[chosen].name if chosen >= 0 else ""

    async def _new(self, snapshot: Snapshot) -> None:
        project = ""
        if snapshot.projects:
            names = [*(each.name for each in snapshot.projects), "another repository"]
            at = await self._lines.choose("In which project?", names)
            if at < 0:
                return
            project = snapshot.projects[at].id if at < len(snapshot.projects) else ""
        here = repository_here()
        default = f" Enter takes {here}." if here else ""
        path = "" if project else await self._lines.ask(f"Path of the repository?{default}") or here
        title = await self._lines.ask("What is to be done?")
        if not title or not (project or path):
            self._lines.say("Nothing was made.")
            return
        await self._make(project, path, title)

    async def _make(self, project: str, path: str, title: str) -> None:
        agent = await self._agent()
        if project:
            task = await self._client.add_task(ask.AddTask(project=project, title=title))
            if not agent:
                self._lines.say("The task is there; no agent was started.")
                return
            made = await self._client.new_workspace(ask.NewWorkspace(task=task.id, agent=agent))
        else:
            made = await self._client.run_task(ask.RunTask(title=title, repos=(path,), agent=agent))
        await self._follow(made.id)

    async def _follow(self, operation: str) -> None:
        self._lines.say("It is being made.")
        ended = await self._client.wait_operation(operation)
        for step in ended.steps:
            failed = f", failed: {step.error}" if step.error else ""
            self._lines.say(f"{step.label or step.name}{failed}")
        self._lines.say(f"{ended.workspace}: {ended.status.value}.")


def run_plain(home: Home) -> int:
    """Runs it on standard input and output; the process's exit code."""

    async def run() -> None:
        from core.client import Client
        from core.client.launch import ensure_engine

        await ensure_engine(home)
        async with Client(home.socket) as client:
            await PlainYard(client, Lines()).run()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our lines has seen enough; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return 0
