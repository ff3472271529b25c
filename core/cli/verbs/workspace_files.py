"""`boatyard workspace grep`: text found in a workspace's files."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.cli.verbs.workspace import name

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


VERBS = (Verb("workspace", "grep", "find text in the workspace's files", grep, _grep),)
