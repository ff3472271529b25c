"""An agent with a screen of its own: seen beside the conversation while it works, and gone into by a key."""

from __future__ import annotations

from typing import Any

import pytest

from core.values.conversation import Screen
from core.values.entities import AgentInfo
from core.values.states import Activity
from tests.tui.harbour import Harbour
from tests.tui.steering import SIZES, at_the_helm
from tui.session.screen_preview import ScreenPreview

AGENT = AgentInfo(name="drawer", title="Drawer", kind="terminal", available=True)


@pytest.mark.parametrize("size", SIZES)
async def test_the_screen_is_seen_while_the_agent_works_and_i_goes_into_it(
    fleet: Harbour, size: tuple[int, int]
) -> None:
    shown = ["\x1b[31mAHOY\x1b[0m [/]"]

    async def screen(name: str) -> Screen:
        return Screen(process_id="p", lines=tuple(shown))

    async def attach_argv(name: str) -> tuple[str, ...]:
        fleet.calls.append(("attach_argv", name))
        return ("true",)

    more: Any = fleet
    more.screen, more.attach_argv = screen, attach_argv
    fleet.agents_ = (*fleet.agents_, AGENT)
    fleet.set_workspace(fleet.workspaces_["first"], agent="drawer", activity=Activity.RUNNING)
    async with at_the_helm(fleet, size) as helm:
        await helm.open_workspace("first")
        await helm.sees("AHOY [/]")
        shown[:] = ["a new picture"]
        await helm.sees("a new picture")
        await helm.press("right_square_bracket")
        assert not helm.app.home.query_one(ScreenPreview).display
        await helm.press("left_square_bracket")
        await helm.sees("a new picture")
        fleet.set_workspace(fleet.workspaces_["first"], activity=Activity.IDLE)
        await helm.until(lambda: not helm.app.home.query_one(ScreenPreview).display)


async def test_an_agent_that_talks_has_no_screen(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.pilot.pause()
        assert not helm.app.home.query_one(ScreenPreview).display
