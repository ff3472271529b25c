"""What the diff compares with: chosen from a list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.commands.checkpoints import compared_states
from tui.diff.bases import Compared
from tui.session.timeline import LineSheet
from tui.widgets.finder import Finder, Found
from tui.widgets.menu import Menu, Option, choice, numbered

if TYPE_CHECKING:
    from tui.app import BoatyardApp

ONLY = "only:"
BASES = [
    choice("compare-target", "target", "all of the workspace's work"),
    choice("compare-turn", "turn", "what the agent did last"),
    choice("compare-uncommitted", "uncommitted", "what differs from the branch's tip"),
    choice("compare-checkpoint", "checkpoint", "since then, or two with each other"),
    choice("compare-commit", "commit", "a branch, a tag or an id"),
    choice("compare-workspace", "workspace", "what two attempts do differently"),
]


async def compare(app: BoatyardApp) -> None:
    """Asks, and shows the diff."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    shown = app.home.diff.compared if app.home.diff.workspace == workspace.name else Compared()
    options = [*BASES, *_repos([each.name for each in workspace.repos], shown.repo)]
    chosen = await app.ask(Menu(f"Compare {workspace.name} with", "", options)) or ""
    if chosen.startswith(ONLY):
        compared: Compared | None = replace(shown, repo=chosen.removeprefix(ONLY))
    elif (compared := await _of(app, workspace.name, chosen)) is not None:
        compared = replace(compared, repo=shown.repo)
    if compared is not None:
        if app.home.diff.workspace != workspace.name:
            app.home.go_to_workspace(workspace.name, view="diff")
        app.home.show_view("diff")
        app.home.diff.compare_with(compared)


def _repos(names: list[str], shown: str) -> list[Option]:
    """Each repository alone, or all of them again; nothing where there is one."""
    if len(names) < 2:
        return []
    options = [
        Option(numbered(number), f"Only {name}", f"{ONLY}{name}", "of the repositories")
        for number, name in enumerate(names, 1)
        if name != shown
    ]
    return [choice("compare-all", ONLY), *options] if shown else options


async def _of(app: BoatyardApp, name: str, kind: str) -> Compared | None:
    if kind == "target":
        return Compared()
    if kind in ("turn", "uncommitted"):
        return Compared(kind)
    if kind == "commit":
        hint = "a branch, a tag, an id, or HEAD~1"
        revision = await app.ask(LineSheet("Compare with a commit", "Commit", hint))
        return Compared(f"commit:{revision}") if revision else None
    if kind == "workspace":
        other = await other_workspace(app, name, "Compare with")
        return Compared(f"workspace:{other}") if other else None
    if kind == "checkpoint":
        return await compared_states(app, name, since=True)
    return None


async def other_workspace(app: BoatyardApp, name: str, title: str) -> str:
    """One of the other workspaces that share a repo with this one; those of its task come first."""
    mine = app.store.workspaces[name]
    repos = {each.repo_id for each in mine.repos}
    others = [
        each
        for each in app.store.workspaces.values()
        if each.name != name and repos & {repo.repo_id for repo in each.repos}
    ]
    others.sort(key=lambda each: (each.task_id != mine.task_id, each.name))
    tasks = app.store.tasks
    found = [
        Found(each.name, tasks[each.task_id].title if each.task_id in tasks else "", each.name)
        for each in others
    ]
    return await app.ask(Finder(title, found, "a workspace")) or ""
