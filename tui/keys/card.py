"""The card of keys in Markdown, made from the table of actions: a page to pin up, and all of them after it.

`python -m tui.keys.card README.md` prints it, and renews the page in the README; `boatyard keys --card`
prints it with the user's own keys. The first is `tui/KEYS.md`, and a test keeps both so.
"""

from __future__ import annotations

import sys
from itertools import zip_longest
from pathlib import Path

from tui.keys.action import Action
from tui.keys.actions import ACTIONS
from tui.keys.keymap import Keymap
from tui.keys.scopes import TITLES

SHORT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("down, up", ("down", "up")), ("into it, back", ("choose", "back")),
    ("next pane", ("next-pane",)), ("tree, session, files, diff", ("pane-1", "pane-2", "pane-3", "pane-4")),
    ("inner tab", ("inner-previous", "inner-next")), ("zoom, back", ("zoom", "unzoom")),
    ("pane narrower, wider; tree away", ("shrink", "grow", "hide-tree")),
    ("containers, the board", ("containers", "board")),
    ("find any action, task or workspace", ("palette",)),
    ("search everything, in files, a file", ("search", "grep", "find-file")),
    ("filter or find; wrap", ("find", "wrap")), ("turns of the conversation", ("turn-previous", "turn-next")),
    ("mark a range, copy", ("range", "copy")), ("next workspace that waits for you", ("next-waiting",)),
    ("all keys that work here; all settings", ("help", "settings")), ("leave; all agents go on", ("quit",)),
    ("new task, run it", ("new", "start")), ("write to the agent; the queue", ("prompt", "queue")),
    ("send, new line, your editor", ("send", "newline", "editor")),
    ("allow once, always; reject", ("allow", "allow-always", "reject")),
    ("stop what runs", ("stop",)), ("rewind to a turn", ("rewind",)),
    ("undo, step by step", ("undo",)), ("close, archive, remove…", ("dispose",)),
    ("next hunk, next file", ("hunk-next", "file-next")), ("comment; all comments", ("comment", "comments")),
    ("discard, take over", ("discard", "take")), ("read; what it compares with", ("reviewed", "compare")),
    ("which turn brought this line", ("blame",)),
    ("checkpoints; attempts side by side", ("timeline", "attempts")),
    ("update from the target branch", ("update",)), ("merge; the landing queue", ("merge", "landing")),
    ("push, pull request", ("pull-request",)),
    ("shell, your editor, a command", ("shell", "edit", "command")),
    ("dev server", ("dev",)), ("attach to an agent's screen", ("attach",)),
)  # fmt: skip
"""What one needs to know, in words, with the actions in their order; the page that one pins up."""


def short_card(keymap: Keymap) -> str:
    """The table of `SHORT`, with the first key of each action; those without a key are left out."""
    cells = []
    for words, ids in SHORT:
        keys = [keymap.first(each) for each in ids if keymap.first(each)]
        if keys:
            cells.append(f"{' '.join(_code(key) for key in keys)} | {words}")
    return "\n".join(_beside(cells)) + "\n"


def card(keymap: Keymap) -> str:
    """The card as Markdown, the short one first; actions without a key are left to the palette."""
    help_, palette, settings = (_code(keymap.first(each) or each) for each in ("help", "palette", "settings"))
    head = (
        f"{help_} lists those that work where you are, {palette} finds every action, also those without a "
        f"key. {settings} chooses others."
    )
    lines = ["# Keys", "", head, "", short_card(keymap), "# All of them", ""]
    for scope, title in TITLES.items():
        lines += [f"## {title}", "", *_table(keymap, scope), ""]
    return "\n".join(lines)


def _table(keymap: Keymap, scope: str) -> list[str]:
    """The actions of a place, two beside each other so that the card stays short."""
    actions = [each for each in ACTIONS if each.scope == scope and each.label and keymap.keys(each.id)]
    if scope == "app":
        actions.sort(key=lambda each: each.group)
    return _beside([f"{_keys(keymap, each)} | {each.help}" for each in actions])


def _beside(cells: list[str]) -> list[str]:
    half = (len(cells) + 1) // 2
    rows = zip_longest(cells[:half], cells[half:], fillvalue=" | ")
    return ["| keys | | keys | |", "|---|---|---|---|", *(f"| {left} | {right} |" for left, right in rows)]


def _keys(keymap: Keymap, action: Action) -> str:
    return " ".join(_code(key) for key in keymap.names(action.id).split(" "))


def _code(key: str) -> str:
    return f"`{key}`".replace("|", "\\|")


def renewed(readme: str, keymap: Keymap) -> str:
    """A text with its table of keys, which begins as the short card does, as it is now."""
    table = short_card(keymap)
    head = table.partition("\n")[0]
    before, _, rest = readme.partition(head)
    return before + table + "\n" + rest.partition("\n\n")[2] if rest else readme


if __name__ == "__main__":
    for name in sys.argv[1:]:
        page = Path(name)
        page.write_text(renewed(page.read_text(encoding="utf-8"), Keymap({})), encoding="utf-8")
    print(card(Keymap({})), end="")
