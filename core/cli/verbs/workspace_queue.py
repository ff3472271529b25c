"""`boatyard workspace queue, interrupt, seen, paths`: steering an agent, and what it waits for."""

from __future__ import annotations

import argparse

from msgspec import UNSET

from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.verb import Verb
from core.cli.verbs.workspace import name
from core.client import Client
from core.errors import UsageError
from core.values.requests import UpdateQueued


async def queue(call: Invocation) -> None:
    args = call.args
    async with call.engine() as client:
        if args.drop:
            await client.drop_queued(args.name, args.drop)
        if args.edit or args.move:
            await _change(client, args)
        if args.resume:
            await client.resume_queue(args.name)
        waiting = await client.queue(args.name)
        paused = (await client.workspace(args.name)).queue_paused
    rows = [
        (str(each.position + 1), short(each.id), each.executor, each.prompt.partition("\n")[0][:80])
        for each in waiting
    ]
    if paused and not call.out.json:
        call.out.note(f"▲ it waits: {paused}")
        call.out.note(f"  go on: boatyard workspace queue {args.name} --resume")
    call.out.table(waiting, ("PLACE", "ID", "AGENT", "PROMPT"), rows)


async def _change(client: Client, args: argparse.Namespace) -> None:
    if args.edit and args.prompt is None:
        raise UsageError("the new text is not given", hint="Add --prompt TEXT.")
    if args.move and args.to is None:
        raise UsageError("the new place is not given", hint="Add --to PLACE; 1 is the first.")
    if args.edit:
        await client.update_queued(args.name, args.edit, UpdateQueued(prompt=args.prompt))
    if args.move:
        place = max(0, args.to - 1)
        await client.update_queued(args.name, args.move, UpdateQueued(prompt=UNSET, position=place))


async def interrupt(call: Invocation) -> None:
    async with call.engine() as client:
        await client.interrupt(call.args.name)
    call.out.result(
        {"interrupted": call.args.name}, "the agent was asked to end its turn; its conversation can go on"
    )


async def resume(call: Invocation) -> None:
    async with call.engine() as client:
        sent = await client.resume(call.args.name)
    call.out.result(sent, f"the last turn begins again: process {short(sent.id)}")


async def seen(call: Invocation) -> None:
    async with call.engine() as client:
        workspace = await client.seen(call.args.name)
    call.out.result(workspace, f"{workspace.name} is {workspace.activity.value}")


async def paths(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.find_paths(call.args.name, call.args.query, limit=call.args.limit)
    call.out.document(found)
    for each in found:
        call.out.line(each.path)


def _queue(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("--drop", metavar="ID", default="", help="take a prompt out of the queue")
    parser.add_argument("--edit", metavar="ID", default="", help="change a prompt, with --prompt")
    parser.add_argument("--prompt", help="the new text")
    parser.add_argument("--move", metavar="ID", default="", help="give a prompt another place, with --to")
    parser.add_argument("--to", type=int, metavar="PLACE", help="1 is the first")
    parser.add_argument("--resume", action="store_true", help="go on after a turn that failed or was stopped")


def _paths(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("query", nargs="?", default="", help="some characters of the path, in order")
    parser.add_argument("--limit", type=int, default=20)


VERBS = (
    Verb("workspace", "queue", "list, change and go on with follow-ups that wait", queue, _queue),
    Verb("workspace", "interrupt", "ask the agent to end its turn, and no more", interrupt, name),
    Verb("workspace", "resume", "begin the last turn again, which failed", resume, name),
    Verb("workspace", "seen", "note that you have seen how the last turn ended", seen, name),
    Verb("workspace", "paths", "find files by a few characters of their paths", paths, _paths),
)
