"""`boatyard workspace unmerge`: the last merge taken back, where nothing was built upon it."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.output import Output
from core.cli.verb import Verb
from core.cli.verbs.workspace import name
from core.values.entities import Workspace
from core.values.requests import UnmergeWorkspace
from core.values.review import RepoUnmerge, UnmergePreview


async def unmerge(call: Invocation) -> None:
    """The target branches go back to where they were, as long as nothing was built upon the merge."""
    args = call.args
    async with call.engine() as client:
        workspace = await client.workspace(args.name)
        if args.dry_run:
            preview = await client.unmerge_preview(args.name)
            call.out.document(preview)
            _print_unmerge(call.out, preview, workspace)
            return
        result = await client.unmerge(args.name, UnmergeWorkspace())
    call.out.document(result)
    for each in result.repos:
        call.out.line(_taken_back(each, workspace, "is back at"))


def _print_unmerge(out: Output, preview: UnmergePreview, workspace: Workspace) -> None:
    for each in preview.repos:
        out.line(_taken_back(each, workspace, "goes back to"))
    if preview.task_status:
        out.line(f"the task goes back to {preview.task_status}")
    if preview.carried_by:
        out.line(f"these have it in their branches, and bring it along: {', '.join(preview.carried_by)}")
    for reason in preview.blocked:
        out.line(f"in the way: {reason}")
    if preview.hint and not out.json:
        out.note(preview.hint)


def _taken_back(each: RepoUnmerge, workspace: Workspace, words: str) -> str:
    repo = next((repo.name for repo in workspace.repos if repo.repo_id == each.repo_id), "")
    return f"{repo}: {each.target_branch} {words} {each.before[:12]}, without {each.commit[:12]}"


def _unmerge(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")


VERBS = (Verb("workspace", "unmerge", "take its last merge into the target branch back", unmerge, _unmerge),)
