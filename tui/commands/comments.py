"""Comments on a diff: written, listed, sent to the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.values import requests as ask
from core.values.comments import Side
from core.values.review import LineKind
from tui.comments.comment_sheet import CommentSheet
from tui.comments.comments_sheet import CommentsSheet

if TYPE_CHECKING:
    from core.values.comments import ReviewComment
    from tui.app import BoatyardApp


async def comment(app: BoatyardApp) -> None:
    """On the range, the line at the cursor, or the file; the comment at the cursor is edited."""
    pane = app.home.diff
    file, view = pane.file, pane.view
    assert file is not None and pane.workspace is not None
    if view.comment is not None and app.home.focused is view:
        await edit(app, view.comment)
        return
    side, first, last = _lines(app)
    where = f"{file.path}:{first}{f'-{last}' if last > first else ''}" if first else file.path
    key = f"{pane.workspace} {file.repo_id} {file.path} {side} {first} {last}"
    body = await app.ask(CommentSheet(f"Comment on {where}", key, app.comment_drafts))
    if not body:
        return
    wanted = ask.AddComment(
        path=file.path, body=body, repo=pane.repo_name(file.repo_id), side=side, first=first, last=last,
        base=pane.compared.base,
    )  # fmt: skip
    await app.client.add_comment(pane.workspace, wanted)
    app.comment_drafts.pop(key, None)
    view.end_range()
    pane.read_comments()


def _lines(app: BoatyardApp) -> tuple[Side, int, int]:
    """The side and lines that are meant; 0 and 0: the file."""
    view = app.home.diff.view
    code = (LineKind.CONTEXT, LineKind.ADDED, LineKind.REMOVED)
    lines = [line for line in view.range_lines() if line.kind in code] if app.home.focused is view else []
    new = [line.new for line in lines if line.new]
    old = [line.old for line in lines if line.old]
    if new:
        return Side.NEW, min(new), max(new)
    return (Side.OLD, min(old), max(old)) if old else (Side.NEW, 0, 0)


async def edit(app: BoatyardApp, each: ReviewComment) -> None:
    """Another text."""
    body = await app.ask(CommentSheet("Edit a comment", each.id, app.comment_drafts, each.body))
    if body and body != each.body:
        await app.client.update_comment(each.id, ask.UpdateComment(body=body))
        app.comment_drafts.pop(each.id, None)
        app.home.diff.read_comments()


async def show(app: BoatyardApp) -> None:
    """The list; one that is chosen is gone to."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    chosen = await app.ask(CommentsSheet(app.link, app.store, workspace.name, app.comment_drafts))
    if chosen is not None:
        if app.home.session.workspace != workspace.name:
            app.home.go_to_workspace(workspace.name, view="diff")
        app.home.show_view("diff")
        app.home.diff.go_to(chosen.repo_id, chosen.path, chosen.side, chosen.last or chosen.first)
