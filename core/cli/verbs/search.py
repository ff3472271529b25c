"""`boatyard search`: lines of everything that was said, run and written."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.verb import Verb
from core.values.search import KINDS, SearchHit


async def search(call: Invocation) -> None:
    args = call.args
    async with call.engine() as client:
        answer = await client.search(
            args.text, workspace=args.workspace, kind=args.kind, limit=args.limit, cursor=args.cursor
        )
    call.out.document(answer)
    for number, hit in enumerate(answer.hits):
        _tell(call, hit, first=number == 0)
    if not call.out.json:
        if not answer.hits:
            call.out.note("nothing fits")
        if answer.cursor:
            call.out.note(f"there is more: --cursor {answer.cursor}")
        if answer.behind:
            call.out.note(f"{answer.behind} bytes are not indexed yet")


def _tell(call: Invocation, hit: SearchHit, *, first: bool) -> None:
    if not first:
        call.out.line()
    call.out.line(
        f"{hit.workspace}  {hit.kind} of {short(hit.process_id)} ({hit.label}), line {hit.line + 1}", "bold"
    )
    for text in hit.before:
        call.out.line(f"  {text}", "dim")
    call.out.line(f"> {hit.text}")
    for text in hit.after:
        call.out.line(f"  {text}", "dim")


def _search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", help='words; "a phrase", begin*, -without')
    parser.add_argument("--workspace", default="", help="only in this one")
    parser.add_argument("--kind", choices=KINDS, default="", help="only in such texts")
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--cursor", default="", help="go on where an answer ended")


VERBS = (Verb("", "search", "find lines of logs, prompts, answers and commands", search, _search),)
