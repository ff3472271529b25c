from __future__ import annotations

from functools import partial

import pytest

from core.values.conversation import Entry, EntryKind
from core.values.review import Change
from tests.tui.driver import SIZES, Driver, driven
from tests.tui.fake_engine import FakeEngine, changed_file
from tui.terminal.attention import in_need


def seen(ui: Driver) -> set[str]:
    names = ("tree", "session", "files", "diff", "inspector")
    return {name for name in names if ui.app.home.query_one(f"#{name}").is_on_screen}


def _shows(ui: Driver, panes: set[str]) -> bool:
    return seen(ui) == panes


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((80, 24), [{"tree"}, {"session"}, {"files"}, {"diff"}]),
        ((120, 40), [{"tree", "session"}, {"tree", "session"}, {"files"}, {"diff"}]),
        ((200, 60), [{"tree", "session", "inspector"}] * 2 + [{"tree", "files"}, {"diff"}]),
    ],
)
async def test_each_size_shows_the_panes_it_has_room_for(
    engine: FakeEngine, size: tuple[int, int], expected: list[set[str]]
) -> None:
    async with driven(engine, size) as ui:
        await ui.open_workspace("second")
        for key, panes in zip("1234", expected, strict=True):
            await ui.press(key)
            await ui.until(partial(_shows, ui, panes), f"{key}: {panes}")
            assert ui.app.home._inside(ui.app.home.focused, ui.app.home.view)  # type: ignore[arg-type]


async def test_zoom_gives_a_pane_the_screen_and_back(engine: FakeEngine) -> None:
    async with driven(engine, (200, 60)) as ui:
        await ui.open_workspace("second")
        await ui.press("plus")
        await ui.until(lambda: seen(ui) == {"session"}, "alone")
        await ui.press("underscore")
        await ui.until(lambda: seen(ui) == {"tree", "session", "inspector"}, "all")
        await ui.press("1", "plus")
        await ui.until(lambda: seen(ui) == {"tree"}, "the tree alone")
        await ui.press("escape")
        await ui.until(lambda: seen(ui) == {"tree", "session", "inspector"}, "all again")


@pytest.mark.parametrize("size", [(59, 40), (120, 14), (20, 5)])
async def test_a_screen_that_is_too_small_says_so(engine: FakeEngine, size: tuple[int, int]) -> None:
    async with driven(engine, size) as ui:
        await ui.sees("too small")
        assert not seen(ui)


async def test_resizing_keeps_selection_and_focus(engine: FakeEngine) -> None:
    async with driven(engine, (120, 40)) as ui:
        await ui.open_workspace("second")
        for size in ((80, 24), (40, 10), (200, 60), (120, 40)):
            await ui.pilot.resize_terminal(*size)
            await ui.pilot.pause()
        await ui.until(lambda: seen(ui) == {"tree", "session"}, "as before")
        assert ui.app.home.session.workspace == "second"
        assert ui.app.home.session.main.has_focus


async def test_tab_goes_through_the_panes_in_sight(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        places = []
        for _ in range(3):
            await ui.press("tab")
            assert ui.app.home.focused is not None
            places.append(ui.app.home.focused.id)
        assert sorted(map(str, places)) == ["prompt", "talk", "tree"]


async def test_the_wide_screen_lists_the_touched_files_beside_the_session(engine: FakeEngine) -> None:
    engine.changed = (changed_file("src/a.py", 7, 2), changed_file("b.md", change=Change.ADDED))
    async with driven(engine, (200, 60)) as ui:
        await ui.open_workspace("second")
        await ui.sees("Changed files 2", "src/a.py", "boatyard/second", "Demo agent (demonstration)")


async def test_the_session_names_the_demonstration_and_what_isolates_nothing(engine: FakeEngine) -> None:
    engine.set_workspace(engine.workspaces_["first"], notice="Nothing isolates this workspace")
    async with driven(engine, (80, 24)) as ui:
        await ui.open_workspace("first")
        await ui.sees("(demonstration)", "Nothing isolates this workspace")


@pytest.mark.parametrize("size", SIZES)
async def test_a_conversation_opens_at_its_end(engine: FakeEngine, size: tuple[int, int]) -> None:
    for number in range(80):
        text = f"Line {number} of a long talk"
        entry = Entry(id=str(number), process_id="p", kind=EntryKind.MESSAGE, order=number, text=text)
        engine.put_entry("second", entry)
    engine.put_approval("second", "Second asks", "", ())
    async with driven(engine, size) as ui:
        await ui.until(lambda: in_need(ui.app.store), "it waits")
        await ui.press("semicolon")
        await ui.sees("Second asks", "Line 79 of a long talk")
