"""The mouse does what one points at: the row under it, the sign of folding, the tab in a border."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from core.values.conflicts import UpdateStyle
from tests.pty import Terminal
from tests.tui.driver import SIZES, Driver, driven
from tests.tui.fake_engine import FakeEngine
from tests.tui.test_start import environment


def place(ui: Driver, text: str) -> tuple[int, int]:
    """Where on the screen a text begins."""
    row, line = next((number, line) for number, line in enumerate(ui.lines()) if text in line)
    return line.index(text), row


@pytest.mark.parametrize("size", SIZES)
async def test_a_click_is_on_the_row_under_it_with_borders_and_without(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    async with driven(engine, size) as ui:
        for title in ("Drop the old export", "Cache the prices", "Redirect after login"):
            await ui.pilot.click(offset=place(ui, title))
            task = next(each for each in engine.tasks_.values() if each.title == title)
            await ui.until(lambda: ui.app.home.situation().task == task, title)  # noqa: B023
            assert ui.app.home.situation().workspace is None


async def test_a_click_on_a_border_is_on_no_row(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.pilot.click(offset=place(ui, "Cache the prices"))
        before = ui.app.home.situation().task
        await ui.pilot.click("#tree", offset=(4, 0))
        await ui.pilot.pause()
        assert before is not None and ui.app.home.situation().task == before


async def test_a_click_on_the_sign_folds_and_unfolds(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        column, row = place(ui, "In review")
        sign = (column - 2, row)
        await ui.pilot.click(offset=sign)
        await ui.until(lambda: "Cache the prices" not in ui.text(), "folded")
        await ui.pilot.click(offset=place(ui, "In review"))
        await ui.pilot.pause()
        assert "Cache the prices" not in ui.text(), "a click beside it only goes there"
        await ui.pilot.click(offset=sign)
        await ui.sees("Cache the prices")


async def test_the_tabs_of_a_session_are_clicked(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        for title, tab in (("Processes", "processes"), ("Output", "out"), ("Talk", "talk")):
            row = next(number for number, line in enumerate(ui.lines()) if " Errors  Processes " in line)
            await ui.pilot.click(offset=(ui.lines()[row].index(f" {title} ") + 1, row))
            await ui.until(lambda: ui.app.home.session.tab == tab, title)  # noqa: B023


@pytest.mark.parametrize("size", SIZES)
async def test_the_keys_beside_the_tabs_are_clicked(engine: FakeEngine, size: tuple[int, int]) -> None:
    async with driven(engine, size) as ui:
        await ui.open_workspace("second")
        column, row = place(ui, "[ ]")
        await ui.pilot.click(offset=(column + 2, row))
        await ui.until(lambda: ui.app.home.session.tab == "out", "the next one")
        column, row = place(ui, "[ ]")
        await ui.pilot.click(offset=(column, row))
        await ui.until(lambda: ui.app.home.session.tab == "talk", "and back")


async def test_one_click_chooses_in_a_menu_and_in_the_palette(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("u")
        await ui.sees("Update second from main", "Rebase")
        await ui.pilot.click(offset=place(ui, "Rebase"))
        assert await ui.asked("update_from_target") == ("second", UpdateStyle.REBASE)
        await ui.press("colon")
        await ui.type("first")
        await ui.sees("Workspace first")
        await ui.pilot.click(offset=place(ui, "Workspace first"))
        await ui.until(lambda: ui.app.home.session.workspace == "first", "gone there")


async def test_the_mouse_is_left_to_the_terminal_and_taken_back(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.press("percent_sign")
        await ui.sees("The mouse is the terminal's")
        assert not ui.app.mouse
        await ui.press("percent_sign")
        await ui.sees("Clicks and the wheel work here")
        assert ui.app.mouse


SETTING = "[interface]\nmouse = false\n"
SCENE = """
import sys
from pathlib import Path
from core.paths import find_home
from tests.tui.fake_engine import FakeEngine
from tests.tui.test_start import environment
from tests.tui.test_hostile_text import fill
from tui.app import BoatyardApp
engine = FakeEngine()
fill(engine)
BoatyardApp(engine.connect, home=find_home(sys.argv[1])).run()
"""
ASKS, LEAVES = b"\x1b[?1003h", b"\x1b[?1003l"


def test_a_terminal_is_told_whether_its_mouse_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text(SETTING)
    with Terminal([sys.executable, "-c", SCENE, str(tmp_path)], env=environment()) as terminal:
        terminal.until_shown("engine ok")
        terminal.until(lambda written: written.rfind(LEAVES) > written.rfind(ASKS))
        terminal.press(b"%")
        terminal.until(lambda written: written.rfind(ASKS) > written.rfind(LEAVES))
        terminal.press(b"%")
        terminal.until(lambda written: written.rfind(LEAVES) > written.rfind(ASKS))
