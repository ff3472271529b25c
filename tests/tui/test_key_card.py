"""The card of all keys is what the table of actions says."""

from __future__ import annotations

from pathlib import Path

from tui.keys.actions import ACTIONS, BY_ID
from tui.keys.card import SHORT, card, short_card
from tui.keys.keymap import Keymap, resolve
from tui.keys.scopes import TITLES

ROOT = Path(__file__).parents[2]
CARD, README = ROOT / "tui" / "KEYS.md", ROOT / "README.md"
RENEW = "python -m tui.keys.card README.md > tui/KEYS.md"


def test_the_card_in_the_repository_is_the_one_that_the_table_makes() -> None:
    assert CARD.read_text() == card(Keymap({})), RENEW


def test_the_readme_has_the_page_to_pin_up_and_it_is_one() -> None:
    page = short_card(Keymap({}))
    assert f"\n\n{page}\n" in README.read_text(encoding="utf-8"), RENEW
    assert card(Keymap({})).index(page) < 300
    assert len(page.splitlines()) <= 25 and max(map(len, page.splitlines())) < 130
    assert {each for _, ids in SHORT for each in ids} <= set(BY_ID)


def test_the_page_has_the_keys_of_the_user_and_leaves_out_what_has_none() -> None:
    keymap, _ = resolve("default", {"merge": "f9", "attach": []})
    page = short_card(keymap)
    assert "`f9` `M` | merge" in page and "attach" not in page


def test_every_action_with_a_key_is_on_it_with_the_keys_it_has() -> None:
    assert {action.scope for action in ACTIONS} == set(TITLES)
    keymap, _ = resolve("vim", {"merge": "f9"})
    text = card(keymap)
    assert "`f9` | Merge the workspace into its target branch |" in text
    assert all(action.help in text for action in ACTIONS if action.label and keymap.keys(action.id))
