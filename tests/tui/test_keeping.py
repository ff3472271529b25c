"""Archive, pin and trash, found through the palette and the menu."""

from __future__ import annotations

import pytest

from core.values.states import WorkspaceState
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine

pytestmark = pytest.mark.slow


async def choose(ui: Driver, words: str) -> None:
    """Does something by the palette."""
    await ui.press("colon")
    await ui.sees("an action, a workspace")
    await ui.type(words)
    await ui.press("enter")


@pytest.mark.slow
async def test_archiving_hides_a_workspace_until_it_is_asked_for(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("1", "d")
        await ui.sees("Archive", "archive script, close, hide")
        await ui.press("a")
        assert await ui.asked("archive_workspace") == "second"
        await ui.sees("second is archived")
        await ui.until(lambda: not any("second" in row for row in ui.rows("#tree")), "hidden")
        await choose(ui, "show archived")
        await ui.until(lambda: any("second" in row for row in ui.rows("#tree")), "shown")
        await ui.open_workspace("second")
        await ui.press("1", "d", "a")
        assert await ui.asked("unarchive_workspace") == "second"
        assert engine.workspaces_["second"].state is WorkspaceState.CLOSED


async def test_pinning_is_said_and_taken_back(engine: FakeEngine) -> None:
    async with driven(engine, (200, 60)) as ui:
        await ui.open_workspace("second")
        await ui.press("1")
        await choose(ui, "keep the workspace from closing")
        assert await ui.asked("update_workspace") == ("second", True)
        await ui.sees("never closes by itself")
        await choose(ui, "keep the workspace from closing")
        await ui.until(lambda: ("update_workspace", ("second", False)) in engine.calls, "not pinned")


async def test_a_removed_workspace_is_chosen_and_comes_back(engine: FakeEngine) -> None:
    async with driven(engine, (80, 24)) as ui:
        await choose(ui, "bring back a removed")
        await ui.sees("The trash is empty")
        engine.removed["second"] = engine.workspaces_["second"]
        await choose(ui, "bring back a removed")
        await ui.sees("Bring back", "second", "days left")
        await ui.press("enter")
        assert await ui.asked("recover_workspace") == "second"


@pytest.mark.slow
async def test_the_trash_is_emptied_after_a_report(engine: FakeEngine) -> None:
    engine.removed["gone"] = engine.workspaces_["second"]
    async with driven(engine) as ui:
        await choose(ui, "delete removed workspaces")
        await ui.sees("Delete these for good?", "3 files", "4.0K")
        await ui.press("enter")  # Cancel is what is under the cursor.
        assert engine.removed
        await choose(ui, "delete removed workspaces")
        await ui.sees("Delete these for good?")
        await ui.press("y")
        await ui.until(lambda: not engine.removed, "deleted")


async def test_a_remix_is_asked_for_its_name_and_shown_while_it_is_made(engine: FakeEngine) -> None:
    async with driven(engine, (80, 24)) as ui:
        await ui.open_workspace("second")
        await ui.press("1")
        await choose(ui, "a new workspace from what")
        await ui.sees("Remix second", "Code alone", "auth files")
        await ui.press("e")
        await ui.sees("Name")
        await ui.type("third")
        await ui.press("enter")
        assert await ui.asked("remix_workspace") == ("second", "third", True)
        await ui.sees("Setting up")
