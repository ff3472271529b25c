"""Zoom, widths, hidden panes and the selection are there again at the next start, each for its size."""

from __future__ import annotations

from typing import Any

import pytest

from core.values.prompting import Scratch
from tests.tui.harbour import NOW, Harbour
from tests.tui.steering import Helm, at_the_helm
from tests.tui.test_layout import seen
from tui.home.arrangement import NARROWEST, remembered

VIEWS = ("tree", "session", "files", "diff", "board")


def kept(harbour: Harbour) -> dict[str, Any]:
    """What the engine has of the layout."""
    scratch = harbour.scratches.get(("ui_preferences", "layout"))
    return dict(scratch.payload) if scratch else {}


def width(helm: Helm, pane: str) -> int:
    return int(helm.app.home.query_one(f"#{pane}").outer_size.width)


async def loaded(helm: Helm) -> None:
    await helm.until(lambda: helm.app.home.arranging._loaded, "the layout was read")


async def leave(helm: Helm) -> None:
    await helm.press("q")
    await helm.until(lambda: helm.app._exit, "the interface ends")


async def test_widths_zoom_and_selection_come_back_and_a_key_takes_them_away(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await loaded(helm)
        await helm.press("greater_than_sign", "greater_than_sign")
        await helm.until(lambda: width(helm, "tree") == 44, "the tree is wider")
        await helm.open_workspace("second")
        await helm.press("greater_than_sign")
        await helm.until(lambda: width(helm, "tree") == 40, "the session is wider: the tree is narrower")
        await helm.press("3", "less_than_sign")
        await helm.until(lambda: width(helm, "file-tree") == 36, "the file tree")
        await leave(helm)
    assert kept(fleet)["selected"] == "workspace:second" and kept(fleet)["view"] == "files"
    async with at_the_helm(fleet) as helm:
        await helm.until(lambda: helm.app.home.view == "files", "where it was")
        assert helm.app.home.session.workspace == "second"
        await helm.until(lambda: width(helm, "file-tree") == 36, "as it was")
        await helm.press("2", "plus")
        await helm.until(lambda: seen(helm) == {"session"}, "zoomed")
        await leave(helm)
    async with at_the_helm(fleet) as helm:
        await helm.until(lambda: seen(helm) == {"session"}, "still zoomed")
        await helm.press("0")
        await helm.until(lambda: seen(helm) == {"tree", "session"}, "as at first")
        await helm.until(lambda: width(helm, "tree") == 36, "the width, too")


async def test_a_hidden_tree_stays_hidden_and_is_shown_when_gone_to(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await loaded(helm)
        await helm.open_workspace("second")
        await helm.press("backslash")
        await helm.until(lambda: seen(helm) == {"session"}, "the tree is hidden")
        await leave(helm)
    async with at_the_helm(fleet) as helm:
        await helm.until(lambda: seen(helm) == {"session"}, "still hidden")
        await helm.press("1")
        await helm.until(lambda: seen(helm) == {"tree", "session"}, "shown while one is in it")
        await helm.press("2")
        await helm.until(lambda: seen(helm) == {"session"}, "hidden again")
        await helm.press("backslash")
        await helm.until(lambda: seen(helm) == {"tree", "session"}, "beside it again")


async def test_a_small_window_does_not_overwrite_the_layout_of_the_large_one(fleet: Harbour) -> None:
    async with at_the_helm(fleet, (200, 60)) as helm:
        await loaded(helm)
        await helm.press("greater_than_sign")
        await helm.until(lambda: width(helm, "tree") == 48, "wider")
        await helm.pilot.resize_terminal(80, 24)
        await helm.until(lambda: seen(helm) == {"tree"} and width(helm, "tree") == 80, "the whole width")
        await helm.press("greater_than_sign")
        await helm.sees("there is nothing beside it")
        await helm.press("plus")
        await helm.pilot.resize_terminal(200, 60)
        await helm.until(lambda: seen(helm) == {"tree", "session", "inspector"}, "not zoomed here")
        await helm.until(lambda: width(helm, "tree") == 48, "as wide as before")
        await leave(helm)
    sizes = kept(fleet)["sizes"]
    assert sizes["narrow"]["zoomed"] and not sizes["wide"]["zoomed"]
    assert sizes["wide"]["widths"] == {"tree": 48} and sizes["medium"]["widths"] == {}


async def test_who_has_begun_already_is_not_taken_elsewhere(fleet: Harbour) -> None:
    payload: dict[str, object] = {"selected": "workspace:second", "view": "diff"}
    scratch = Scratch(kind="ui_preferences", id="layout", payload=payload, updated_at=NOW)
    async with at_the_helm(fleet) as helm:
        await loaded(helm)
        await helm.press("g", "G")
        fleet.scratches["ui_preferences", "layout"] = scratch
        helm.app.home.arranging._loaded = False  # as if the engine had been slow to answer
        await helm.app.home.arranging.load(select=True)
        assert helm.app.home.view == "tree"


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


async def test_a_selection_that_is_gone_leaves_the_start_as_it_is(fleet: Harbour) -> None:
    payload: dict[str, object] = {"selected": "workspace:gone", "view": "diff"}
    scratch = Scratch(kind="ui_preferences", id="layout", payload=payload, updated_at=NOW)
    fleet.scratches["ui_preferences", "layout"] = scratch
    async with at_the_helm(fleet) as helm:
        await loaded(helm)
        await helm.until(lambda: helm.app.home.focused is helm.app.home.tree_view, "the tree")
        assert helm.app.home.view == "tree"
