"""`boatyard keys`: every action of the interface with its keys, as the user's settings have them."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.verb import Verb


async def keys(call: Invocation) -> None:
    # Only here: the table of actions is the interface's own, and knows no Textual.
    from tui.keys.actions import ACTIONS
    from tui.keys.card import card
    from tui.keys.settings import read_keymap, told

    file = call.home.config / "config.toml"
    keymap, troubles = read_keymap(file, call.args.preset or "")
    if call.args.card and not call.out.json:
        call.out.data(card(keymap))
        return
    wanted = [action for action in ACTIONS if call.args.all or keymap.keys(action.id)]
    documents = [
        {"id": action.id, "keys": keymap.names(action.id).split(), "label": action.label,
         "group": action.group, "where": action.scope, "help": action.help}
        for action in wanted
    ]  # fmt: skip
    rows = [(keymap.names(each.id) or "-", each.id, each.group, each.help) for each in wanted]
    call.out.table(documents, ("KEYS", "ACTION", "GROUP", "WHAT IT DOES"), rows)
    for trouble in troubles:
        call.out.note(f"{told(file, trouble)}\n  {trouble.hint}")


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preset", metavar="NAME", help="as with another preset: default, vim, arrows")
    parser.add_argument("--card", action="store_true", help="as one page of Markdown, to print and pin up")
    parser.add_argument("--all", action="store_true", help="also actions that only the palette reaches")


VERBS = (Verb("", "keys", "list the interface's actions and their keys", keys, _declare),)
