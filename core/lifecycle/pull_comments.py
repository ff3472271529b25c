"""Comments of a pull request kept among a workspace's own, each where its lines are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.git.depot import Depot
from core.git.path_text import text_to_name
from core.review.anchors import BESIDE
from core.store import lookup
from core.store import models as m
from core.values.comments import Side
from core.values.pull_requests import PullLink, RemoteComment

SIZE_LIMIT = 4 * 2**20
"""Bytes of a file that is looked into for a comment's lines."""
BODY_LIMIT = 64 * 1024
LINES_LIMIT = 2000


@dataclass(frozen=True)
class Placed:
    """A comment with the lines that it is about."""

    comment: RemoteComment
    quote: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


async def placed(depot: Depot, head: str, base: str, comments: Sequence[RemoteComment]) -> tuple[Placed, ...]:
    """The comments on files, each with its lines as the commits have them.

    Args:
        depot: May have the commits; without them comments are on files as a whole.
        head: The pull request's commit.
        base: What it is compared with.
        comments: As the host gave them.
    """
    files: dict[tuple[str, str], list[str]] = {}
    found = []
    for comment in comments:
        if comment.path:
            commit = head if comment.side is Side.NEW else base
            key = (commit, comment.path)
            if key not in files:
                files[key] = await _lines(depot, commit, comment.path)
            found.append(_place(comment, files[key]))
    return tuple(found)


def keep_comments(workspace: str, link: PullLink, comments: Sequence[Placed]) -> tuple[list[str], list[str]]:
    """Writes them down under their ids at the host. Call on the store's thread.

    What was resolved or reopened last counts, be it here or at the host; what is gone at the host goes here.

    Returns:
        Ids of those that are new or have changed, and of those that are gone.
    """
    row = lookup.live_workspace(workspace)
    prefix = f"{link.repository}#{link.number}/"
    c = m.ReviewComment
    known = {
        each.remote_id: each for each in c.select().where(c.workspace == row, c.remote_id.startswith(prefix))
    }
    changed = [
        kept.id
        for each in comments
        if (kept := _keep(row, link.repo_id, known.pop(prefix + each.comment.id, None), prefix, each))
    ]
    gone = [each.id for each in known.values()]
    c.delete().where(c.id.in_(gone)).execute()
    return changed, gone


def _keep(
    row: m.Workspace, repo_id: str, known: m.ReviewComment | None, prefix: str, placed: Placed
) -> m.ReviewComment | None:
    """The row, if it is new or has changed."""
    comment = placed.comment
    body = comment.body.strip()[:BODY_LIMIT] or "(nothing written)"
    if known is None:
        first = comment.first if placed.quote else 0
        made: m.ReviewComment = m.ReviewComment.create(
            workspace=row, repo=repo_id, path=comment.path, side=comment.side.value, first=first,
            last=first + len(placed.quote) - 1 if first else 0, quote=list(placed.quote),
            before=list(placed.before), after=list(placed.after), body=body, author=comment.author,
            url=comment.url, remote_id=prefix + comment.id, resolved=comment.resolved,
            resolved_there=comment.resolved, created_at=comment.created_at,
        )  # fmt: skip
        return made
    resolved = _resolved(known, comment.resolved)
    present = (known.body, bool(known.resolved), known.author, known.resolved_there)
    if present == (body, resolved, comment.author, comment.resolved):
        return None
    known.resolved_there = comment.resolved
    if known.body != body:
        known.sent_at = None
    known.body, known.resolved, known.author = body, resolved, comment.author
    known.save()
    return known


def _resolved(known: m.ReviewComment, there: bool) -> bool:
    """Whether a comment is resolved, when its host says `there` now."""
    if known.resolved_there is None:
        return bool(known.resolved) or there
    return there if there is not bool(known.resolved_there) else bool(known.resolved)


def _place(comment: RemoteComment, lines: list[str]) -> Placed:
    first, last = comment.first, comment.last
    if not 0 < first <= last <= len(lines) or last - first >= LINES_LIMIT:
        return Placed(comment)
    start = first - 1
    return Placed(
        comment,
        quote=tuple(lines[start:last]),
        before=tuple(lines[max(0, start - BESIDE) : start]),
        after=tuple(lines[last : last + BESIDE]),
    )


async def _lines(depot: Depot, commit: str, path: str) -> list[str]:
    """The lines of a file; none where there is no such text."""
    try:
        name = text_to_name(path)
    except ValueError:
        return []
    if not commit:
        return []
    answer = await depot.git.run("cat-file", "blob", f"{commit}:".encode() + name, ok=(0, 128))
    if answer.code or len(answer.out) > SIZE_LIMIT or b"\0" in answer.out:
        return []
    return answer.out.decode("utf-8", "backslashreplace").removesuffix("\n").split("\n")
