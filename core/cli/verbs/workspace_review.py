"""`boatyard workspace diff, files, cat, merge`: looking at the work and landing it."""

from __future__ import annotations

import argparse
import sys
from typing import TypedDict

from core.cli.invocation import Invocation
from core.cli.output import Output, short
from core.cli.verb import Verb
from core.cli.verbs.workspace import PATH, name
from core.cli.verbs.workspace_checkpoints import add_number
from core.cli.verbs.workspace_push import print_pushes
from core.client import Client
from core.errors import UsageError
from core.values.entities import Workspace
from core.values.pushing import PushReport
from core.values.requests import MergeWorkspace
from core.values.review import FOLDER_LIMIT, DiffSummary, FileContent, FileNode, MergePreview
from core.values.states import MergeStyle
from core.values.wording import counted

WINDOW = 2000


class Wanted(TypedDict):
    """What a diff compares, as the client's calls take it."""

    base: str
    until: int
    whitespace: bool
    repo: str


MARKS = {"added": "A", "modified": "M", "deleted": "D", "renamed": "R", "copied": "C", "type_changed": "T"}


async def diff(call: Invocation) -> None:
    """The patch; with --stat, --containing or --json the list of files."""
    async with call.engine() as client:
        if call.out.json or call.args.stat or call.args.containing:
            summary = await client.diff(call.args.name, containing=call.args.containing, **_wanted(call))
            workspace = await client.workspace(call.args.name)
            call.out.document(summary)
            _print_stat(call.out, summary, workspace)
            _tell_unread(call.out, workspace)
            return
        patch = await client.patch(call.args.name, **_wanted(call))
        workspace = await client.workspace(call.args.name)
    _tell_unread(call.out, workspace)
    if patch:
        call.out.data(patch)
    else:
        other = call.args.base or call.args.since or call.args.until
        call.out.note("nothing differs" if other else "no changes against the target branch")


def _tell_unread(out: Output, workspace: Workspace) -> None:
    for repo in workspace.repos:
        for path in repo.unread:
            out.note(f"cannot be read, and is not here: {workspace.path_of(repo.repo_id, path)}")


def _wanted(call: Invocation) -> Wanted:
    args = call.args
    base = f"checkpoint:{args.since}" if args.since else args.base
    return Wanted(base=base, until=args.until, whitespace=not args.ignore_whitespace, repo=args.repo)


def _print_stat(out: Output, summary: DiffSummary, workspace: Workspace) -> None:
    if out.json:
        return
    for file in summary.files:
        path = workspace.path_of(file.repo_id, file.path)
        moved = f"{workspace.path_of(file.repo_id, file.old_path)} → " if file.old_path else ""
        size = "binary" if file.binary else f"+{file.added} -{file.removed}"
        out.data(f"{MARKS[file.change.value]} {moved}{path}  {size}\n")
    out.line(f"{counted(len(summary.files), 'file')}, +{summary.added} -{summary.removed}")


async def files(call: Invocation) -> None:
    async with call.engine() as client:
        nodes = await client.files(call.args.name, call.args.path, ignored=call.args.ignored)
    call.out.document(nodes)
    if not call.out.json:
        for node in nodes:
            call.out.data(_file_line(node) + "\n")
    if len(nodes) >= FOLDER_LIMIT:
        call.out.note(f"these are the first {FOLDER_LIMIT} of the folder")


def _file_line(node: FileNode) -> str:
    mark = "!" if node.ignored else MARKS[node.change.value] if node.change else " "
    size = "" if node.folder else f"  {node.size}"
    return f"{mark} {node.name}{'/' if node.folder else '@' if node.link else ''}{size}"


async def cat(call: Invocation) -> None:
    """Prints a file by windows, so that its size does not matter."""
    start, more = 0, True
    async with call.engine() as client:
        while more:
            window = await _window(client, call, start)
            if window.binary:
                raise UsageError(
                    f"{window.path!r} is a binary file of {window.size} bytes",
                    hint=f"Read it in the workspace: boatyard workspace exec {call.args.name} -- cat PATH",
                )
            if call.out.json:
                call.out.document(window)
            else:
                call.out.data("".join(line + "\n" for line in window.lines))
            more = window.more and bool(window.lines)
            start = window.start + len(window.lines)


async def _window(client: Client, call: Invocation, start: int) -> FileContent:
    args = call.args
    if args.at:
        return await client.past_file(args.name, args.path, args.at, start=start, limit=WINDOW)
    return await client.file(args.name, args.path, start=start, limit=WINDOW)


