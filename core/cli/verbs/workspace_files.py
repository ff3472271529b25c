"""`boatyard workspace grep` and verbs that change single files."""

from __future__ import annotations

import argparse
import sys

from core.cli.invocation import Invocation
from core.cli.progress import follow_operation
from core.cli.verb import Verb
from core.cli.verbs.workspace import PATH, name
from core.errors import UsageError
from core.values.requests import ChangeFile, FileAction

NOTHING_FOUND = 1
"""The exit code, as that of grep."""


async def grep(call: Invocation) -> int:
    args = call.args
    async with call.engine() as client:
        found = await client.grep(
            args.name, args.text, regex=args.regex, ignore_case=args.ignore_case, limit=args.limit
        )
    call.out.document(found)
    for each in found.lines if not call.out.json else ():
        call.out.data(f"{each.path}:{each.line}:{each.text}\n")
    if found.more:
        call.out.note("there are more; --limit says how many are shown")
    return 0 if found.lines else NOTHING_FOUND


def _grep(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("text", help="what to look for")
    parser.add_argument("-E", "--regex", action="store_true", help="it is an extended regular expression")
    parser.add_argument("-i", "--ignore-case", action="store_true")
    parser.add_argument("--limit", type=int, default=200, metavar="N", help="lines at most (200)")


async def create(call: Invocation) -> int:
    content = sys.stdin.read() if call.args.content == "-" else call.args.content
    return await _change(call, ChangeFile(action=FileAction.CREATE, path=call.args.path, content=content))


async def rename(call: Invocation) -> int:
    return await _change(call, ChangeFile(action=FileAction.RENAME, path=call.args.path, to=call.args.to))


async def delete(call: Invocation) -> int:
    return await _change(call, ChangeFile(action=FileAction.DELETE, path=call.args.path))


async def restore(call: Invocation) -> int:
    args = call.args
    if bool(args.checkpoint) == bool(args.commit):
        raise UsageError(
            "say where the file is to come from",
            hint="Give the number of a checkpoint, or --commit with an id of the file's history.",
        )
    body = ChangeFile(
        action=FileAction.RESTORE, path=args.path, checkpoint=args.checkpoint, commit=args.commit,
        source=args.source,
    )  # fmt: skip
    return await _change(call, body)


async def _change(call: Invocation, body: ChangeFile) -> int:
    async with call.engine() as client:
        operation = await client.change_file(call.args.name, body)
        return await follow_operation(call.out, client, operation)


async def picture(call: Invocation) -> None:
    """Says what a picture is; with --json also its pixels, made small."""
    args = call.args
    async with call.engine() as client:
        found = await client.picture(args.name, args.path, width=args.width, height=args.height)
    size = f"{found.full_width} x {found.full_height} pixels"
    call.out.result(
        found, f"{found.format} picture, {size}; with --json {found.width} x {found.height} of them"
    )


def _picture(parser: argparse.ArgumentParser) -> None:
    _path(parser)
    parser.add_argument("--width", type=int, default=80, metavar="N", help="pixels at most (80)")
    parser.add_argument("--height", type=int, default=80, metavar="N", help="pixels at most (80)")


def _path(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("path", help=PATH)


def _create(parser: argparse.ArgumentParser) -> None:
    _path(parser)
    parser.add_argument("--content", default="", metavar="TEXT", help="what is in it; - reads standard input")


def _rename(parser: argparse.ArgumentParser) -> None:
    _path(parser)
    parser.add_argument("to", help="the new path, in the same repository")


def _restore(parser: argparse.ArgumentParser) -> None:
    _path(parser)
    parser.add_argument("checkpoint", type=int, nargs="?", default=0, help="its number")
    parser.add_argument(
        "--commit", default="", metavar="ID", help="instead: a whole id of file-history --json"
    )
    parser.add_argument("--source", default="", metavar="PATH", help="what the file was called there")


VERBS = (
    Verb("workspace", "picture", "decode a picture among the files, made small", picture, _picture),
    Verb("workspace", "grep", "find text in the workspace's files", grep, _grep),
    Verb("workspace", "create-file", "make a file; a checkpoint is taken before", create, _create),
    Verb("workspace", "rename-file", "rename a file or folder", rename, _rename),
    Verb("workspace", "delete-file", "remove a file or folder; restore-file brings it back", delete, _path),
    Verb("workspace", "restore-file", "bring a file or folder back from a checkpoint", restore, _restore),
)
