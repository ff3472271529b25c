"""`boatyard workspace update, rebase, conflict`: the target branch's new commits brought in."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.output import Output
from core.cli.progress import watch_operation
from core.cli.verb import Verb
from core.cli.verbs.workspace import name
from core.client import Client
from core.errors import NotFoundError
from core.values.conflicts import ConflictSides, UpdateStyle
from core.values.entities import Operation
from core.values.requests import TakeSide, UpdateFromTarget

CONFLICT = 4


async def update(call: Invocation) -> int:
    """By merge; exit code 4 when it stops at conflicts."""
    args = call.args
    async with call.engine() as client:
        if args.send:
            answer = await client.hand_over_conflicts(args.name)
            call.out.result(answer, f"the agent of {args.name} was asked to resolve the conflicts")
            return 0
        if args.go_on:
            return await _watched(call.out, client, await client.continue_update(args.name))
        if args.abort:
            return await _watched(call.out, client, await client.abort_update(args.name))
        style = UpdateStyle.REBASE if args.rebase else UpdateStyle.MERGE
        begun = await client.update_from_target(args.name, UpdateFromTarget(style=style))
        return await _watched(call.out, client, begun)


async def rebase(call: Invocation) -> int:
    """The same by rebase."""
    async with call.engine() as client:
        begun = await client.update_from_target(call.args.name, UpdateFromTarget(style=UpdateStyle.REBASE))
        return await _watched(call.out, client, begun)


async def conflict(call: Invocation) -> int:
    """The sides of a file in conflict; or one of them taken."""
    args = call.args
    async with call.engine() as client:
        if args.take:
            body = TakeSide(path=args.path, repo=args.repo, theirs=args.take == "theirs")
            operation = await watch_operation(call.out, client, await client.take_side(args.name, body))
            call.out.result(operation, f"{args.path} is as {args.take} has it")
            return 0
        sides = await client.conflict_sides(args.name, args.path, args.repo)
    call.out.document(sides)
    if not call.out.json:
        _print_side(call.out, sides, args.side)
    return 0


def _print_side(out: Output, sides: ConflictSides, side: str) -> None:
    text: str | None = getattr(sides, side)
    if text is None:
        raise NotFoundError(f"{side} has no text of {sides.path}", hint="Look at the other sides.")
    out.data(text)


async def _watched(out: Output, client: Client, operation: Operation) -> int:
    ended = await watch_operation(out, client, operation)
    state = (await client.workspace(ended.workspace)).update
    out.document(ended)
    if out.json:
        return CONFLICT if state else 0
    if state is None:
        out.line(f"{ended.workspace} is up to date")
        return 0
    for each in state.conflicts:
        out.line(f"conflict: {each.path} ({each.kind})")
    out.note("Resolve them in the workspace (or --send them to the agent), then --continue; or --abort.")
    return CONFLICT


def _update(parser: argparse.ArgumentParser) -> None:
    name(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--rebase", action="store_true", help="put the workspace's commits on top, no merge")
    what.add_argument("--continue", action="store_true", dest="go_on", help="the conflicts are resolved")
    what.add_argument("--abort", action="store_true", help="everything back to how it was before")
    what.add_argument("--send", action="store_true", help="ask the agent to resolve the conflicts")


def _conflict(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("path", help="a file in conflict")
    parser.add_argument("--repo", default="", help="where several have one of that name")
    parser.add_argument(
        "--side", choices=("base", "ours", "theirs"), default="theirs", help="what is printed"
    )
    parser.add_argument(
        "--take", choices=("ours", "theirs"), default="", help="resolve it as this side has it"
    )


VERBS = (
    Verb("workspace", "update", "bring the target branch's new commits in", update, _update),
    Verb("workspace", "rebase", "put its commits on top of the target branch", rebase, name),
    Verb("workspace", "conflict", "show or resolve a file in conflict", conflict, _conflict),
)
