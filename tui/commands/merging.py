"""The merge: previewed, decided, told, and taken back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from core.errors import ConflictError
from core.values import requests as ask
from tui.commands.updating import update_workspace
from tui.landing.merge_sheet import MergeForm, MergeSheet, conflict_path
from tui.widgets.menu import question

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def merge(app: BoatyardApp) -> None:
    """Merges into the target branch, or hands conflicts to the agent."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    repos = {repo.repo_id: repo.name for repo in workspace.repos}
    form = await app.ask(MergeSheet(app.store, app.link, workspace.name, repos, app.workspace_drafts))
    if form is None:
        return
    if form.update:
        await update_workspace(app, workspace)
        return
    if form.conflicts:
        _hand_over(
            app, workspace.name, form, workspace.repos[0].target_branch if workspace.repos else "", repos
        )
        return
    wanted = ask.MergeWorkspace(style=form.style, message=form.message, push=form.push)
    with app.deed():
        await _merge(app, workspace.name, wanted)


async def _merge(app: BoatyardApp, name: str, wanted: ask.MergeWorkspace) -> None:
    """Merges, and says what that did."""
    result = await app.client.merge(name, wanted)
    await app.workspace_drafts.forget(name)
    told = ", ".join(f"{each.target_branch} is at {each.commit[:8]}" for each in result.merges)
    told += "".join(f", pushed to {each.remote}" for each in result.pushes if not each.nothing)
    if not result.merges:
        app.say(f"{name}: nothing was left to merge")
        return
    commits = tuple(each.commit for each in result.merges)
    # One that was pushed is not taken back: the undo says how it is done by a commit of its own.
    back = partial(_take_back, app, name, commits)
    app.can_undo(f"Merged {name}: {told}", back, quiet=wanted.push)
    if wanted.push:
        app.say(f"Merged {name}: {told}")


async def unmerge(app: BoatyardApp) -> None:
    """Takes the last merge back, after saying what that does, or what keeps it from that."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    preview = await app.client.unmerge_preview(workspace.name)
    if preview.blocked:
        raise ConflictError(f"the merge is not taken back: {'; '.join(preview.blocked)}", hint=preview.hint)
    names = {repo.repo_id: repo.name for repo in workspace.repos}
    lines = [
        f"{names.get(each.repo_id, '')}: {each.target_branch} goes back to {each.before[:8]}, "
        f"without {each.commit[:8]}"
        for each in preview.repos
    ]
    if preview.task_status:
        lines.append(f"The task is {preview.task_status.replace('_', ' ')} again.")
    if preview.carried_by:
        lines.append(f"These have it, too, and bring it along when merged: {', '.join(preview.carried_by)}")
    text = f"Take the last merge of {workspace.name} back?\n\n" + "\n".join(lines)
    text += app.keymap.fill("\n\nIts changes stay in the workspace; {merge} merges them again.")
    if await app.ask(question("Take a merge back", text, "Take it back")):
        await _take_back(app, workspace.name, tuple(each.commit for each in preview.repos))


async def _take_back(app: BoatyardApp, name: str, commits: tuple[str, ...]) -> None:
    """Takes that merge back, and no other."""
    result = await app.client.unmerge(name, ask.UnmergeWorkspace(commits=commits))
    told = ", ".join(f"{each.target_branch} is back at {each.before[:8]}" for each in result.repos)
    app.say(f"{told}; {app.keymap.hint('merge')} merges {name} again")
    app.home.diff.read_again()


def _hand_over(app: BoatyardApp, name: str, form: MergeForm, target: str, repos: dict[str, str]) -> None:
    files = "\n".join(
        f"- {conflict_path(conflict, repos)} ({conflict.kind})" for conflict in form.conflicts[:50]
    )
    draft = f"Merge the branch {target} into yours and resolve these conflicts, then commit:\n{files}"
    app.home.go_to_workspace(name)
    prompt = app.home.session.prompt
    prompt.show(draft)
    app.perform("prompt")
