"""The list of the keys that work in a dialog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from tui.keys.actions import BY_ID
from tui.widgets.finder import Finder, Found

if TYPE_CHECKING:
    from textual.widget import Widget

    from tui.looks.look import Look


def key_list(ids: Sequence[str], screen: Widget) -> Finder:
    """Actions with their keys, those of the dialog first; gives the id of the one that is to be done."""
    keymap = cast("Look", screen.app).keymap
    actions = [BY_ID[each] for each in dict.fromkeys(ids)]
    actions.sort(key=lambda action: (action.scope == "sheet", action.scope in ("rows", "found")))
    found = [Found(each.label, each.help, each.id, keymap.names(each.id), each.group) for each in actions]
    return Finder("Keys that work here", found, "find a key or an action")
