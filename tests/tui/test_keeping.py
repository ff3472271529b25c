"""Archive, pin and trash, found through the palette and the menu."""

from __future__ import annotations

import pytest

from core.values.states import WorkspaceState
from tests.tui.harbour import Harbour
from tests.tui.steering import Helm, at_the_helm

pytestmark = pytest.mark.slow


async def choose(helm: Helm, words: str) -> None:
    """Does something by the palette."""
    await helm.press("colon")
    await helm.sees("an action, a workspace")
    await helm.type(words)
    await helm.press("enter")


@pytest.mark.slow
async def test_archiving_hides_a_workspace_until_it_is_asked_for(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("1", "d")
        await helm.sees("Archive", "archive script, close, hide")
        await helm.press("a")
        assert await helm.asked("archive_workspace") == "second"
        await helm.sees("second is archived")
        await helm.until(lambda: not any("second" in row for row in helm.rows("#tree")), "hidden")
        await choose(helm, "show archived")
        await helm.until(lambda: any("second" in row for row in helm.rows("#tree")), "shown")
        await helm.open_workspace("second")
        await helm.press("1", "d", "a")
        assert await helm.asked("unarchive_workspace") == "second"
        assert fleet.workspaces_["second"].state is WorkspaceState.CLOSED


async def test_pinning_is_said_and_taken_back(fleet: Harbour) -> None:
    async with at_the_helm(fleet, (200, 60)) as helm:
        await helm.open_workspace("second")
        await helm.press("1")
        await choose(helm, "keep the workspace from closing")
        assert await helm.asked("update_workspace") == ("second", True)
        await helm.sees("never closes by itself")
        await choose(helm, "keep the workspace from closing")
        await helm.until(lambda: ("update_workspace", ("second", False)) in fleet.calls, "not pinned")


async def test_a_removed_workspace_is_chosen_and_comes_back(fleet: Harbour) -> None:
    async with at_the_helm(fleet, (80, 24)) as helm:
        await choose(helm, "bring back a removed")
        await helm.sees("The trash is empty")
        fleet.removed["second"] = fleet.workspaces_["second"]
        await choose(helm, "bring back a removed")
        await helm.sees("Bring back", "second", "days left")
        await helm.press("enter")
        assert await helm.asked("recover_workspace") == "second"


@pytest.mark.slow
async def test_the_trash_is_emptied_after_a_report(fleet: Harbour) -> None:
    fleet.removed["gone"] = fleet.workspaces_["second"]
    async with at_the_helm(fleet) as helm:
        await choose(helm, "delete removed workspaces")
        await helm.sees("Delete these for good?", "3 files", "4.0K")
        await helm.press("enter")  # Cancel is what is under the cursor.
        assert fleet.removed
        await choose(helm, "delete removed workspaces")
        await helm.sees("Delete these for good?")
        await helm.press("d")
        await helm.until(lambda: not fleet.removed, "deleted")


async def test_a_remix_is_asked_for_its_name_and_shown_while_it_is_made(fleet: Harbour) -> None:
    async with at_the_helm(fleet, (80, 24)) as helm:
        await helm.open_workspace("second")
        await helm.press("1")
        await choose(helm, "a new workspace from what")
        await helm.sees("Remix second", "Code alone", "auth files")
        await helm.press("e")
        await helm.sees("Name")
        await helm.type("third")
        await helm.press("enter")
        assert await helm.asked("remix_workspace") == ("second", "third", True)
        await helm.sees("Setting up")
