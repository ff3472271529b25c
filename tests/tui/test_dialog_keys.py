"""The keys of dialogs: all from the table of actions, told in the dialog, and the user's own."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.message_pump import MessagePump
from textual.widgets import Input

import tui
from core.paths import find_home
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine
from tests.tui.test_keymaps import settings
from tui.keys.actions import ACTIONS, BY_ID
from tui.keys.keymap import ids_of, resolve
from tui.keys.scopes import DIALOGS, PLACES, is_of_dialogs
from tui.widgets.menu import Menu
from tui.widgets.prompt import Prompt
from tui.widgets.sheet import Sheet

EDITING = {each.action for each in Input.BINDINGS if isinstance(each, Binding)} - {"submit"}
"""What keys do in a line to type in, which is Textual's."""


def classes() -> Iterator[type]:
    """Everything of the interface that a key can reach."""
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if module.name not in ("tui.entry", "tui.picture"):
            importlib.import_module(module.name)
    waiting: list[type] = [MessagePump]
    while waiting:
        below: list[type] = waiting.pop().__subclasses__()
        waiting += below
        yield from (each for each in below if each.__module__.startswith("tui."))


EVERYTHING = [*dict.fromkeys(classes())]
SHEETS = [each for each in EVERYTHING if issubclass(each, Sheet)]


def own_bindings(cls: type) -> list[Binding]:
    return [each for each in vars(cls).get("BINDINGS", ()) if isinstance(each, Binding)]


def hints_of(sheet: type) -> tuple[str, ...]:
    return tuple(getattr(sys.modules[sheet.__module__], "HINTS", ()))


def test_the_dialogs_are_found() -> None:
    assert len(SHEETS) >= 30
    assert {each.__name__ for each in SHEETS} >= {"Menu", "Finder", "MergeSheet", "SettingsSheet"}


@pytest.mark.parametrize("cls", EVERYTHING, ids=lambda cls: cls.__name__)
def test_every_binding_is_one_of_the_table(cls: type) -> None:
    for binding in own_bindings(cls):
        if binding.id is None and binding.action in EDITING:
            continue
        assert binding.id in BY_ID, binding
        assert BY_ID[binding.id].action == binding.action


def test_nothing_takes_keys_past_the_table() -> None:
    """But for a prompt, which lets keys of the table through, and a menu, whose choices are in it."""
    for cls in EVERYTHING:
        names = {name for name in vars(cls) if name in ("on_key", "_on_key") or name.startswith("key_")}
        assert not names or cls in (Prompt, Menu), (cls, names)


def test_every_action_of_a_dialog_is_bound_by_one_done_there_and_told_there() -> None:
    bound = {each.id: cls for cls in SHEETS for each in own_bindings(cls) if "act(" in each.action}
    assert set(bound) == {action.id for action in ACTIONS if action.scope in DIALOGS}
    for name, sheet in bound.items():
        assert f'"{name}"' in inspect.getsource(sys.modules[sheet.__module__]), name
        assert name in [each for hint in hints_of(sheet) for each in ids_of(hint)], name


def test_every_key_that_a_hint_names_is_there() -> None:
    for cls in SHEETS:
        assert {each for hint in hints_of(cls) for each in ids_of(hint)} <= set(BY_ID)


def test_every_scope_of_dialogs_is_in_a_place_where_clashes_are_looked_for() -> None:
    placed = {scope for place in PLACES for scope in place}
    assert {action.scope for action in ACTIONS if is_of_dialogs(action.scope)} <= placed


def test_what_stands_for_another_action_goes_with_it_where_its_key_is_free() -> None:
    keymap, troubles = resolve("default", {"dispose": "x", "reject": "D", "undo": "f8"})
    assert not troubles
    assert keymap.keys("container-remove") == ("x",) and keymap.keys("queued-back") == ("f8",)
    assert keymap.keys("landing-drop") == ("d",), "x stops the queue there"


def test_a_key_that_a_dialog_has_already_is_refused() -> None:
    _, troubles = resolve("default", {"queued-drop": "r"})
    assert [each.entry for each in troubles] == ["queued-drop"] and "queued-resume" in troubles[0].message


def test_hints_have_room_and_what_has_none_is_behind_a_key() -> None:
    keymap, _ = resolve("default", {"container-log": []})
    hints = ("{container-mark} mark", "{container-log} log", "{container-start} up", "{sheet-leave} leave")
    assert keymap.fit(hints, 40) == "space mark  u up  esc leave"
    assert keymap.fit(hints, 26) == "space mark  ? all keys"


async def test_a_dialog_has_the_users_keys_and_lists_them(engine: FakeEngine, tmp_path: Path) -> None:
    own = '[keys.map]\ncontainer-mark = "M"\nhelp = "f1"\nchoose = "f5"\n'
    async with driven(engine, home=find_home(str(settings(tmp_path, own)))) as ui:
        await ui.press("5")
        await ui.sees("M mark", "f5 go there")
        await ui.press("question_mark")
        assert ui.app.screen.query("#columns"), "the old key does nothing"
        await ui.press("f1")
        await ui.sees("Keys that work here", "Mark the container")
        await ui.type("defaults")
        await ui.press("enter")
        await ui.sees("Defaults of new workspaces")


async def test_a_choice_of_a_menu_has_the_users_key(engine: FakeEngine, tmp_path: Path) -> None:
    own = '[keys.map]\ncompare-turn = "f6"\n'
    async with driven(engine, home=find_home(str(settings(tmp_path, own)))) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "B")
        await ui.sees("f6 The last turn")
        await ui.press("l")
        await ui.sees("f6 The last turn")
        await ui.press("f6")
        await ui.until(lambda: ui.app.home.diff.compared.base == "turn", "compared with the last turn")
