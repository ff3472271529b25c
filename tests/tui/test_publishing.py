"""A folder published from the interface, its address, and taking it back."""

from __future__ import annotations

from core.values.access import OpenDoor
from core.values.review import FileNode
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine

DOOR = OpenDoor(kind="public", host="0.0.0.0", port=8000)


async def choose(ui: Driver, action: str) -> None:
    """By way of the palette, as a user without a key for it does."""
    await ui.press("colon")
    await ui.sees("an action, a workspace")
    await ui.type(action)
    await ui.press("enter")


async def test_a_folder_is_asked_for_and_its_address_copied_and_z_takes_it_back(engine: FakeEngine) -> None:
    engine.doors_ = (OpenDoor(kind="api", host="127.0.0.1", port=9000), DOOR)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await choose(ui, "publish a folder")
        await ui.sees("Publish a folder of second", "canvas")
        await ui.type("site")
        await ui.press("enter")
        assert await ui.asked("publish_workspace") == ("second", "site")
        await ui.sees("second is public: 3 files")
        assert ui.app.clipboard == "http://127.0.0.1:8000/second/"
        await ui.press("z")
        assert await ui.asked("unpublish_workspace") == "second"
        await ui.sees("Nothing of second is public any more")


async def test_without_a_door_it_says_how_to_open_one(engine: FakeEngine) -> None:
    async with driven(engine, (200, 60)) as ui:
        await ui.open_workspace("second")
        await choose(ui, "publish a folder")
        await ui.press("enter")
        assert await ui.asked("publish_workspace") == ("second", "canvas")
        await ui.sees("serve --public")


async def test_the_folder_at_the_cursor_of_the_files_is_proposed(engine: FakeEngine) -> None:
    engine.tree = {
        "": (FileNode(path="app", name="app", folder=True),),
        "app": (FileNode(path="app/site", name="site", folder=True),),
    }
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3")
        await ui.sees("site/")
        await ui.press("j")
        await ui.until(lambda: (node := ui.app.home.files.current) and node.name == "site", "at the folder")
        await choose(ui, "publish a folder")
        await ui.press("enter")
        assert await ui.asked("publish_workspace") == ("second", "site")


async def test_what_is_public_can_be_copied_published_anew_and_taken_back(engine: FakeEngine) -> None:
    engine.set_workspace(engine.workspaces_["second"], published_at=1_700_000_000.0, published_by="ada")
    engine.doors_ = (DOOR,)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await choose(ui, "publish a folder")
        await ui.sees("second is public", "Published by ada")
        await ui.press("c")
        await ui.until(lambda: ui.app.clipboard == "http://127.0.0.1:8000/second/", "copied")
        await choose(ui, "take back what")
        await ui.sees("gone for everybody at once")
        await ui.press("enter")  # leaves it: nothing is taken back by a key pressed too often
        await ui.until(lambda: "Publish no longer" not in ui.text(), "left")
        assert not any(call == "unpublish_workspace" for call, _ in engine.calls)
        await choose(ui, "take back what")
        await ui.press("u")
        await ui.asked("unpublish_workspace")
        await ui.sees("Nothing of second is public any more")


async def test_what_is_not_public_cannot_be_taken_back(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await choose(ui, "take back what")
        await ui.sees("nothing of the workspace is public")
