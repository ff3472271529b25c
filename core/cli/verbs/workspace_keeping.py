"""`boatyard workspace set, pin, archive, recover, purge`: how long workspaces stay, and where."""

from __future__ import annotations

import argparse

from msgspec import UNSET, UnsetType

from core.cli.invocation import Invocation
from core.cli.output import when
from core.cli.progress import follow_operation
from core.cli.verb import Verb
from core.cli.verbs.workspace import name
from core.client.public_page import public_page
from core.values.entities import Trashed
from core.values.requests import (
    ArchiveWorkspace,
    EmptyTrash,
    PublishWorkspace,
    RemixWorkspace,
    UpdateWorkspace,
)
from core.values.wording import counted


async def set_some(call: Invocation) -> None:
    """Only what is given changes."""
    args = call.args
    given = {
        "idle_minutes": args.idle_minutes, "cpus": args.cpus, "memory_mb": args.memory,
        "processes": args.processes, "disk_mb": args.disk, "network": args.network,
    }  # fmt: skip
    async with call.engine() as client:
        before = await client.workspace(args.name)
        if args.allow_host or args.forget_host:
            kept = [host for host in before.settings.allow_hosts if host not in args.forget_host]
            given["allow_hosts"] = tuple(dict.fromkeys((*kept, *args.allow_host)))
        changed = await client.update_workspace(args.name, UpdateWorkspace(**given))
    call.out.result(changed, f"{changed.name} is set")
    if changed.settings.network != before.settings.network:
        call.out.note(f"the network changes with the next start: boatyard container restart {changed.name}")


async def pin(call: Invocation) -> None:
    body = UpdateWorkspace(pinned=not call.args.undo)
    async with call.engine() as client:
        changed = await client.update_workspace(call.args.name, body)
    word = "pinned: it never closes by itself" if changed.pinned else "not pinned any more"
    call.out.result(changed, f"{changed.name} is {word}")


async def remix(call: Invocation) -> int:
    args = call.args
    body = RemixWorkspace(name=args.new_name, with_env=args.with_env, agent=args.agent, prompt=args.prompt)
    async with call.engine() as client:
        return await follow_operation(call.out, client, await client.remix_workspace(args.name, body))


async def publish(call: Invocation) -> int:
    body = PublishWorkspace(folder=call.args.folder)
    async with call.engine() as client:
        operation = await client.publish_workspace(call.args.name, body)
        code = await follow_operation(call.out, client, operation)
        page = public_page(await client.doors(), call.args.name)
    call.out.note(page or f"it is at /{call.args.name}/ as soon as 'boatyard serve --public' runs")
    return code


async def unpublish(call: Invocation) -> int:
    async with call.engine() as client:
        return await follow_operation(call.out, client, await client.unpublish_workspace(call.args.name))


async def archive(call: Invocation) -> int:
    async with call.engine() as client:
        if call.args.undo:
            shown = await client.unarchive_workspace(call.args.name)
            call.out.result(shown, f"{shown.name} is shown again, {shown.state.value}")
            return 0
        body = ArchiveWorkspace(skip_script=call.args.skip_script)
        return await follow_operation(call.out, client, await client.archive_workspace(call.args.name, body))


async def recover(call: Invocation) -> int:
    """Brings one back; without a name lists what can be brought back."""
    async with call.engine() as client:
        if call.args.name:
            return await follow_operation(call.out, client, await client.recover_workspace(call.args.name))
        found = await client.trash()
    call.out.table(found, ("NAME", "REMOVED", "UNTIL", "FILES", "SIZE", "TASK"), map(_row, found))
    return 0


def _row(each: Trashed) -> tuple[str, ...]:
    return (
        each.name,
        when(each.removed_at),
        when(each.expires_at),
        str(each.files),
        size(each.size),
        each.task_title,
    )


def size(count: int) -> str:
    """Bytes for people."""
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"


async def purge(call: Invocation) -> None:
    args = call.args
    body = EmptyTrash(names=tuple(args.names), all=args.all, dry_run=args.dry_run)
    async with call.engine() as client:
        report = await client.empty_trash(body)
    word = "deleted for good" if report.deleted else "would be deleted for good"
    lines = [f"{each.name}: {counted(each.files, 'file')}, {size(each.size)}" for each in report.workspaces]
    call.out.result(
        report, *lines, f"{counted(len(report.workspaces), 'workspace')}, {size(report.size)} {word}"
    )


def minutes(text: str) -> float | UnsetType | None:
    """Minutes, or `default` for what the settings say, or `never`."""
    if text in ("default", "never"):
        return None if text == "default" else 0.0
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 525_600:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of minutes")
    return number


def _set(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument(
        "--idle-minutes", type=minutes, default=UNSET, metavar="N",
        help="it closes by itself after so long without activity; 'never', or 'default' as the settings say",
    )  # fmt: skip
    parser.add_argument("--cpus", type=float, default=UNSET)
    parser.add_argument("--memory", "--memory-mb", type=int, default=UNSET, metavar="MB")
    parser.add_argument("--processes", type=int, default=UNSET, help="how many processes at most")
    parser.add_argument("--disk", type=int, default=UNSET, metavar="MB", help="0: no limit")
    parser.add_argument("--network", choices=("full", "none", "allow"), default=UNSET)
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="HOST", help="may be reached with 'allow', too"
    )
    parser.add_argument(
        "--forget-host", action="append", default=[], metavar="HOST", help="may not be reached any more"
    )


def _pin(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("--undo", action="store_true", help="let it close by itself again")


def _remix(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("--as", dest="new_name", default="", metavar="NEW", help="name of the new workspace")
    parser.add_argument(
        "--with-env", action="store_true", help="variables, secrets' references and auth files come along"
    )
    parser.add_argument("--agent", default="", help="agent that starts at once")
    parser.add_argument("--prompt", default="", help="what the agent is told, instead of the task's text")


def _publish(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("--folder", default="canvas", help="below where its agents work (canvas)")


def _archive(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("--undo", action="store_true", help="show it again; it stays closed")
    parser.add_argument("--skip-script", action="store_true", help="do not run the archive scripts")


def _recover(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="", help="a removed workspace; without: lists them")


def _purge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="removed workspaces")
    parser.add_argument("--all", action="store_true", help="everything that was removed")
    parser.add_argument("--dry-run", action="store_true", help="say what it would be, delete nothing")


VERBS = (
    Verb("workspace", "set", "change limits, network, when it closes by itself", set_some, _set),
    Verb("workspace", "pin", "keep it from closing by itself", pin, _pin),
    Verb("workspace", "remix", "make another from what it has now", remix, _remix),
    Verb("workspace", "publish", "copy a folder to where 'serve --public' shows it", publish, _publish),
    Verb("workspace", "unpublish", "take back what was published", unpublish, name),
    Verb("workspace", "archive", "run its archive scripts, close and hide it", archive, _archive),
    Verb("workspace", "recover", "bring a removed workspace back, or list them", recover, _recover),
    Verb("workspace", "purge", "delete removed workspaces for good", purge, _purge),
)
