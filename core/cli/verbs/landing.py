"""`boatyard landing`: workspaces that land one after the other, each updated and checked before."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.output import Output
from core.cli.verb import Verb
from core.values.landing import LandingQueue
from core.values.requests import QueueLanding
from core.values.states import MergeStyle


async def add(call: Invocation) -> None:
    args = call.args
    body = QueueLanding(
        workspaces=tuple(args.name), style=MergeStyle(args.style) if args.style else None,
        by_forecast=args.by_forecast, start=not args.hold,
    )  # fmt: skip
    async with call.engine() as client:
        _print(call.out, await client.queue_landing(body))


async def show(call: Invocation) -> None:
    async with call.engine() as client:
        _print(call.out, await client.landing_queue())


async def start(call: Invocation) -> None:
    async with call.engine() as client:
        _print(call.out, await client.start_landing())


async def stop(call: Invocation) -> None:
    async with call.engine() as client:
        _print(call.out, await client.stop_landing())


async def drop(call: Invocation) -> None:
    async with call.engine() as client:
        _print(call.out, await client.drop_landing(call.args.name))


def _print(out: Output, queue: LandingQueue) -> None:
    rows = [
        (str(each.position), each.workspace, each.status.value.replace("_", " "), each.reason)
        for each in queue.entries
    ]
    out.table(queue, ("TURN", "WORKSPACE", "STATE", "WHY"), rows)
    if not out.json and queue.entries:
        out.note("it is being worked through" if queue.running else "it stands still: boatyard landing start")


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="+", help="workspaces, in the order in which they are to land")
    parser.add_argument("--style", choices=[style.value for style in MergeStyle], default="")
    parser.add_argument("--by-forecast", action="store_true", help="in the order that the forecast proposes")
    parser.add_argument("--hold", action="store_true", help="do not start yet")


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="name of the workspace")


VERBS = (
    Verb("landing", "add", "let workspaces land one after the other", add, _add),
    Verb("landing", "list", "show the landing queue", show, aliases=("ls",)),
    Verb("landing", "start", "work through the landing queue", start),
    Verb("landing", "stop", "stop after the step that is under way", stop),
    Verb("landing", "drop", "take a workspace out of the landing queue", drop, _name),
)
