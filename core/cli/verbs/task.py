"""`boatyard task`: add, list, show, set, start, done, cancel, remove."""

from __future__ import annotations

import argparse

from msgspec import UNSET
from msgspec.structs import asdict

from core.cli.budget import declare_budget, given_budget, usage_lines
from core.cli.invocation import Invocation
from core.cli.output import short, when
from core.cli.progress import follow_operation
from core.cli.verb import Verb
from core.cli.verbs.workspace import declare_new, new_body
from core.values.entities import Task
from core.values.requests import AddTask, MoveTask, UpdateTask
from core.values.states import TaskStatus


async def add(call: Invocation) -> None:
    args = call.args
    async with call.engine() as client:
        project = args.project or await _only_project(call)
        body = AddTask(project=project, title=args.title, description=args.description)
        task = await client.add_task(body)
    call.out.result(task, f"added task {short(task.id)}: {task.title}")


async def _only_project(call: Invocation) -> str:
    """The one project there is; with several, the user has to say which."""
    from core.errors import UsageError

    async with call.engine() as client:
        projects = await client.projects()
    if len(projects) != 1:
        names = ", ".join(project.name for project in projects[:10]) or "none yet"
        raise UsageError("the task's project is not given", hint=f"Use --project NAME; projects: {names}.")
    return projects[0].id


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        tasks = await client.tasks(call.args.project or "")
        projects = {project.id: project.name for project in await client.projects()}
    wanted = [task for task in tasks if not call.args.status or task.status == call.args.status]
    rows = [(short(t.id), t.status.value, projects.get(t.project_id, "-"), t.title) for t in wanted]
    call.out.table(wanted, ("ID", "STATUS", "PROJECT", "TITLE"), rows)


async def show(call: Invocation) -> None:
    async with call.engine() as client:
        task = await client.task(call.args.task)
        names = [w.name for w in await client.workspaces() if w.task_id == task.id]
        usage = await client.task_usage(task.id)
    call.out.document({**asdict(task), "usage": usage})
    call.out.line(f"id          {task.id}")
    call.out.line(f"title       {task.title}")
    call.out.line(f"status      {task.status.value}")
    call.out.line(f"created     {when(task.created_at)}")
    call.out.line(f"workspaces  {', '.join(names) or '-'}")
    for line in usage_lines(usage):
        call.out.line(line)
    if task.description:
        call.out.line()
        call.out.line(task.description)


async def change(call: Invocation) -> None:
    args = call.args
    body = UpdateTask(
        title=UNSET if args.title is None else args.title,
        description=UNSET if args.description is None else args.description,
        status=TaskStatus(args.status) if args.status else UNSET,
        budget=given_budget(args),
    )
    await _update(call, body)


async def done(call: Invocation) -> None:
    await _update(call, UpdateTask(status=TaskStatus.DONE))


async def cancel(call: Invocation) -> None:
    await _update(call, UpdateTask(status=TaskStatus.CANCELLED))


async def _update(call: Invocation, body: UpdateTask) -> None:
    async with call.engine() as client:
        task: Task = await client.update_task(call.args.task, body)
    call.out.result(task, f"task {short(task.id)} is {task.status.value}: {task.title}")


async def move(call: Invocation) -> None:
    args = call.args
    status = TaskStatus(args.status) if args.status else UNSET
    async with call.engine() as client:
        if status is UNSET and (args.before or args.after):
            status = (await client.task(args.before or args.after)).status
        body = MoveTask(status=status, before=args.before or "", after=args.after or "")
        task = await client.move_task(args.task, body)
    call.out.result(task, f"task {short(task.id)} is {task.status.value}: {task.title}")


async def start(call: Invocation) -> int:
    async with call.engine() as client:
        operation = await client.new_workspace(new_body(call.args))
        return await follow_operation(call.out, client, operation)


async def remove(call: Invocation) -> None:
    async with call.engine() as client:
        await client.remove_task(call.args.task, force=call.args.force)
    call.out.result({"removed": call.args.task}, f"removed task {call.args.task}")


def _task(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", help="id or the beginning of it")


def _remove(parser: argparse.ArgumentParser) -> None:
    _task(parser)
    parser.add_argument("--force", action="store_true", help="also give up removed workspaces of it")


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("title")
    parser.add_argument("--project", help="name or id; may be left out when there is one")
    parser.add_argument("--description", default="", help="Markdown")


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project")
    parser.add_argument("--status", choices=[status.value for status in TaskStatus])


def _set(parser: argparse.ArgumentParser) -> None:
    _task(parser)
    parser.add_argument("--title")
    parser.add_argument("--description")
    parser.add_argument("--status", choices=[status.value for status in TaskStatus])
    declare_budget(parser)


def _move(parser: argparse.ArgumentParser) -> None:
    _task(parser)
    parser.add_argument("--status", choices=[status.value for status in TaskStatus], help="the column")
    beside = parser.add_mutually_exclusive_group()
    before = "the task to stand in front of; its column, when --status is left out"
    beside.add_argument("--before", metavar="TASK", help=before)
    beside.add_argument("--after", metavar="TASK", help="the task to stand behind")


VERBS = (
    Verb("task", "add", "add a task to a project's board", add, _add),
    Verb("task", "list", "list the tasks", show_all, _list, aliases=("ls",)),
    Verb("task", "show", "show a task and its workspaces", show, _task),
    Verb("task", "set", "change a task", change, _set),
    Verb("task", "start", "make a workspace for a task and start an agent", start, declare_new),
    Verb("task", "move", "put a task elsewhere on the board", move, _move),
    Verb("task", "done", "set a task to done", done, _task),
    Verb("task", "cancel", "cancel a task", cancel, _task),
    Verb("task", "remove", "remove a task", remove, _remove),
)
