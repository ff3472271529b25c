"""`boatyard workspace push`: its commits, to the branch of its name at the remote."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.output import Output
from core.cli.verb import Verb
from core.cli.verbs.workspace import name
from core.values.entities import Workspace
from core.values.pushing import PushReport, RepoPush
from core.values.requests import PushWorkspace
from core.values.wording import counted


async def push(call: Invocation) -> None:
    args = call.args
    async with call.engine() as client:
        if args.dry_run:
            report = await client.push_preview(args.name, repo=args.repo, remote=args.remote)
        else:
            report = await client.push(args.name, PushWorkspace(repo=args.repo, remote=args.remote))
        workspace = await client.workspace(args.name)
    call.out.document(report)
    print_pushes(call.out, report, workspace, done=not args.dry_run)


def print_pushes(out: Output, report: PushReport, workspace: Workspace, *, done: bool) -> None:
    """One line for each repo, and what stays here."""
    names = {repo.repo_id: repo.name for repo in workspace.repos}
    for each in report.repos:
        out.line(f"{names.get(each.repo_id, '')}: {_sentence(each, done=done)}")
        if each.uncommitted and not out.json:
            out.note(f"{counted(each.uncommitted, 'file')} with uncommitted changes stay here")


def _sentence(push: RepoPush, *, done: bool) -> str:
    where = f"{push.branch} at {push.remote} ({push.url})"
    if push.refused:
        return f"in the way: {push.refused}"
    if push.nothing:
        return f"nothing to push to {where}"
    what = f"{counted(push.ahead, 'commit')} to {where}, now at {push.new[:12]}"
    again = ", in place of what was pushed before" if push.rewrites else ""
    return f"{'pushed' if done else 'would push'} {what}{again}"


def _push(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("--repo", default="", help="only this repo of the workspace")
    parser.add_argument("--remote", default="", help="a remote of your repository, as git names it")
    parser.add_argument("--dry-run", action="store_true", help="say what would be pushed, change nothing")


VERBS = (Verb("workspace", "push", "push its commits to the branch of its name", push, _push),)
