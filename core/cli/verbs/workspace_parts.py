"""`boatyard workspace discard, take`: parts of a diff taken back, or elsewhere."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.progress import watch_operation
from core.cli.verb import Verb
from core.cli.verbs.workspace import name
from core.errors import UsageError
from core.values.requests import DiffPart, DiscardParts, LineRange, TakeParts


async def discard(call: Invocation) -> None:
    body = DiscardParts(parts=_parts(call.args), base=call.args.base)
    async with call.engine() as client:
        begun = await client.discard_parts(call.args.name, body)
        ended = await watch_operation(call.out, client, begun)
    back = f"boatyard workspace restore-to {call.args.name} {ended.result.get('before')}"
    call.out.result(ended, f"discarded; to undo: {back}")


async def take(call: Invocation) -> None:
    body = TakeParts(
        parts=_parts(call.args),
        base=call.args.base,
        into=call.args.into,
        branch=call.args.branch,
        message=call.args.message,
    )
    async with call.engine() as client:
        begun = await client.take_parts(call.args.name, body)
        ended = await watch_operation(call.out, client, begun)
    if call.args.branch:
        made = " (new)" if ended.result.get("made") else ""
        commit = str(ended.result.get("commit", ""))[:10]
        call.out.result(ended, f"{call.args.branch}{made} has them as commit {commit}")
        return
    back = f"boatyard workspace restore-to {call.args.into} {ended.result.get('before')}"
    call.out.result(ended, f"{call.args.into} has them; to undo: {back}")


def _parts(args: argparse.Namespace) -> tuple[DiffPart, ...]:
    old, new = tuple(args.old), tuple(args.new)
    if (old or new) and len(args.path) != 1:
        raise UsageError("line numbers are of one file", hint="Name one file with --old and --new.")
    return tuple(DiffPart(path=path, repo=args.repo, old=old, new=new) for path in args.path)


def _range(text: str) -> LineRange:
    first, dash, last = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in (first, last or first)):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no line number, nor two with a dash")
    low, high = int(first), int(last) if dash else int(first)
    if not 0 < low <= high:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} names no lines")
    return low, high


def _declare(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("path", nargs="+", help="a changed file, as the diff names it")
    parser.add_argument("--repo", default="", help="where the workspace has several; or PATH begins with it")
    parser.add_argument("--base", default="", metavar="BASE", help="what the diff compares with; see diff")
    lines = "lines of the only file"
    parser.add_argument("--old", action="append", type=_range, default=[], metavar="N[-M]",
                        help=f"removed {lines}, as the old side counts them")  # fmt: skip
    parser.add_argument("--new", action="append", type=_range, default=[], metavar="N[-M]",
                        help=f"added {lines}, as the new side counts them")  # fmt: skip


def _take(parser: argparse.ArgumentParser) -> None:
    _declare(parser)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--into", default="", metavar="NAME", help="the workspace that gets them")
    where.add_argument("--branch", default="", help="the branch of yours that gets a commit of them")
    parser.add_argument("--message", default="", help="of that commit; else drafted from the task")


VERBS = (
    Verb("workspace", "discard", "put changed files or lines back", discard, _declare),
    Verb("workspace", "take", "bring changed files or lines elsewhere", take, _take),
)
