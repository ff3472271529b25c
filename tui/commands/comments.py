"""Comments on a diff: written, listed, sent to the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from core.values import requests as ask
from core.values.comments import Side
from core.values.review import LineKind
from tui.comments.comment_sheet import CommentSheet
from tui.comments.comments_sheet import CommentsSheet
from tui.comments.drafts import key_for, place_among
from tui.comments.rows import words_of

if TYPE_CHECKING:
    from core.values.comments import CommentPlace, ReviewComment
    from tui.app import BoatyardApp


async def comment(app: BoatyardApp) -> None:
    """On the range, the line at the cursor, or the file; the comment at the cursor is edited."""
    pane = app.home.diff
    file, view = pane.file, pane.view
    assert file is not None and pane.workspace is not None
    if view.comment is not None and app.home.focused is view:
        await (write_on if view.comment.draft else edit)(app, view.comment)
        return
    side, first, last = _lines(app)
    place = place_among(view.numbered(side), file.repo_id, file.path, side, first, last)
    key = key_for(pane.workspace, place, pane.comments)
    wanted = ask.AddComment(
        path=file.path, body="", repo=file.repo_id, side=side, first=first, last=last, quote=place.quote,
        before=place.before, after=place.after, base=pane.compared.base, draft=key,
    )  # fmt: skip
    await _write(app, pane.workspace, wanted, place)


async def write_on(app: BoatyardApp, draft: ReviewComment) -> None:
    """Goes on with a comment that was begun."""
    wanted = ask.AddComment(
        path=draft.path, body="", repo=draft.repo_id, side=draft.side, first=draft.first, last=draft.last,
        quote=draft.quote, draft=draft.id,
    )  # fmt: skip
    await _write(app, draft.workspace, wanted)


async def _write(
    app: BoatyardApp, workspace: str, wanted: ask.AddComment, place: CommentPlace | None = None
) -> None:
    """The box; what is in it when it closes is the comment, or stays as a draft."""
    drafts, pane, key = app.comment_drafts, app.home.diff, wanted.draft
    path = app.store.workspaces[workspace].path_of(wanted.repo, wanted.path)
    where = words_of(path, wanted.side, wanted.first, wanted.last)
    body = await app.ask(CommentSheet(f"Comment on {where}", key, drafts, place=place))
    if not body:
        await drafts.left(key)
    else:
        await drafts.save()
        await app.client.add_comment(workspace, msgspec.structs.replace(wanted, body=body))
        await drafts.forget(key)
        pane.view.end_range()
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
    if each.author:
        app.say(f"It is on a pull request, where {each.author} can change it")
        return
    drafts = app.comment_drafts
    body = await app.ask(CommentSheet("Edit a comment", each.id, drafts, each.body))
    if not body or body == each.body:
        await drafts.left(each.id)
        return
    await drafts.save()
    await app.client.update_comment(each.id, ask.UpdateComment(body=body, draft=each.id))
    await drafts.forget(each.id)
    app.home.diff.read_comments()


async def show(app: BoatyardApp) -> None:
    """The list; one that is chosen is gone to, and one that was begun is gone on with."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    chosen = await app.ask(CommentsSheet(app.link, app.store, workspace.name, app.comment_drafts))
    if chosen is None:
        return
    if app.home.session.workspace != workspace.name:
        app.home.go_to_workspace(workspace.name, view="diff")
    if not _is_left_out(app, workspace.name, chosen):
        app.home.show_view("diff")
        line = 0 if chosen.outdated else chosen.last or chosen.first
        app.home.diff.go_to(chosen.repo_id, chosen.path, chosen.side, line)
    else:
        name = next(repo.name for repo in workspace.repos if repo.repo_id == chosen.repo_id)
        app.home.show_view("files")
        app.home.files.go_to(f"{name}/{chosen.path}", chosen.last or 1)
        path = workspace.path_of(chosen.repo_id, chosen.path)
        app.say(f"{path} is no change of {workspace.name}: here it is as it was left")
    if chosen.draft:
        await write_on(app, chosen)


def _is_left_out(app: BoatyardApp, workspace: str, comment: ReviewComment) -> bool:
    """Whether the diff, as far as it is here, has no such file."""
    pane = app.home.diff
    files = pane.files.files if pane.workspace == workspace else ()
    return bool(files) and all((each.repo_id, each.path) != (comment.repo_id, comment.path) for each in files)
