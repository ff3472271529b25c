"""How comments are shown, wherever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.values.comments import Side
from tui.text.spans import wrap_spans

if TYPE_CHECKING:
    from core.values.comments import ReviewComment

MOST_ROWS = 40
"""Rows of one comment that are shown under its lines."""


def comment_sign(comment: ReviewComment) -> tuple[str, str]:
    """Its state: the glyph's name, which is also the token, and the word."""
    if comment.draft:
        return "todo", "draft, outdated" if comment.outdated else "draft"
    if comment.resolved:
        return "done", "resolved"
    if comment.outdated:
        return "idle", "outdated, sent" if comment.sent_at else "outdated"
    return ("running", "sent") if comment.sent_at else ("waiting", "open")


def comment_text(comment: ReviewComment, width: int) -> list[str]:
    """The comment's text in rows of at most `width` cells."""
    rows: list[str] = []
    for line in comment.body.splitlines() or [""]:
        rows += ["".join(text for text, _ in piece) for piece in wrap_spans(((line, ""),), max(8, width))]
    return (
        [*rows[: MOST_ROWS - 1], f"… {len(rows) - MOST_ROWS + 1} more rows"]
        if len(rows) > MOST_ROWS
        else rows
    )


def comment_place(comment: ReviewComment, path: str = "") -> str:
    """Where it is, in words; `path`: what its file is called for people."""
    return words_of(path or comment.path, comment.side, comment.first, comment.last)


def words_of(path: str, side: Side, first: int, last: int) -> str:
    """A file, or lines of one side of it, in words."""
    if not first:
        return path
    lines = f"{first}" if last <= first else f"{first}-{last}"
    return f"{path}:{lines}{' (before)' if side is Side.OLD else ''}"
