"""Every action that a key can start, as data: key bindings, footer, help and palette all read this table.

The keys here are those of a user who has chosen no others (see `tui.keys.keymap`). None is one that tmux
swallows or changes, and none that one has to hold Alt or Ctrl with punctuation for: a test holds the table
against `tui.keys.names.SWALLOWED`. The command line reads the table, too: nothing of Textual is imported
for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.keys.action import Action
from tui.keys.dialog_actions import DIALOG_ACTIONS
from tui.keys.menu_actions import MENU_ACTIONS
from tui.keys.screen_actions import SCREEN_ACTIONS

if TYPE_CHECKING:
    from textual.binding import Binding

ACTIONS: tuple[Action, ...] = (*SCREEN_ACTIONS, *DIALOG_ACTIONS, *MENU_ACTIONS)

FOOTER: dict[str, tuple[str, ...]] = {
    "welcome": ("new", "add-project", "quit"),
    "tree": (
        "allow",
        "reject",
        "choose",
        "new",
        "start",
        "prompt",
        "pane-4",
        "merge",
        "stop",
        "dispose",
        "add-project",
    ),
    "session": (
        "allow",
        "allow-always",
        "reject",
        "prompt",
        "stop",
        "pane-4",
        "merge",
        "dispose",
        "inner-next",
        "back",
        "choose",
    ),
    "files": (
        "choose",
        "edit",
        "find-file",
        "grep",
        "new-file",
        "delete-file",
        "pane-4",
        "prompt",
        "merge",
        "copy",
        "back",
    ),
    "card": ("start", "new", "dispose", "undo", "add-project", "back"),
    "diff-files": ("choose", "compare", "comments", "merge", "prompt", "back"),
    "diff": ("hunk-next", "comment", "comments", "discard", "merge", "reviewed", "prompt", "back"),
    "board": ("choose", "new", "card-right", "mark-card", "filter", "bulk", "edit-card", "back"),
    "prompt": ("send", "newline", "leave", "editor", "send-to"),
}
"""The actions that the footer shows in each view, and in some states of one (see `tui.home.footer`), the
most wanted first; the first six that make sense."""

BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}


def no_key(action_id: str) -> str:
    """Stands for the key of an action that has none, so that it can be given one."""
    return f"none-{action_id}"


def bindings(*scopes: str) -> list[Binding]:
    """Textual's bindings of all actions of these scopes."""
    from textual.binding import Binding

    return [
        Binding(",".join(action.keys) or no_key(action.id), action.action, action.label, show=False,
                priority=action.priority, id=action.id)
        for action in ACTIONS
        if action.scope in scopes
    ]  # fmt: skip
