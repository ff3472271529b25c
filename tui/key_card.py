"""The card of all keys, on one page of Markdown, made from the table of actions.

`python -m tui.key_card` prints it; `boatyard keys --card` prints it with the user's own keys. The first is
`tui/KEYS.md`, and a test keeps it so.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from tui.actions import ACTIONS, Action
from tui.keymap import Keymap

PLACES = {
    "app": "Everywhere", "rows": "In lists, logs and diffs", "tree": "In the trees", "marks": "On workspaces",
    "file-tree": "In the tree of files", "wide": "In files and diffs", "session": "In the session",
    "talk": "In the conversation", "range": "In conversations, output and diffs", "log": "In output",
    "diff": "In the diff", "board": "On the board", "prompt": "In the prompt",
}  # fmt: skip
"""What the scopes are called on the card, in the order in which they stand there."""


def card(keymap: Keymap) -> str:
    """The card as Markdown; actions without a key are left to the palette."""
    lines = ["# Keys", "", f"`{keymap.first('help') or 'help'}` lists those that work where you are, and "
             f"`{keymap.first('palette') or 'palette'}` finds every action, also those without a key. "
             "`[keys]` in the settings chooses others.", ""]  # fmt: skip
    for scope, title in PLACES.items():
        lines += [f"## {title}", "", *_table(keymap, scope), ""]
    return "\n".join(lines)


def _table(keymap: Keymap, scope: str) -> Iterator[str]:
    """The actions of a place, two beside each other so that the card stays short."""
    actions = [each for each in ACTIONS if each.scope == scope and each.label and keymap.keys(each.id)]
    if scope == "app":
        actions.sort(key=lambda each: each.group)
    cells = [f"{_keys(keymap, each)} | {each.help}" for each in actions]
    half = (len(cells) + 1) // 2
    yield "| keys | | keys | |"
    yield "|---|---|---|---|"
    for left, right in zip_longest(cells[:half], cells[half:], fillvalue=" | "):
        yield f"| {left} | {right} |"


def _keys(keymap: Keymap, action: Action) -> str:
    return " ".join(f"`{key}`".replace("|", "\\|") for key in keymap.names(action.id).split(" "))


if __name__ == "__main__":
    print(card(Keymap({})), end="")
