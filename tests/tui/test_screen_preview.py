"""An agent with a screen of its own: seen beside the conversation while it works, and gone into by a key."""

from __future__ import annotations

from typing import Any

import pytest

from core.values.conversation import Screen
from core.values.entities import AgentInfo
from core.values.states import Activity
from tests.tui.driver import SIZES, driven
from tests.tui.fake_engine import FakeEngine
from tui.session.screen_preview import ScreenPreview

AGENT = AgentInfo(name="drawer", title="Drawer", kind="terminal", available=True)


@pytest.mark.parametrize("size", SIZES)
async def test_the_screen_is_seen_while_the_agent_works_and_i_goes_into_it(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    shown = ["\x1b[31mAHOY\x1b[0m [/]"]

    async def screen(name: str) -> Screen:
        return Screen(process_id="p", lines=tuple(shown))

    async def attach_argv(name: str) -> tuple[str, ...]:
        engine.calls.append(("attach_argv", name))
        return ("true",)

    more: Any = engine
    more.screen, more.attach_argv = screen, attach_argv
    engine.agents_ = (*engine.agents_, AGENT)
    engine.set_workspace(engine.workspaces_["first"], agent="drawer", activity=Activity.RUNNING)
    async with driven(engine, size) as ui:
        await ui.open_workspace("first")
        await ui.sees("AHOY [/]")
        shown[:] = ["a new picture"]
        await ui.sees("a new picture")
        await ui.press("right_square_bracket")
        assert not ui.app.home.query_one(ScreenPreview).display
        await ui.press("left_square_bracket")
        await ui.sees("a new picture")
        engine.set_workspace(engine.workspaces_["first"], activity=Activity.IDLE)
        await ui.until(lambda: not ui.app.home.query_one(ScreenPreview).display)


async def test_an_agent_that_talks_has_no_screen(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.pilot.pause()
        assert not ui.app.home.query_one(ScreenPreview).display
