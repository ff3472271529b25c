from __future__ import annotations

from functools import partial

import pytest

from core.values.conversation import Entry, EntryKind
from core.values.review import Change
from tests.tui.harbour import Harbour, changed_file
from tests.tui.steering import SIZES, Helm, at_the_helm
from tui.terminal.attention import in_need


def seen(helm: Helm) -> set[str]:
    names = ("tree", "session", "files", "diff", "inspector")
    return {name for name in names if helm.app.home.query_one(f"#{name}").is_on_screen}


def _shows(helm: Helm, panes: set[str]) -> bool:
    return seen(helm) == panes


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((80, 24), [{"tree"}, {"session"}, {"files"}, {"diff"}]),
        ((120, 40), [{"tree", "session"}, {"tree", "session"}, {"files"}, {"diff"}]),
        ((200, 60), [{"tree", "session", "inspector"}] * 2 + [{"tree", "files"}, {"diff"}]),
    ],
)
async def test_each_size_shows_the_panes_it_has_room_for(
    fleet: Harbour, size: tuple[int, int], expected: list[set[str]]
) -> None:
    async with at_the_helm(fleet, size) as helm:
        await helm.open_workspace("second")
        for key, panes in zip("1234", expected, strict=True):
            await helm.press(key)
            await helm.until(partial(_shows, helm, panes), f"{key}: {panes}")
            assert helm.app.home._inside(helm.app.home.focused, helm.app.home.view)  # type: ignore[arg-type]


async def test_zoom_gives_a_pane_the_screen_and_back(fleet: Harbour) -> None:
    async with at_the_helm(fleet, (200, 60)) as helm:
        await helm.open_workspace("second")
        await helm.press("plus")
        await helm.until(lambda: seen(helm) == {"session"}, "alone")
        await helm.press("underscore")
        await helm.until(lambda: seen(helm) == {"tree", "session", "inspector"}, "all")
        await helm.press("1", "plus")
        await helm.until(lambda: seen(helm) == {"tree"}, "the tree alone")
        await helm.press("escape")
        await helm.until(lambda: seen(helm) == {"tree", "session", "inspector"}, "all again")


@pytest.mark.parametrize("size", [(59, 40), (120, 14), (20, 5)])
async def test_a_screen_that_is_too_small_says_so(fleet: Harbour, size: tuple[int, int]) -> None:
    async with at_the_helm(fleet, size) as helm:
        await helm.sees("too small")
        assert not seen(helm)


async def test_resizing_keeps_selection_and_focus(fleet: Harbour) -> None:
    async with at_the_helm(fleet, (120, 40)) as helm:
        await helm.open_workspace("second")
        for size in ((80, 24), (40, 10), (200, 60), (120, 40)):
            await helm.pilot.resize_terminal(*size)
            await helm.pilot.pause()
        await helm.until(lambda: seen(helm) == {"tree", "session"}, "as before")
        assert helm.app.home.session.workspace == "second"
        assert helm.app.home.session.main.has_focus


async def test_tab_goes_through_the_panes_in_sight(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        places = []
        for _ in range(3):
            await helm.press("tab")
            assert helm.app.home.focused is not None
            places.append(helm.app.home.focused.id)
        assert sorted(map(str, places)) == ["prompt", "talk", "tree"]


async def test_the_wide_screen_lists_the_touched_files_beside_the_session(fleet: Harbour) -> None:
    fleet.changed = (changed_file("src/a.py", 7, 2), changed_file("b.md", change=Change.ADDED))
    async with at_the_helm(fleet, (200, 60)) as helm:
        await helm.open_workspace("second")
        await helm.sees("Changed files 2", "src/a.py", "boatyard/second", "Demo agent (demonstration)")


async def test_the_session_names_the_demonstration_and_what_isolates_nothing(fleet: Harbour) -> None:
    fleet.set_workspace(fleet.workspaces_["first"], notice="Nothing isolates this workspace")
    async with at_the_helm(fleet, (80, 24)) as helm:
        await helm.open_workspace("first")
        await helm.sees("(demonstration)", "Nothing isolates this workspace")


@pytest.mark.parametrize("size", SIZES)
async def test_a_conversation_opens_at_its_end(fleet: Harbour, size: tuple[int, int]) -> None:
    for number in range(80):
        text = f"Line {number} of a long talk"
        entry = Entry(id=str(number), process_id="p", kind=EntryKind.MESSAGE, order=number, text=text)
        fleet.put_entry("second", entry)
    fleet.put_approval("second", "Second asks", "", ())
    async with at_the_helm(fleet, size) as helm:
        await helm.until(lambda: in_need(helm.app.store), "it waits")
        await helm.press("semicolon")
        await helm.sees("Second asks", "Line 79 of a long talk")
