"""`boatyard container`: the containers of this home, and what new ones are made with."""

from __future__ import annotations

import argparse
import time
from collections.abc import Awaitable, Callable

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.cli.verbs.workspace import shell as workspace_shell
from core.client import Client
from core.errors import BoatyardError, ConflictError
from core.values.containers import ContainerInfo
from core.values.requests import PruneContainers, UpdateDefaults
from core.values.states import RunnerKind

Act = Callable[[Client, str], Awaitable[ContainerInfo]]
HEADER = ("WORKSPACE", "STATE", "UP", "IMAGE", "CONTAINER")
STATS = ("CPU", "MEMORY", "PROCESSES", "DISK")


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.containers(stats=call.args.stats)
    header = (*HEADER[:3], *STATS, *HEADER[3:]) if call.args.stats else HEADER
    call.out.table(found, header, (_row(each, call.args.stats) for each in found))


def _row(each: ContainerInfo, stats: bool) -> tuple[str, ...]:
    first = (each.workspace or "-", each.words, uptime(each))
    return (*first, *(_stats(each) if stats else ()), each.image[:40] or "-", each.name)


def uptime(each: ContainerInfo) -> str:
    """How long it has run: `2d03h`, `4h05m`, `7m`, `12s`."""
    if not each.running or not each.started_at:
        return "-"
    seconds = max(0, int(time.time() - each.started_at))
    days, hours, minutes = seconds // 86400, seconds // 3600, seconds // 60
    if days:
        return f"{days}d{hours % 24:02}h"
    return f"{hours}h{minutes % 60:02}m" if hours else f"{minutes}m" if minutes else f"{seconds}s"


def _stats(each: ContainerInfo) -> tuple[str, ...]:
    disk = "-" if each.disk_bytes is None else megabytes(each.disk_bytes)
    if each.usage is None:
        return "-", "-", "-", disk
    used = each.usage
    limit = f"/{used.processes_limit}" if used.processes_limit else ""
    memory = f"{megabytes(used.memory_bytes)}/{megabytes(used.memory_limit_bytes)}"
    return f"{used.cpu_percent:.1f}%", memory, f"{used.processes}{limit}", disk


def megabytes(count: int) -> str:
    """Bytes as `512K`, `12M` or `1.5G`."""
    if count < 2**20:
        return f"{count // 1024}K"
    return f"{count // 2**20}M" if count < 2**30 else f"{count / 2**30:.1f}G"


def _acting(act: Act, done: str) -> Callable[[Invocation], Awaitable[int]]:
    """A verb that does the same to every container named; one that fails does not keep it from the others."""

    async def run(call: Invocation) -> int:
        changed, failed = [], 0
        async with call.engine() as client:
            for name in call.args.names:
                try:
                    container = await act(client, name)
                except BoatyardError as error:
                    if len(call.args.names) == 1:
                        raise
                    call.out.error(error)
                    failed = failed or error.exit_code
                    continue
                changed.append(container)
                call.out.line(f"{done} {container.name}")
        call.out.document(changed)
        return failed

    return run


async def logs(call: Invocation) -> None:
    async with call.engine() as client:
        log = await client.container_log(call.args.name, lines=call.args.lines)
    call.out.document(log)
    if not call.out.json:
        if not log.text:
            call.out.note(
                "its first process has written nothing; 'boatyard process list' has all that ran inside"
            )
        call.out.data(log.text)


async def shell(call: Invocation) -> int:
    """A shell in the workspace that the container belongs to."""
    async with call.engine() as client:
        container = await client.container(call.args.name)
    if container.orphan or container.helper:
        raise ConflictError(
            f"{container.name} belongs to no workspace that there is",
            hint=f"Use 'docker exec -it {container.name} sh', or remove it: boatyard container prune",
        )
    call.args.name = container.workspace
    return await workspace_shell(call)


async def prune(call: Invocation) -> None:
    async with call.engine() as client:
        report = await client.prune_containers(PruneContainers(dry_run=call.args.dry_run))
    verb = "would remove" if report.dry_run else "removed"
    call.out.document(report)
    for each in report.containers:
        call.out.line(f"{verb} {each.name} (workspace {each.workspace}, {each.words})")
    if not report.containers:
        call.out.line("nothing is left behind: no container without its workspace carries this home's label")


async def defaults(call: Invocation) -> None:
    """Shows what new workspaces get; with options, changes it first."""
    args = call.args
    given = {
        "runner": RunnerKind(args.runner) if args.runner else None, "image": args.image, "cpus": args.cpus,
        "memory_mb": args.memory, "processes": args.processes, "disk_mb": args.disk,
        "network": args.network, "allow_hosts": tuple(args.allow_host) if args.allow_host else None,
    }  # fmt: skip
    changes = {name: value for name, value in given.items() if value is not None}
    async with call.engine() as client:
        body = UpdateDefaults(**changes)
        found = await client.update_defaults(body) if changes else await client.defaults()
    call.out.result(
        found,
        f"runner     {found.runner or 'docker when an engine answers, else host'}",
        f"image      {found.image or 'the newest one labelled for Boatyard, else python:3.12-bookworm'}",
        f"cpus       {found.cpus:g}",
        f"memory     {found.memory_mb} MB",
        f"processes  {found.processes}",
        f"disk       {f'{found.disk_mb} MB' if found.disk_mb else 'no limit'}",
        f"network    {found.network}",
        f"hosts      {' '.join(found.allow_hosts) or '-'}",
    )


def _names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="+", metavar="NAME", help="workspace, container name, or id")


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="workspace, container name, or id")


def _logs(parser: argparse.ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("-n", "--lines", type=int, default=200, help="how many lines (200)")


def _shell(parser: argparse.ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("argv", nargs="*", metavar="COMMAND", help="instead of a shell")


def _defaults(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runner", choices=[kind.value for kind in RunnerKind])
    parser.add_argument("--image")
    parser.add_argument("--cpus", type=float)
    parser.add_argument("--memory", type=int, metavar="MB")
    parser.add_argument("--processes", type=int)
    parser.add_argument("--disk", type=int, metavar="MB", help="0: no limit")
    parser.add_argument("--network", choices=("full", "none", "allow"))
    parser.add_argument("--allow-host", action="append", metavar="HOST")


VERBS = (
    Verb(
        "container", "list", "list the containers of this home", show_all,
        lambda parser: parser.add_argument("--stats", action="store_true", help="with what each uses"),
        aliases=("ls",),
    ),
    Verb("container", "start", "start containers", _acting(Client.start_container, "started"), _names),
    Verb("container", "stop", "stop containers, and all that runs in them",
         _acting(Client.stop_container, "stopped"), _names),
    Verb("container", "restart", "stop and start them", _acting(Client.restart_container, "restarted"),
         _names),
    Verb("container", "remove", "remove containers; workspaces stay and get new ones",
         _acting(Client.remove_container, "removed"), _names, aliases=("rm",)),
    Verb("container", "logs", "show the end of a container's own log", logs, _logs),
    Verb("container", "shell", "open a shell in one", shell, _shell),
    Verb(
        "container", "prune", "remove containers whose workspaces are gone", prune,
        lambda parser: parser.add_argument("--dry-run", action="store_true", help="only say which"),
    ),
    Verb("container", "defaults", "show or change what new workspaces get", defaults, _defaults),
)  # fmt: skip
