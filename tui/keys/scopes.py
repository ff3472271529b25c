"""Where the keys of actions work: the scopes, what they are called, and which of them hold together.

A scope is a pane, a widget, a dialog or a menu. Those that hold together in one place must not want the same
key: that is asked of the table of actions, of every preset and of the user's own keys.
"""

from __future__ import annotations

SCREEN: dict[str, str] = {
    "app": "Everywhere", "rows": "In lists, logs and diffs", "tree": "In the trees", "marks": "On workspaces",
    "file-tree": "In the tree of files", "wide": "In files and diffs", "session": "In the session",
    "talk": "In the conversation", "range": "In conversations, output and diffs", "log": "In output",
    "diff": "In the diff", "board": "On the board", "prompt": "In the prompt",
}  # fmt: skip
FIELDS: dict[str, str] = {
    "sheet": "In every dialog", "field": "In a line to type in", "choice": "In a line of options",
    "picks": "In a list to pick from", "description": "In a task's description",
    "found": "In what is found while you type", "grep": "In finding text in files",
}  # fmt: skip
DIALOGS: dict[str, str] = {
    "containers": "In the containers", "attempts": "In the attempts", "pictures": "In a task's pictures",
    "pull": "In the pull request", "landing": "In the landing queue", "conflicts": "In conflicts",
    "merge": "In the merge", "history": "In a file's history", "settings": "In the settings",
    "queue": "In the queue of prompts", "timeline": "In the checkpoints", "comments": "In the comments",
}  # fmt: skip
MENUS: dict[str, str] = {
    "question": "In a question", "menu": "In menus",
    "menu-stop": "What to stop", "menu-dispose": "What to do with a workspace or task",
    "menu-bulk": "What to do with all marked tasks", "menu-remix": "What a remix takes along",
    "menu-publish": "What is published", "menu-repair": "A damaged workspace",
    "menu-set-up": "Whose set-up", "menu-templates": "Templates", "menu-dev": "Dev servers",
    "menu-compare": "What the diff compares with", "menu-take": "Where a part is taken",
    "menu-part": "Which part", "menu-update": "How to update", "menu-blame": "Where a line is from",
    "menu-copy": "What to copy", "menu-notify": "How to be told",
}  # fmt: skip
NUMBERED = ("menu-dev", "menu-copy")
"""Menus some of whose choices have numbers."""
TITLES: dict[str, str] = SCREEN | FIELDS | DIALOGS | MENUS
"""What the scopes are called on the card, in the order in which they stand there."""

_ON_SCREEN = (
    {"tree", "marks"}, {"session"}, {"session", "range", "log"}, {"session", "range", "talk"},
    {"diff", "wide", "range"}, {"tree", "wide"}, {"tree", "file-tree"}, {"board"},
)  # fmt: skip
_IN_DIALOGS = (
    {"field", "found", "grep"}, {"choice"}, {"rows", "picks"}, {"rows", "description"}, {"rows", "wide"},
    *({scope, "rows"} for scope in (*DIALOGS, *MENUS)),
    *({scope, "menu", "rows"} for scope in NUMBERED),
)  # fmt: skip
PLACES: tuple[frozenset[str], ...] = (
    *(frozenset({"app", "rows", *scopes}) for scopes in _ON_SCREEN),
    frozenset({"prompt", "description"}),
    *(frozenset({"sheet", *scopes}) for scopes in _IN_DIALOGS),
)
"""Scopes whose keys work together."""


def is_of_dialogs(scope: str) -> bool:
    """Whether a scope is of a dialog or a menu, or of what they are made of."""
    return scope not in SCREEN
