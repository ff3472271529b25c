"""`boatyard run`: project, task, workspace and agent in one go."""

from __future__ import annotations

import argparse
import sys

from msgspec.structs import replace

from core.cli.cloning import telling_of_clones
from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.progress import watch_operation
from core.cli.settings import (
    declare_settings,
    declare_targets,
    wanted_settings,
    wanted_targets,
)
from core.cli.turn import wait_for_turn
from core.cli.verb import Verb
from core.cli.verbs.paths import repo_key
from core.cli.verbs.process import outcome
from core.client.client import Client
from core.client.environment import or_environment
from core.errors import UsageError
from core.values.requests import RunTask


async def run(call: Invocation) -> int:
    args = call.args
    body = _body(args)
    async with call.engine() as client:
        if not (body.agent or args.no_agent):
            body = replace(body, agent=await _usual(client))
        if not body.repos and await _is_new(client, args.project):
            body = replace(body, repos=(repo_key("."),))
        async with telling_of_clones(call.out, client):
            begun = await client.run_task(body)
        operation = await watch_operation(call.out, client, begun)
        workspace = await client.workspace(operation.workspace)
        if workspace.notice and not call.out.json:
            call.out.note(workspace.notice)
        process_id = workspace.process_id
        if process_id is None or not args.wait:
            call.out.result({"workspace": workspace}, f"workspace {workspace.name} is ready")
            return 0
        process = await wait_for_turn(call.out, client, await client.process(process_id))
        turn = await client.turn(process.id)
        workspace = await client.workspace(workspace.name)
    call.out.document({"workspace": workspace, "process": process, "turn": turn})
    call.out.line(f"{process.status.value}: {workspace.name} (process {short(process.id)})")
    if turn.summary:
        call.out.line(turn.summary)
    if process.reason:
        call.out.note(f"boatyard: the turn in {workspace.name!r} {process.status.value}: {process.reason}")
    return outcome(process)


def _body(args: argparse.Namespace) -> RunTask:
    return RunTask(
        title=args.title,
        description=args.description,
        repos=tuple(repo_key(path) for path in args.repo or ([] if args.project else ["."])),
        project=args.project,
        agent=args.agent,
        name=args.name,
        **wanted_targets(args),
        settings=or_environment(wanted_settings(args, approve=_unasked(args))),
    )


async def _usual(client: Client) -> str:
    """The agent that is taken where none is named.

    Raises:
        UsageError: There is none, or are several.
    """
    agents = await client.agents()
    usual = next((each.name for each in agents if each.usual), "")
    if not usual:
        usable = ", ".join(each.name for each in agents if each.available) or "none"
        raise UsageError(
            f"no agent is named; those that can be used here: {usable}",
            hint="Name one with --agent, or --no-agent for a workspace in which none works.",
        )
    return usual


async def _is_new(client: Client, project: str) -> bool:
    """Whether a project has yet to be made: it gets the repository at hand, as where none is named."""
    return project not in {each.name for each in await client.projects()}


def _unasked(args: argparse.Namespace) -> str:
    """With --wait and no terminal nobody is there to allow edits of the workspace's own files."""
    return "edits" if args.wait and not args.approve and not sys.stdin.isatty() else ""


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("title", help="title of the task, which is also the prompt")
    parser.add_argument(
        "--repo",
        action="append",
        default=[],
        metavar="PATH",
        help="a path, or an address to clone; may be given several times; without it the "
        "repositories of the project, or the one here where there is no such project yet",
    )
    parser.add_argument("--description", default="", help="more about the task, in Markdown")
    parser.add_argument("--project", default="", help="name of the project; else the repository's folder")
    agent = parser.add_mutually_exclusive_group()
    agent.add_argument(
        "--agent", default="", help="see 'boatyard agent list'; the only one there is needs no name"
    )
    agent.add_argument(
        "--no-agent", action="store_true", help="only the workspace, in which nothing works yet"
    )
    parser.add_argument("--name", default="", help="name of the workspace")
    declare_targets(parser)
    parser.add_argument(
        "--wait",
        action="store_true",
        help="until the turn has ended; without a terminal, edits are then allowed unless --approve is given",
    )
    declare_settings(parser)


VERBS = (Verb("", "run", "run a task: project, task, workspace and agent in one go", run, _declare),)
