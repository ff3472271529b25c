"""`boatyard workspace comment, comments`: what is said about a diff, and sent to the agent."""

from __future__ import annotations

import argparse
import re

from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.verb import Verb
from core.cli.verbs.workspace import name
from core.errors import UsageError
from core.values.comments import ReviewComment, Side
from core.values.requests import AddComment, SendComments, UpdateComment

_PLACE = re.compile(r"(.+?)(?::(\d{1,9})(?:-(\d{1,9}))?)?", re.DOTALL)


async def comment(call: Invocation) -> None:
    """On a line, on lines, or on a file as a whole."""
    found = _PLACE.fullmatch(call.args.place)
    if found is None:
        raise UsageError("a comment needs a place", hint="Write PATH, PATH:LINE or PATH:LINE-LINE.")
    body = AddComment(
        path=found[1], first=int(found[2] or 0), last=int(found[3] or 0), body=call.args.text,
        repo=call.args.repo, side=Side.OLD if call.args.old else Side.NEW, base=call.args.base,
    )  # fmt: skip
    async with call.engine() as client:
        made = await client.add_comment(call.args.name, body)
    call.out.result(made, f"comment {short(made.id)} on {_place(made)}")


async def comments(call: Invocation) -> None:
    """The list; or one resolved, opened again, changed or removed; or all sent."""
    args = call.args
    async with call.engine() as client:
        if args.send:
            answer = await client.send_comments(args.name, SendComments(message=args.message))
            call.out.result(answer, f"the comments were sent to the agent of {args.name}")
            return
        for chosen, body in (
            (args.resolve, UpdateComment(resolved=True)),
            (args.reopen, UpdateComment(resolved=False)),
            (args.edit and args.edit[0], UpdateComment(body=args.edit[1] if args.edit else "")),
        ):
            if chosen:
                changed = await client.update_comment(chosen, body)
                call.out.result(changed, f"changed the comment on {_place(changed)}")
                return
        if args.remove:
            await client.remove_comment(args.remove)
            call.out.result({"removed": args.remove}, f"removed the comment {args.remove}")
            return
        if args.restore:
            back = await client.restore_comment(args.restore)
            call.out.result(back, f"the comment on {_place(back)} is back")
            return
        found = await (client.comment_drafts if args.drafts else client.comments)(args.name)
        path_of = (await client.workspace(args.name)).path_of
    rows = [
        (short(each.id), _state(each), _place(each, path_of(each.repo_id, each.path)), _said(each))
        for each in found
    ]
    call.out.table(found, ("ID", "STATE", "PLACE", "COMMENT"), rows)


def _said(comment: ReviewComment) -> str:
    """Its first line, and who wrote it if that was somebody on a pull request."""
    first = comment.body.strip().splitlines()[0]
    return f"{comment.author}: {first}" if comment.author else first


def _place(each: ReviewComment, path: str = "") -> str:
    lines = f":{each.first}" if each.first else ""
    lines += f"-{each.last}" if each.last > each.first else ""
    return f"{path or each.path}{lines}{' (old)' if each.side is Side.OLD else ''}"


def _state(each: ReviewComment) -> str:
    state = "draft" if each.draft else "resolved" if each.resolved else "sent" if each.sent_at else "open"
    return f"{state}, outdated" if each.outdated else state


def _comment(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("place", metavar="PATH[:LINE[-LINE]]", help="as the diff shows it")
    parser.add_argument("text", help="what should be different")
    parser.add_argument("--repo", default="", help="where the workspace has several; or PATH begins with it")
    parser.add_argument("--old", action="store_true", help="the lines are removed ones")
    parser.add_argument("--base", default="", metavar="BASE", help="what the diff compares with; see diff")


def _comments(parser: argparse.ArgumentParser) -> None:
    name(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--send", action="store_true", help="send those that wait to the agent, as one prompt")
    what.add_argument("--drafts", action="store_true", help="those that were begun in the diff and not kept")
    what.add_argument("--resolve", default="", metavar="ID")
    what.add_argument("--reopen", default="", metavar="ID")
    what.add_argument("--remove", default="", metavar="ID", help="for 30 days --restore brings it back")
    what.add_argument("--restore", default="", metavar="ID")
    what.add_argument("--edit", nargs=2, default=None, metavar=("ID", "TEXT"))
    parser.add_argument("--message", default="", help="with --send: said before them")


VERBS = (
    Verb("workspace", "comment", "say something about lines of its diff", comment, _comment),
    Verb("workspace", "comments", "list, send or resolve what was said", comments, _comments),
)
