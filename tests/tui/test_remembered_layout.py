"""Zoom, widths, hidden panes and the selection are there again at the next start, each for its size."""

from __future__ import annotations

from typing import Any

import pytest
from textual import events

from core.values.prompting import Scratch
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine
from tests.tui.fake_engine.values import NOW
from tests.tui.test_layout import seen
from tui.home.arrangement import BESIDE, NARROWEST, remembered

VIEWS = ("tree", "session", "files", "diff", "board")


def kept(bare_engine: FakeEngine) -> dict[str, Any]:
    """What the engine has of the layout."""
    scratch = bare_engine.scratches.get(("ui_preferences", "layout"))
    return dict(scratch.payload) if scratch else {}


def width(ui: Driver, pane: str) -> int:
    return int(ui.app.home.query_one(f"#{pane}").outer_size.width)


async def drag(ui: Driver, column: int, to: int, row: int = 10, *, release: bool = True) -> None:
    """Takes hold at a column and moves to another one, by way of those between."""
    step = 1 if to > column else -1
    where: list[tuple[type[events.MouseEvent], int]] = [(events.MouseDown, column)]
    where += [(events.MouseMove, each) for each in range(column + step, to + step, step)]
    where += [(events.MouseUp, to)] if release else []
    for kind, x in where:
        ui.app.post_message(kind(None, x, row, 0, 0, 1, False, False, False))
    await ui.pilot.pause()


async def loaded(ui: Driver) -> None:
    await ui.until(lambda: ui.app.home.arranging._loaded, "the layout was read")


async def leave(ui: Driver) -> None:
    await ui.press("q")
    await ui.until(lambda: ui.app._exit, "the interface ends")


