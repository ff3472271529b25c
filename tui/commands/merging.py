"""The merge: previewed, decided, told."""

from __future__ import annotations

import shlex
from functools import partial
from typing import TYPE_CHECKING

from core.errors import BoatyardError
from core.values import requests as ask
from tui.commands.updating import update_workspace
from tui.landing.merge_sheet import MergeForm, MergeSheet, conflict_path
from tui.terminal.programs import copy

if TYPE_CHECKING:
    from core.values.review import MergeResult
    from tui.app import BoatyardApp


async def merge(app: BoatyardApp) -> None:
    """Merges into the target branch, or hands conflicts to the agent."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    repos = {repo.repo_id: repo.name for repo in workspace.repos}
    form = await app.ask(MergeSheet(app.store, app.link, workspace.name, repos))
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
    result = await app.client.merge(
        workspace.name, ask.MergeWorkspace(style=form.style, message=form.message, push=form.push)
    )
    told = ", ".join(f"{each.target_branch} is at {each.commit[:8]}" for each in result.merges)
    told += "".join(f", pushed to {each.remote}" for each in result.pushes if not each.nothing)
    if not result.merges:
        app.say(f"{workspace.name}: nothing was left to merge")
        return
    app.can_undo("", partial(_say_how, app, result, dict(form.before)), quiet=True)
    app.say(f"Merged {workspace.name}: {told}; {app.keymap.hint('undo')} says how to take it back")


async def _say_how(app: BoatyardApp, result: MergeResult, before: dict[str, str]) -> None:
    """Your own branch is yours: it is not moved back from here, only said how you do it."""
    lines = [
        f"git -C {shlex.quote(app.store.repos[each.repo_id].path)} reset --keep {before[each.repo_id]}"
        for each in result.merges
        if each.repo_id in app.store.repos and before.get(each.repo_id)
    ]
    way = await copy(app, "\n".join(lines))
    branches = ", ".join(dict.fromkeys(each.target_branch for each in result.merges))
    told = BoatyardError(
        f"{branches} is your own branch, and is not moved back from here",
        hint=f"With {branches} checked out, type what is on the clipboard now (by way of {way}):\n"
        + "\n".join(lines),
    )
    app.fail(told, severity="warning")


def _hand_over(app: BoatyardApp, name: str, form: MergeForm, target: str, repos: dict[str, str]) -> None:
    files = "\n".join(
        f"- {conflict_path(conflict, repos)} ({conflict.kind})" for conflict in form.conflicts[:50]
    )
    draft = f"Merge the branch {target} into yours and resolve these conflicts, then commit:\n{files}"
    app.home.go_to_workspace(name)
    prompt = app.home.session.prompt
    prompt.show(draft)
    app.perform("prompt")
