"""`boatyard workspace`: made, listed, closed, opened, removed, recovered, and entered."""

from __future__ import annotations

import argparse
import contextlib

from core.cli.invocation import Invocation
from core.cli.output import short, when
from core.cli.own_terminal import become
from core.cli.progress import follow_operation
from core.cli.settings import (
    declare_settings,
    declare_targets,
    wanted_settings,
    wanted_targets,
)
from core.cli.verb import Verb
from core.cli.verbs.copied import build_log, copied, tell_copied
from core.cli.verbs.process import follow_log, outcome
from core.client.environment import or_environment
from core.errors import UnreachableError
from core.values.entities import Workspace
from core.values.requests import NewWorkspace, RemoveWorkspace, RunCommand
from core.values.wording import counted


def new_body(args: argparse.Namespace) -> NewWorkspace:
    """The request that the options of `workspace new` and `task start` make."""
    return NewWorkspace(
        task=args.task,
        name=args.name,
        agent=args.agent,
        prompt=args.prompt,
        **wanted_targets(args),
        settings=or_environment(wanted_settings(args)),
    )


def declare_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", help="id of the task, or the beginning of it")
    parser.add_argument(
        "--name", default="", help="name of the workspace; made from the title when not given"
    )
    parser.add_argument("--agent", default="", help="agent that starts at once; see 'boatyard agent list'")
    parser.add_argument("--prompt", default="", help="what the agent is told, instead of the task's text")
    declare_targets(parser)
    declare_settings(parser)


async def new(call: Invocation) -> int:
    async with call.engine() as client:
        return await follow_operation(call.out, client, await client.new_workspace(new_body(call.args)))


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.workspaces(archived=call.args.archived)
    call.out.table(found, ("NAME", "STATE", "ACTIVITY", "RUNNER", "CHANGES", "AGENT"), map(_row, found))


def _row(workspace: Workspace) -> tuple[str, ...]:
    changes = f"+{workspace.added} -{workspace.removed}"
    return (
        workspace.name,
        workspace.state.value,
        workspace.activity.value,
        workspace.runner.value,
        changes,
        workspace.agent or "-",
    )