async def test_widths_zoom_and_selection_come_back_and_a_key_takes_them_away(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await loaded(ui)
        await ui.press("greater_than_sign", "greater_than_sign")
        await ui.until(lambda: width(ui, "tree") == 44, "the tree is wider")
        await ui.open_workspace("second")
        await ui.press("greater_than_sign")
        await ui.until(lambda: width(ui, "tree") == 40, "the session is wider: the tree is narrower")
        await ui.press("3", "less_than_sign")
        await ui.until(lambda: width(ui, "file-tree") == 36, "the file tree")
        await leave(ui)
    assert kept(engine)["selected"] == "workspace:second" and kept(engine)["view"] == "files"
    async with driven(engine) as ui:
        await ui.until(lambda: ui.app.home.view == "files", "where it was")
        assert ui.app.home.session.workspace == "second"
        await ui.until(lambda: width(ui, "file-tree") == 36, "as it was")
        await ui.press("2", "plus")
        await ui.until(lambda: seen(ui) == {"session"}, "zoomed")
        await leave(ui)
    async with driven(engine) as ui:
        await ui.until(lambda: seen(ui) == {"session"}, "still zoomed")
        await ui.press("0")
        await ui.until(lambda: seen(ui) == {"tree", "session"}, "as at first")
        await ui.until(lambda: width(ui, "tree") == 36, "the width, too")


@pytest.mark.parametrize(
    ("view", "pane", "line", "to", "cells"),
    [
        ("1", "tree", 43, 53, 54), ("2", "tree", 44, 34, 34), ("2", "inspector", 148, 138, 62),
        ("3", "file-tree", 84, 94, 50), ("4", "diff-files", 40, 30, 30),
    ],
)  # fmt: skip
async def test_a_line_between_panes_is_dragged_and_stays_there(
    engine: FakeEngine, view: str, pane: str, line: int, to: int, cells: int
) -> None:
    async with driven(engine, (200, 60)) as ui:
        await loaded(ui)
        await ui.open_workspace("second")
        await ui.press(view)
        await ui.until(lambda: ui.app.home.query_one(f"#{pane}").is_on_screen, pane)
        await drag(ui, line, to)
        await ui.until(lambda: width(ui, pane) == cells, "it follows the mouse")
        await drag(ui, 100, 110, row=3)
        assert width(ui, pane) == cells, "elsewhere there is nothing to take hold of"
        await leave(ui)
    assert kept(engine)["sizes"]["wide"]["widths"] == {pane: cells}


async def test_a_line_is_dragged_as_far_as_the_keys_go_and_chooses_nothing(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await loaded(ui)
        await ui.open_workspace("second")
        row = next(at for at, line in enumerate(ui.lines()) if "Redirect after login" in line)
        await drag(ui, 35, 3, row)
        await ui.until(lambda: width(ui, "tree") == NARROWEST, "as narrow as it gets")
        assert ui.app.home.session.workspace == "second"
        await drag(ui, NARROWEST, 119)
        await ui.until(lambda: width(ui, "tree") == 120 - BESIDE, "as wide")


async def test_a_line_is_let_go_when_something_else_comes_before_it(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await loaded(ui)
        await drag(ui, 35, 45, release=False)
        await ui.press("question_mark")
        await ui.until(lambda: ui.app.screen is not ui.app.home, "the help")
        await ui.press("escape")
        await ui.until(lambda: ui.app.screen is ui.app.home, "the panes")
        await drag(ui, 80, 90)
        assert width(ui, "tree") == 46


async def test_where_the_tree_is_hidden_keys_are_about_the_inspector(engine: FakeEngine) -> None:
    async with driven(engine, (200, 60)) as ui:
        await loaded(ui)
        await ui.open_workspace("second")
        await ui.press("backslash")
        await ui.until(lambda: seen(ui) == {"session", "inspector"}, "no tree")
        await ui.press("greater_than_sign")
        await ui.until(lambda: width(ui, "inspector") == 48, "the session is wider")


async def test_a_hidden_tree_stays_hidden_and_is_shown_when_gone_to(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await loaded(ui)
        await ui.open_workspace("second")
        await ui.press("backslash")
        await ui.until(lambda: seen(ui) == {"session"}, "the tree is hidden")
        await leave(ui)
    async with driven(engine) as ui:
        await ui.until(lambda: seen(ui) == {"session"}, "still hidden")
        await ui.press("1")
        await ui.until(lambda: seen(ui) == {"tree", "session"}, "shown while one is in it")
        await ui.press("2")
        await ui.until(lambda: seen(ui) == {"session"}, "hidden again")
        await ui.press("backslash")
        await ui.until(lambda: seen(ui) == {"tree", "session"}, "beside it again")


async def test_a_small_window_does_not_overwrite_the_layout_of_the_large_one(engine: FakeEngine) -> None:
    async with driven(engine, (200, 60)) as ui:
        await loaded(ui)
        await ui.press("greater_than_sign")
        await ui.until(lambda: width(ui, "tree") == 48, "wider")
        await ui.pilot.resize_terminal(80, 24)
        await ui.until(lambda: seen(ui) == {"tree"} and width(ui, "tree") == 80, "the whole width")
        await ui.press("greater_than_sign")
        await ui.sees("there is nothing beside it")
        await ui.press("plus")
        await ui.sees("the pane has the whole screen already")
        await ui.press("backslash")
        await ui.until(lambda: seen(ui) == {"tree"}, "where one is")
        await ui.pilot.resize_terminal(200, 60)
        await ui.until(lambda: seen(ui) == {"tree", "session", "inspector"}, "not zoomed here")
        await ui.until(lambda: width(ui, "tree") == 48, "as wide as before")
        await leave(ui)
    sizes = kept(engine)["sizes"]
    assert not sizes["narrow"]["zoomed"] and not sizes["narrow"]["hidden"] and not sizes["wide"]["zoomed"]
    assert sizes["wide"]["widths"] == {"tree": 48} and sizes["medium"]["widths"] == {}


async def test_who_has_begun_already_is_not_taken_elsewhere(engine: FakeEngine) -> None:
    payload: dict[str, object] = {"selected": "workspace:second", "view": "diff"}
    scratch = Scratch(kind="ui_preferences", id="layout", payload=payload, updated_at=NOW)
    async with driven(engine) as ui:
        await loaded(ui)
        await ui.press("g", "G")
        engine.scratches["ui_preferences", "layout"] = scratch
        ui.app.home.arranging._loaded = False  # as if the engine had been slow to answer
        await ui.app.home.arranging.load(select=True)
        assert ui.app.home.view == "tree"


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"sizes": 3, "selected": ["x"], "view": "nowhere"},
        {"sizes": {"wide": [], "narrow": {"widths": {"tree": "x", "no": 3, "inspector": True}, "hidden": 4}}},
        {"sizes": {"medium": {"widths": {"tree": -5, "inspector": 10**9}, "hidden": ["session", {}]}}},
        {"selected": "workspace:" + "x" * 1000, "view": None},
    ],
)
def test_what_is_kept_is_read_as_data_that_may_be_anything(payload: dict[str, object]) -> None:
    found = remembered(payload, VIEWS)
    assert (found.selected, found.view) == ("", "")
    for arrangement in found.sizes.values():
        assert not arrangement.zoomed and arrangement.hidden == []
        assert all(NARROWEST <= cells <= 500 for cells in arrangement.widths.values())


async def test_a_selection_that_is_gone_leaves_the_start_as_it_is(engine: FakeEngine) -> None:
    payload: dict[str, object] = {"selected": "workspace:gone", "view": "diff"}
    scratch = Scratch(kind="ui_preferences", id="layout", payload=payload, updated_at=NOW)
    engine.scratches["ui_preferences", "layout"] = scratch
    async with driven(engine) as ui:
        await loaded(ui)
        await ui.until(lambda: ui.app.home.focused is ui.app.home.tree_view, "the tree")
        assert ui.app.home.view == "tree"
