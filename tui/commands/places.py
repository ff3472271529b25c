"""Getting about: views, help, palette, themes, leaving."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.home.reach import reachable_actions
from tui.keys.actions import ACTIONS
from tui.keys.situation import why_not
from tui.looks.glyphs import ASCII
from tui.looks.states import TASK, workspace_sign
from tui.terminal.attention import in_need
from tui.widgets.finder import Finder, Found

if TYPE_CHECKING:
    from tui.app import BoatyardApp


def view(name: str) -> Callable[[BoatyardApp], None]:
    """A handler that brings one pane to the front: of the task's newest attempt, where a task is in hand."""

    def show(app: BoatyardApp) -> None:
        now = app.home.situation()
        if name == "tree" or not now.attempts or now.task is None:
            app.home.show_view(name)
        else:
            app.home.open_attempt(now.task.id, name)

    return show


def board(app: BoatyardApp) -> None:
    """The board, at the task in hand."""
    task = app.home.situation().task
    if task is not None:
        app.home.board.main.reveal(task.id)
    app.home.show_view("board")


def next_waiting(app: BoatyardApp) -> None:
    """The next workspace, after the one in hand, that needs the user; those that wait come first."""
    names = in_need(app.store)
    at = app.home.session.workspace
    index = (names.index(at) + 1) % len(names) if at in names else 0
    app.home.go_to_workspace(names[index])


def zoom(app: BoatyardApp) -> None:
    app.home.toggle_zoom(True)


def unzoom(app: BoatyardApp) -> None:
    app.home.toggle_zoom(False)


def back(app: BoatyardApp) -> None:
    app.home.step_back()


def find(app: BoatyardApp) -> None:
    app.home.show_find()


def reconnect(app: BoatyardApp) -> None:
    app.link.reconnect()


async def restart_engine(app: BoatyardApp) -> None:
    """Lets the code that is here now take over."""
    await app.link.restart_engine()


def redraw(app: BoatyardApp) -> None:
    app.draw_again()


def mouse(app: BoatyardApp) -> None:
    """Leaves clicks and the wheel to the terminal, or takes them back; until the program ends."""
    app.use_mouse(not app.mouse)
    key = app.keymap.hint("mouse")
    left = f"The mouse is the terminal's: select and copy as everywhere; {key} takes it back"
    app.say(f"Clicks and the wheel work here; {key} leaves them to the terminal" if app.mouse else left)


def interrupt(app: BoatyardApp) -> None:
    app.say(f"{app.keymap.hint('quit')} leaves; the engine and all agents go on without this window")


async def leave(app: BoatyardApp) -> None:
    app.keep_preferences()
    await app.home.arranging.leave()
    app.exit()


async def show_help(app: BoatyardApp) -> None:
    """The keys that work where the focus is, by group; Enter on one does it."""
    now, names, fill = app.home.situation(), app.keymap.names, app.keymap.fill
    here = reachable_actions(app.home.focused) or [action for action in ACTIONS if action.scope == "app"]
    found = [
        Found(
            action.label,
            action.help,
            action.id,
            names(action.id),
            action.group,
            fill(why_not(action.id, now)),
        )
        for action in sorted(here, key=lambda action: (action.scope in ("app", "rows"), action.group))
        if names(action.id) and action.label
    ]
    await _choose(app, "Keys that work here", found, "find a key or an action")


async def palette(app: BoatyardApp) -> None:
    """Everything there is: actions, workspaces, tasks, projects."""
    now, names, fill = app.home.situation(), app.keymap.names, app.keymap.fill
    store = app.store
    found = [
        Found(
            action.help,
            "",
            action.id,
            names(action.id),
            action.group,
            fill(why_not(action.id, now)),
            action.label,
        )
        for action in ACTIONS
        if action.scope == "app" and not action.target and action.label and action.id != "quit-now"
    ]  # fmt: skip
    found.sort(key=lambda each: bool(each.disabled))
    for workspace in store.workspaces.values():
        task = store.tasks.get(workspace.task_id)
        detail = f"{workspace_sign(workspace)[1]}  {task.title if task else ''}"
        found.append(Found(workspace.name, detail, f"workspace:{workspace.name}", "", "Workspace"))
    for task in store.tasks.values():
        found.append(Found(task.title, TASK[task.status][1], f"task:{task.id}", "", "Task"))
    for project in store.projects.values():
        found.append(Found(project.name, "", f"project:{project.id}", "", "Project"))
    await _choose(app, "Find", found, "an action, a workspace, a task, a project")


async def _choose(app: BoatyardApp, title: str, found: list[Found], placeholder: str) -> None:
    chosen = await app.ask(Finder(title, found, placeholder))
    if not chosen:
        return
    kind, _, name = chosen.partition(":")
    if kind == "workspace":
        app.home.go_to_workspace(name)
    elif kind in ("task", "project"):
        app.home.go_to(chosen)
    else:
        _do(app, chosen)


def _do(app: BoatyardApp, action_id: str) -> None:
    action = next(action for action in ACTIONS if action.id == action_id)
    if not action.target:
        app.perform(action.id)
        return
    method = f"action_{action.target.partition('(')[0]}"
    nodes = app.home.focused.ancestors_with_self if app.home.focused is not None else []
    namespace = next((node for node in nodes if hasattr(node, method)), app.home)
    app.call_later(app.run_action, action.target, namespace)


async def theme(app: BoatyardApp) -> None:
    """Another set of colours, seen at once while one chooses; Escape puts the old one back."""
    before = app.theme
    names = sorted(app.theme_choices(), key=lambda name: name != before)
    found = [Found(name, "in use" if name == before else "", name) for name in names]

    def preview(name: str) -> None:
        app.use_theme(name, remember=False)

    chosen = await app.ask(Finder("Colours", found, "find a theme", preview))
    if chosen or app.theme != before:
        app.use_theme(chosen or before, remember=bool(chosen))


def glyphs(app: BoatyardApp) -> None:
    """The other set of signs, remembered."""
    if os.environ.get("BOATYARD_GLYPHS"):
        app.say("BOATYARD_GLYPHS says which signs are drawn", severity="warning")
        return
    app.use_glyphs("unicode" if app.glyphs == ASCII else "ascii")