async def show(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.workspace(call.args.name)
        task = await client.task(found.task_id)
        health = None
        with contextlib.suppress(UnreachableError):  # what is known without the container engine is shown
            health = await client.workspace_health(call.args.name)
        copied = await client.copied_files(found.name)
    out = call.out
    out.document(found)
    out.line(f"name      {found.name}")
    out.line(f"task      {task.title} ({short(task.id)}, {task.status.value})")
    out.line(f"state     {found.state.value}, {found.activity.value}")
    if found.update is not None:
        files = ", ".join(f"{each.path} ({each.kind})" for each in found.update.conflicts)
        out.line(f"update    stopped at conflicts: {files}")
    out.line(f"runner    {found.runner.value}" + (f": {found.notice}" if found.notice else ""))
    out.line(f"branch    {found.branch}")
    out.line(f"folder    {found.folder}")
    for repo in found.repos:
        out.line(f"repo      {repo.name}: into {repo.target_branch}, +{repo.added} -{repo.removed}")
        for path in repo.unread:
            out.line(f"          cannot be read, and is in no diff, checkpoint or merge: {path}")
    settings = found.settings
    disk = f"{settings.disk_mb} MB" if settings.disk_mb else "no limit"
    used = f", {health.disk_bytes / 2**20:.0f} MB used" if health else ""
    out.line(f"limits    {settings.cpus:g} CPUs, {settings.memory_mb} MB, {settings.processes} processes")
    out.line(f"disk      {disk}{used}")
    out.line(f"network   {settings.network} {' '.join(settings.allow_hosts)}".rstrip())
    if settings.image or settings.image_from:
        out.line(f"image     {settings.image} {settings.image_from}".rstrip())
    for text in settings.unsupported:
        out.line(f"          not taken over: {text}")
    for name, reference in (*found.settings.secrets.items(), *found.settings.auth_files.items()):
        out.line(f"secret    {name}: {reference}")
    tell_copied(out, copied)
    for port in found.ports:
        out.line(f"port      {port.inner} is 127.0.0.1:{port.outer} of this machine")
    for server in found.dev_servers:
        out.line(f"serves    {server.repo}: {server.url or server.notice or 'address not known yet'}")
    out.line(f"agent     {found.agent or '-'}, {counted(found.turns, 'turn')}, {found.queued} queued")
    for link in found.pull_requests:
        out.line(f"pull      #{link.number} {link.status.value} {link.url}")
        if link.state.trouble:
            out.line(f"          not looked at: {link.state.trouble}", "yellow")
    for line in keeping_lines(found):
        out.line(line)
    for trouble in health.troubles if health else ():
        out.line(f"trouble   {trouble}", "yellow")
    out.line(f"created   {when(found.created_at)}, last active {when(found.last_activity_at)}")


async def stop(call: Invocation) -> None:
    async with call.engine() as client:
        await client.stop_workspace(call.args.name)
    call.out.result({"stopped": call.args.name}, f"nothing runs in {call.args.name} any more")


async def close(call: Invocation) -> int:
    async with call.engine() as client:
        return await follow_operation(call.out, client, await client.close_workspace(call.args.name))


async def restore(call: Invocation) -> int:
    async with call.engine() as client:
        return await follow_operation(call.out, client, await client.restore_workspace(call.args.name))


async def retry(call: Invocation) -> int:
    async with call.engine() as client:
        return await follow_operation(call.out, client, await client.retry_setup(call.args.name))


async def network(call: Invocation) -> None:
    """What it may reach, and what it was refused since the engine started."""
    async with call.engine() as client:
        found = await client.workspace_network(call.args.name)
    call.out.result(
        found,
        f"network   {found.network}",
        *(f"allowed   {host}" for host in found.allow_hosts),
        *(f"refused   {each.host}:{each.port} x{each.count}: {each.reason}" for each in found.refused),
    )


async def repair(call: Invocation) -> int:
    """Brings back what is missing, and says what was."""
    async with call.engine() as client:
        with contextlib.suppress(UnreachableError):
            for trouble in (await client.workspace_health(call.args.name)).troubles:
                call.out.note(trouble)
        return await follow_operation(call.out, client, await client.repair_workspace(call.args.name))


async def remove(call: Invocation) -> int:
    body = RemoveWorkspace(force=call.args.force)
    async with call.engine() as client:
        return await follow_operation(call.out, client, await client.remove_workspace(call.args.name, body))


async def execute(call: Invocation) -> int:
    """Runs a command to its end, both its streams as they come; the exit code is the command's."""
    words = call.args.argv
    command = words[1:] if words[:1] == ["--"] else words
    async with call.engine() as client:
        process = await client.run_command(call.args.name, RunCommand(argv=tuple(command)))
        if not call.out.json:
            await follow_log(call.out, client, process.id, "out", "err")
        process = await client.wait_process(process.id)
    call.out.document(process)
    return outcome(process)


async def shell(call: Invocation) -> int:
    """Replaces this process by a shell in the workspace, on the user's own terminal."""
    async with call.engine() as client:
        argv = await client.shell_argv(call.args.name, RunCommand(argv=tuple(call.args.argv)))
    return become(call, argv)


def keeping_lines(workspace: Workspace) -> list[str]:
    """What is said of a workspace's stay, where it is out of the ordinary."""
    lines = [f"remixed   from {workspace.parent_workspace}"] if workspace.parent_workspace else []
    states = [
        word for word, is_so in (("pinned", workspace.pinned), ("archived", workspace.archived)) if is_so
    ]
    lines += [f"kept      {', '.join(states)}"] if states else []
    if workspace.idle_minutes is not None:
        after = f"after {workspace.idle_minutes:g} idle minutes" if workspace.idle_minutes else "never"
        lines.append(f"closes    {after}")
    return lines


PATH = "a file, as PATH; as REPO/PATH where the workspace has several repositories"
"""Help for the path of a file."""


def name(parser: argparse.ArgumentParser) -> None:
    """The argument that most verbs of a workspace take."""
    parser.add_argument("name", help="name of the workspace")


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--archived", action="store_true", help="the archived ones instead")


def _remove(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("--force", action="store_true", help="also when there is work that was not merged")


def _command(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="the command")


def _shell(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("argv", nargs="*", metavar="COMMAND", help="instead of a shell")


VERBS = (
    Verb("workspace", "new", "make a workspace for a task", new, declare_new),
    Verb("workspace", "list", "list the workspaces", show_all, _list, aliases=("ls",)),
    Verb("workspace", "show", "show a workspace", show, name),
    Verb("workspace", "copied", "list the files copied into it from beside git", copied, name),
    Verb("workspace", "build-log", "what the building of its image said", build_log, name),
    Verb("workspace", "stop", "stop what runs in it", stop, name),
    Verb("workspace", "close", "stop it and keep everything", close, name),
    Verb("workspace", "restore", "open a closed workspace again", restore, name),
    Verb("workspace", "retry", "run failed set-up scripts again", retry, name),
    Verb("workspace", "network", "show what it may reach and what it was refused", network, name),
    Verb("workspace", "repair", "bring back what is missing, from its last snapshot", repair, name),
    Verb("workspace", "remove", "move it to the trash", remove, _remove),
    Verb("workspace", "exec", "run a command in it", execute, _command),
    Verb("workspace", "shell", "open a shell in it", shell, _shell),
)
