"""`boatyard workspace checkpoint, checkpoints, restore-to` and zips: a workspace as it was at any moment."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.cli.invocation import Invocation
from core.cli.output import when
from core.cli.progress import follow_operation
from core.cli.verb import Verb
from core.cli.verbs.workspace import name
from core.client import Client
from core.client.exchange import export_to, import_from
from core.errors import NotFoundError
from core.values.entities import Checkpoint
from core.values.requests import RestoreTo, RewindWorkspace, TakeCheckpoint
from core.values.states import RunReason
from core.values.wording import counted


async def take(call: Invocation) -> None:
    async with call.engine() as client:
        taken = await client.take_checkpoint(call.args.name, TakeCheckpoint(message=call.args.message))
    call.out.result(taken, f"checkpoint {taken.number} of {taken.workspace}: {changes(taken)}")


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.checkpoints(call.args.name)
    call.out.table(found, ("NUMBER", "TAKEN", "KIND", "CHANGES", "MESSAGE"), map(_row, found))


def _row(checkpoint: Checkpoint) -> tuple[str, ...]:
    return (
        str(checkpoint.number),
        when(checkpoint.created_at),
        checkpoint.kind.value.replace("_", " "),
        changes(checkpoint),
        checkpoint.message,
    )


def changes(checkpoint: Checkpoint) -> str:
    """How much a checkpoint differs from the one before."""
    if checkpoint.files is None:
        return "-"
    if not checkpoint.files:
        return "no change"
    files = counted(checkpoint.files, "file")
    return f"{files} +{checkpoint.added} -{checkpoint.removed}"


async def restore_to(call: Invocation) -> int:
    async with call.engine() as client:
        operation = await client.restore_to(call.args.name, RestoreTo(number=call.args.number))
        return await follow_operation(call.out, client, operation)


async def rewind(call: Invocation) -> int:
    async with call.engine() as client:
        process = await _turn(client, call.args.name, call.args.turn)
        operation = await client.rewind(call.args.name, RewindWorkspace(process=process))
        return await follow_operation(call.out, client, operation)


async def _turn(client: Client, workspace: str, turn: str) -> str:
    """The process of a turn that was given by its number, the first being 1, or by its process."""
    if not (turn.isascii() and turn.isdigit() and len(turn) < 4):
        return turn
    turns = [
        each.id
        for each in reversed(await client.processes(workspace))
        if each.run_reason is RunReason.CODING_AGENT and not each.dropped
    ]
    if not 0 < int(turn) <= len(turns):
        raise NotFoundError(
            f"{workspace!r} has {len(turns)} turns, and none has the number {turn}",
            hint=f"'boatyard process list --workspace {workspace}' lists them.",
        )
    return turns[int(turn) - 1]


async def export(call: Invocation) -> None:
    path = Path(call.args.file).expanduser()
    async with call.engine() as client:
        size = await export_to(client, call.args.name, call.args.number, path, replace=call.args.force)
    call.out.result({"file": str(path), "size": size}, f"{path}: {size} bytes")


async def bring_in(call: Invocation) -> None:
    async with call.engine() as client:
        made = await import_from(client, call.args.name, Path(call.args.file).expanduser())
    back = f"boatyard workspace restore-to {made.workspace} {made.number}"
    call.out.result(made, f"checkpoint {made.number} of {made.workspace}; to go there: {back}")


def add_number(parser: argparse._ActionsContainer, *names: str, dest: str = "") -> None:
    """An argument or option, followed by its help text, that takes a checkpoint's number."""
    *flags, text = names
    if dest:
        parser.add_argument(*flags, dest=dest, type=_number, default=0, metavar="N", help=text)
    else:
        parser.add_argument(*flags, type=_number, metavar="N", help=text)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:10]) or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of a checkpoint")
    return int(text)


def _take(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("-m", "--message", default="", help="a line about it")


def _restore_to(parser: argparse.ArgumentParser) -> None:
    name(parser)
    add_number(parser, "number", "number of the checkpoint; see 'workspace checkpoints'")


def _rewind(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("turn", help="its number, the first being 1, or the id of its process")


def _export(parser: argparse.ArgumentParser) -> None:
    _restore_to(parser)
    parser.add_argument("file", help="the zip to write")
    parser.add_argument("--force", action="store_true", help="also when there is such a file already")


def _import(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("file", help="a zip that 'workspace checkpoint-export' wrote")


VERBS = (
    Verb("workspace", "checkpoint", "keep everything as it is now under a number", take, _take),
    Verb("workspace", "checkpoints", "list what was kept", show_all, name),
    Verb("workspace", "restore-to", "go back to a checkpoint; the present is kept", restore_to, _restore_to),
    Verb("workspace", "rewind", "take a turn and all later ones back, files included", rewind, _rewind),
    Verb("workspace", "checkpoint-export", "write a checkpoint as a zip", export, _export),
    Verb("workspace", "checkpoint-import", "make a checkpoint of such a zip", bring_in, _import),
)
