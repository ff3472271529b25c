"""`boatyard workspace pr`: open its pull request, change it, look at it, hand its failing checks over."""

from __future__ import annotations

import argparse
import sys

from msgspec import UNSET

from core.cli.invocation import Invocation
from core.cli.output import Output, when
from core.cli.verb import Verb
from core.cli.verbs.workspace import name
from core.client import Client
from core.errors import UsageError
from core.values.pull_requests import Check, CheckStatus, PullDraft, PullLink, PullView
from core.values.requests import OpenPullRequest, SendChecks, UpdatePullRequest
from core.values.wording import counted

MARKS = {
    CheckStatus.PASSED: ("✓", "green"), CheckStatus.FAILED: ("✗", "red"),
    CheckStatus.PENDING: ("…", "yellow"), CheckStatus.SKIPPED: ("-", "dim"),
}  # fmt: skip


async def pull_request(call: Invocation) -> None:
    """Does what the first argument says."""
    does = {"open": _open, "update": _update, "show": _show, "checks": _checks}
    async with call.engine() as client:
        await does[call.args.what](call, client)


async def _open(call: Invocation, client: Client) -> None:
    args = call.args
    if args.dry_run:
        drafts = await client.draft_pull_requests(
            args.name, repo=args.repo, remote=args.remote, base=args.base
        )
        call.out.document(drafts)
        _print_drafts(call.out, drafts)
        return
    body = OpenPullRequest(
        repo=args.repo, remote=args.remote, base=args.base, title=args.title or "", body=_text(args.body),
        draft=args.draft,
    )  # fmt: skip
    _print_links(call.out, await client.open_pull_requests(args.name, body))


async def _update(call: Invocation, client: Client) -> None:
    args = call.args
    if args.draft and args.ready:
        raise UsageError("--draft and --ready exclude each other", hint="Give one of them.")
    text = _text(args.body)
    body = UpdatePullRequest(
        repo=args.repo,
        title=UNSET if args.title is None else args.title,
        body=UNSET if text is None else text,
        draft=args.draft if args.draft or args.ready else UNSET,
    )
    _print_links(call.out, await client.update_pull_requests(args.name, body))


async def _show(call: Invocation, client: Client) -> None:
    views = await client.pull_requests(call.args.name, repo=call.args.repo)
    call.out.document(views)
    for view in views:
        _print_view(call.out, view)


async def _checks(call: Invocation, client: Client) -> None:
    args = call.args
    if args.send:
        body = SendChecks(
            repo=args.repo,
            names=tuple(args.check),
            message=args.message,
            agent=args.agent,
            request_id=args.request_id,
        )
        answer = await client.send_checks(args.name, body)
        call.out.result(answer, f"the agent of {args.name} was told of the failing checks")
        return
    views = await client.pull_requests(args.name, repo=args.repo)
    checks = [check for view in views for check in view.checks]
    rows = [(check.status.value, check.name, _first_line(check.summary), check.url) for check in checks]
    call.out.table(checks, ("STATE", "CHECK", "SAYS", "WHERE"), rows)


def _print_drafts(out: Output, drafts: tuple[PullDraft, ...]) -> None:
    for draft in drafts:
        out.line(f"{draft.branch} into {draft.base} of {draft.repository}")
        out.line(f"pushes    {counted(draft.push.ahead, 'commit')} to {draft.remote}")
        if draft.push.uncommitted:
            out.line(f"stays     {counted(draft.push.uncommitted, 'file')} with uncommitted changes")
        out.line(f"title     {draft.title}")
        out.line()
        out.line(draft.body)


def _print_links(out: Output, links: tuple[PullLink, ...]) -> None:
    out.document(links)
    for link in links:
        out.line(f"{_sentence(link)} {link.url}")


def _sentence(link: PullLink) -> str:
    state = "draft" if link.state.draft and link.status == "open" else link.status.value
    return f"#{link.number} {state}"


def _print_view(out: Output, view: PullView) -> None:
    link, pull = view.link, view.pull
    out.line(f"{_sentence(link)}: {pull.title}")
    out.line(f"url       {pull.url}")
    out.line(f"branch    {pull.branch} into {pull.base}, at {pull.head[:12]}")
    if link.merged_at:
        out.line(f"merged    {when(link.merged_at)} as {link.commit[:12]}")
    for check in view.checks:
        mark, colour = MARKS[check.status]
        out.line(f" {_said(check)}", mark=mark, mark_colour=colour)
    for comment in view.comments:
        at = f"{comment.path}:{comment.last}" if comment.path and comment.last else comment.path
        resolved = " (resolved)" if comment.resolved else ""
        out.line(f"{comment.author}{f' on {at}' if at else ''}{resolved}: {_first_line(comment.body)}")


def _said(check: Check) -> str:
    said = _first_line(check.summary)
    return f"{check.name} {check.status.value}{f': {said}' if said else ''}"


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")


def _text(argument: str | None) -> str | None:
    return sys.stdin.read() if argument == "-" else argument


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("open", "update", "show", "checks"))
    name(parser)
    parser.add_argument("--repo", default="", help="only this repo of the workspace")
    parser.add_argument("--title", default=None, help="with open and update; without: the task's title")
    parser.add_argument(
        "--body", default=None,
        help="with open and update; - reads standard input; without: from task, summary and template",
    )  # fmt: skip
    parser.add_argument("--draft", action="store_true", help="with open and update: not ready for review")
    parser.add_argument("--ready", action="store_true", help="with update: ready for review")
    parser.add_argument("--base", default="", help="with open: the branch at the host that it goes into")
    parser.add_argument("--remote", default="", help="with open: where to push, as git names it")
    parser.add_argument("--dry-run", action="store_true", help="with open: say what would be opened")
    parser.add_argument("--send", action="store_true", help="with checks: hand the failing ones to the agent")
    parser.add_argument(
        "--check", action="append", default=[], metavar="NAME", help="with --send: this one, not all"
    )
    parser.add_argument("--message", default="", help="with --send: said before them")
    parser.add_argument("--agent", default="", help="with --send: this one, not that of the session")
    parser.add_argument("--request-id", default="", help="with --send: the same one is sent once")


async def forges(call: Invocation) -> None:
    """The hosts that are set up, and whether their tokens work."""
    async with call.engine() as client:
        found = await client.forges()
    rows = [(each.name, each.kind, each.url, each.user or "-", each.trouble) for each in found]
    call.out.table(found, ("NAME", "KIND", "URL", "USER", "TROUBLE"), rows)


VERBS = (
    Verb("workspace", "pr", "open, change or look at its pull request", pull_request, _declare),
    Verb("forge", "list", "show the hosts of pull requests, and whose tokens work", forges, aliases=("ls",)),
)