async def merge(call: Invocation) -> None:
    args = call.args
    style = MergeStyle(args.style) if args.style else None
    async with call.engine() as client:
        if args.dry_run:
            preview = await client.merge_preview(args.name, style)
            call.out.document(preview)
            _print_preview(call.out, preview, await client.workspace(args.name))
            return
        message = sys.stdin.read() if args.message == "-" else args.message
        result = await client.merge(args.name, MergeWorkspace(style=style, message=message, push=args.push))
        workspace = await client.workspace(args.name)
    call.out.document(result)
    names = {repo.repo_id: repo.name for repo in workspace.repos}
    if not result.merges:
        call.out.line("nothing to merge: the target branch has it all")
    for landed in result.merges:
        repo = names.get(landed.repo_id, "")
        call.out.line(f"{repo}: {landed.target_branch} is at {landed.commit[:12]} ({landed.style.value})")
    report = PushReport(workspace=args.name, repos=result.pushes)
    print_pushes(call.out, report, workspace, done=True)


def _print_preview(out: Output, preview: MergePreview, workspace: Workspace) -> None:
    names = {repo.repo_id: repo.name for repo in workspace.repos}
    for repo in preview.repos:
        what = (
            "nothing to merge"
            if repo.old == repo.new
            else f"{counted(repo.files, 'file')}, +{repo.added} -{repo.removed}"
        )
        out.line(f"{names.get(repo.repo_id, '')} into {repo.target_branch}: {what}")
    for conflict in preview.conflicts:
        out.line(f"conflict: {names.get(conflict.repo_id, '')}/{conflict.path} ({conflict.kind})")
    for reason in preview.blocked:
        out.line(f"in the way: {reason}")


def _diff(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("--stat", action="store_true", help="the changed files instead of the patch")
    parser.add_argument(
        "--containing", default="", metavar="TEXT",
        help="only the list of files in which a line with TEXT, in whatever case, was added or removed",
    )  # fmt: skip
    parser.add_argument("--repo", default="", metavar="REPO", help="only this one of several repositories")
    against = parser.add_mutually_exclusive_group()
    against.add_argument(
        "--base", default="", metavar="BASE",
        help="compare with target (as without it), turn (what was there before the last one), uncommitted "
        "(the last commits), checkpoint:N, commit:REVISION or workspace:NAME",
    )  # fmt: skip
    add_number(against, "--from", "the same as --base checkpoint:N", dest="since")
    parser.add_argument("-w", "--ignore-whitespace", action="store_true", help="leave out mere whitespace")
    add_number(parser, "--to", "checkpoint to compare, instead of the present", dest="until")


def _files(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("path", nargs="?", default="", help="a folder of the workspace")
    parser.add_argument("--ignored", action="store_true", help="with what git ignores, marked by !")


def _cat(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("path", help=PATH)


def _cat_at(parser: argparse.ArgumentParser) -> None:
    _cat(parser)
    parser.add_argument("--at", default="", metavar="ID", help="as it was: a whole id of file-history --json")


def _merge(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("--style", choices=[style.value for style in MergeStyle])
    parser.add_argument("-m", "--message", default="", help="commit message; - reads standard input")
    parser.add_argument("--push", action="store_true", help="push the target branch afterwards")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")


async def blame(call: Invocation) -> None:
    """Each line with the turn that brought it."""
    async with call.engine() as client:
        found = await client.blame(call.args.name, call.args.path)
        lines = (await client.file(call.args.name, call.args.path, limit=WINDOW)).lines
    call.out.document(found)
    if call.out.json:
        return
    for each in found:
        where = f"turn {short(each.process_id)}" if each.process_id else each.origin.value
        words = each.tool or (each.prompt.splitlines() or [""])[0]
        for number in range(each.first, min(each.last, len(lines)) + 1):
            call.out.data(f"{where:<14} {words[:32]:<32} {number:>5}  {lines[number - 1]}\n")


VERBS = (
    Verb("workspace", "blame", "say which turn brought each line of a file", blame, _cat),
    Verb("workspace", "diff", "show the changes against the target branch", diff, _diff),
    Verb("workspace", "files", "list a folder of it", files, _files),
    Verb("workspace", "cat", "print a file of it", cat, _cat_at),
    Verb("workspace", "merge", "merge it into the target branch", merge, _merge),
)
