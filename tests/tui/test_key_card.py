"""The card of all keys is what the table of actions says."""

from __future__ import annotations

from pathlib import Path

from tui.actions import ACTIONS
from tui.key_card import PLACES, card
from tui.keymap import Keymap, resolve

CARD = Path(__file__).parents[2] / "tui" / "KEYS.md"


def test_the_card_in_the_repository_is_the_one_that_the_table_makes() -> None:
    assert CARD.read_text() == card(Keymap({})), "python -m tui.key_card > tui/KEYS.md"


def test_every_action_with_a_key_is_on_it_with_the_keys_it_has() -> None:
    assert {action.scope for action in ACTIONS} == set(PLACES)
    keymap, _ = resolve("vim", {"merge": "f9"})
    text = card(keymap)
    assert "`f9` | Merge the workspace into its target branch |" in text
    assert all(action.help in text for action in ACTIONS if action.label and keymap.keys(action.id))
