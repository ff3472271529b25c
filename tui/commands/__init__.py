"""What each action does. A handler gets the app; one that waits for anything is a coroutine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tui.commands import (
    checkpoints,
    containers,
    dev_servers,
    keeping,
    merging,
    places,
    projects,
    repos,
    running,
    tasks,
    templates,
    terminals,
    workspaces,
)

if TYPE_CHECKING:
    from tui.app import BoatyardApp

Handler = Callable[["BoatyardApp"], Awaitable[None] | None]

HANDLERS: dict[str, Handler] = {
    "containers": containers.show,
    "defaults": containers.defaults,
    "repair": containers.repair,
    "limits": containers.limits,
    "refused-hosts": containers.refused,
    "new": tasks.new,
    "start": tasks.start,
    "task-done": tasks.done,
    "task-cancel": tasks.cancel,
    "task-todo": tasks.todo,
    "task-edit": tasks.edit,
    "add-project": projects.add,
    "remove-project": projects.remove,
    "repo-settings": repos.settings,
    "templates": templates.show,
    "stop": workspaces.stop,
    "dispose": workspaces.dispose,
    "undo": workspaces.undo,
    "restore": workspaces.restore,
    "close": workspaces.close,
    "remove": workspaces.remove,
    "prompt": workspaces.prompt,
    "allow": workspaces.allow,
    "allow-always": workspaces.allow_always,
    "reject": workspaces.reject,
    "queue": workspaces.queue,
    "merge": merging.merge,
    "timeline": checkpoints.timeline,
    "checkpoint": checkpoints.take,
    "pin": keeping.pin,
    "archive": keeping.archive,
    "remix": keeping.remix,
    "show-archived": keeping.show_archived,
    "recover": keeping.recover,
    "empty-trash": keeping.empty_trash,
    "shell": terminals.shell,
    "command": running.run,
    "dev": dev_servers.dev,
    "edit": terminals.edit,
    "copy": terminals.copy,
    "next-waiting": places.next_waiting,
    "pane-1": places.view("tree"),
    "pane-2": places.view("session"),
    "pane-3": places.view("files"),
    "pane-4": places.view("diff"),
    "zoom": places.zoom,
    "unzoom": places.unzoom,
    "back": places.back,
    "find": places.find,
    "help": places.show_help,
    "palette": places.palette,
    "theme": places.theme,
    "reconnect": places.reconnect,
    "redraw": places.redraw,
    "interrupt": places.interrupt,
    "quit": places.leave,
    "quit-now": places.leave,
}
"""By action id; actions with a `target` of their own are not here."""
