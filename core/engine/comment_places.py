"""Where comments, and what was begun of others, are now: files are edited under them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from core.engine.file_places import is_there
from core.engine.texts import check_text
from core.errors import UsageError
from core.git.path_text import text_to_name
from core.review.anchors import BESIDE, find_lines
from core.review.diff import Compared
from core.store import models as m
from core.values.comments import PLACE, CommentPlace, ReviewComment, Side
from core.values.requests import AddComment

LINES_LIMIT = 2000
"""Lines that one comment is about at most."""
SIZE_LIMIT = 32 * 1024 * 1024
"""Bytes of a file in which lines are looked for."""


@dataclass(frozen=True)
class Anchored:
    """A comment as it was made, and what stood around its lines then."""

    comment: ReviewComment
    before: Sequence[str] = ()
    """Lines above, the nearest last."""
    after: Sequence[str] = ()

    def among(self, lines: Sequence[str] | None) -> ReviewComment:
        """The comment where its lines are among these; None: there is no such text."""
        comment = self.comment
        if not comment.first:
            return comment
        quote = comment.quote
        found = None if lines is None else find_lines(quote, comment.first, lines, self.before, self.after)
        if found is None:
            return msgspec.structs.replace(comment, outdated=True)
        return msgspec.structs.replace(comment, first=found, last=found + comment.last - comment.first)


async def placed(each: Iterable[Anchored], sides: Sequence[Compared]) -> tuple[ReviewComment, ...]:
    """All of them, by file and line, each where its lines are in the sides of a diff."""
    by_repo = {side.repo_id: side for side in sides}
    contents: dict[tuple[str, Side, str], list[str] | None] = {}
    found: list[ReviewComment] = []
    for one in each:
        comment = one.comment
        key = (comment.repo_id, comment.side, comment.path)
        if key not in contents and comment.repo_id in by_repo and comment.first:
            contents[key] = await lines_of(by_repo[comment.repo_id], comment.side, comment.path)
        found.append(one.among(contents.get(key)))
    return tuple(sorted(found, key=lambda each: (each.repo_id, each.path, each.first, each.created_at)))


class Meant(NamedTuple):
    """Lines of a file, and what stands there and around them; all 0 and empty: the file."""

    first: int = 0
    last: int = 0
    quote: Sequence[str] = ()
    before: Sequence[str] = ()
    after: Sequence[str] = ()


async def meant_lines(side: Compared, body: AddComment) -> Meant:
    """The lines that a new comment is about, where they are now; as they were seen where they are gone.

    Raises:
        UsageError: The file or the lines are not there.
    """
    quote = tuple(check_text("the quote", "\n".join(body.quote)).split("\n")) if body.quote else ()
    before, after = body.before[-BESIDE:], body.after[:BESIDE]
    first, last = body.first, max(body.first, body.last) if body.first else 0
    where = f"{body.path[:200]}:{first}-{last}" if first else body.path[:200]
    refused = UsageError(f"{where} cannot be commented on", hint="Name lines that the diff shows.")
    if last - first >= LINES_LIMIT or len(quote) > last - first + 1:
        raise refused
    lines = await lines_of(side, body.side, body.path) if first else None
    if quote and first:
        found = find_lines(quote, first, lines or (), before, after)
        if found is None and await is_there(side, body.path):
            return Meant(first, last, quote, before, after)
        if found is not None and lines is not None:
            first, last = found, min(found + last - first, len(lines))
    if not (lines is not None and last <= len(lines) if first else await is_there(side, body.path)):
        raise refused
    if lines is None:
        return Meant()
    start = first - 1
    return Meant(
        first, last, lines[start:last], lines[max(0, start - BESIDE) : start], lines[last : last + BESIDE]
    )


async def lines_of(side: Compared, which: Side, path: str) -> list[str] | None:
    """The lines of a file on one side; None where it has no such text."""
    try:
        name = text_to_name(path)
    except ValueError:
        return None
    commit = side.snapshot if which is Side.NEW else side.base
    answer = await side.depot.git.run("cat-file", "blob", f"{commit}:".encode() + name, ok=(0, 128))
    if answer.code or len(answer.out) > SIZE_LIMIT or b"\0" in answer.out:
        return None
    text = await asyncio.to_thread(answer.out.decode, "utf-8", "backslashreplace")
    return text.removesuffix("\n").split("\n")


def comment_of(row: m.ReviewComment, name: str) -> ReviewComment:
    """A comment as it was made, in the workspace of this name."""
    return ReviewComment(
        id=row.id, workspace=name, repo_id=row.repo_id, path=row.path, side=Side(row.side), first=row.first,
        last=row.last, quote=tuple(row.quote), body=row.body, author=row.author, url=row.url,
        resolved=bool(row.resolved), sent_at=row.sent_at, created_at=row.created_at,
    )  # fmt: skip


def begun_comment(row: m.Scratch, name: str) -> Anchored | None:
    """A comment that was begun and not kept; None where its draft is of another workspace, or of an edit.

    What a terminal keeps has no form that it is held to: what says no place counts as a draft of none.
    """
    body, place = row.payload.get("body"), row.payload.get(PLACE)
    if not row.owner_id.startswith(f"{name} ") or not isinstance(body, str) or not isinstance(place, str):
        return None
    try:
        at = msgspec.json.decode(place, type=CommentPlace)
    except msgspec.DecodeError:
        return None
    comment = ReviewComment(
        id=row.owner_id, workspace=name, repo_id=at.repo_id, path=at.path, side=at.side, first=at.first,
        last=at.last, quote=at.quote, body=body, draft=True, created_at=row.updated_at,
    )  # fmt: skip
    return Anchored(comment, at.before, at.after)
