"""A folder published from the interface, its address, and taking it back."""

from __future__ import annotations

from core.values.access import OpenDoor
from core.values.review import FileNode
from tests.tui.harbour import Harbour
from tests.tui.steering import Helm, at_the_helm

DOOR = OpenDoor(kind="public", host="0.0.0.0", port=8000)


async def choose(helm: Helm, action: str) -> None:
    """By way of the palette, as a user without a key for it does."""
    await helm.press("colon")
    await helm.sees("an action, a workspace")
    await helm.type(action)
    await helm.press("enter")


async def test_a_folder_is_asked_for_and_its_address_copied_and_z_takes_it_back(fleet: Harbour) -> None:
    fleet.doors_ = (OpenDoor(kind="api", host="127.0.0.1", port=9000), DOOR)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await choose(helm, "publish a folder")
        await helm.sees("Publish a folder of second", "canvas")
        await helm.type("site")
        await helm.press("enter")
        assert await helm.asked("publish_workspace") == ("second", "site")
        await helm.sees("second is public: 3 files")
        assert helm.app.clipboard == "http://127.0.0.1:8000/second/"
        await helm.press("z")
        assert await helm.asked("unpublish_workspace") == "second"
        await helm.sees("Nothing of second is public any more")


async def test_without_a_door_it_says_how_to_open_one(fleet: Harbour) -> None:
    async with at_the_helm(fleet, (200, 60)) as helm:
        await helm.open_workspace("second")
        await choose(helm, "publish a folder")
        await helm.press("enter")
        assert await helm.asked("publish_workspace") == ("second", "canvas")
        await helm.sees("serve --public")


async def test_the_folder_at_the_cursor_of_the_files_is_proposed(fleet: Harbour) -> None:
    fleet.tree = {
        "": (FileNode(path="app", name="app", folder=True),),
        "app": (FileNode(path="app/site", name="site", folder=True),),
    }
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3", "space", "j")
        await helm.until(
            lambda: (node := helm.app.home.files.current) and node.name == "site", "at the folder"
        )
        await choose(helm, "publish a folder")
        await helm.press("enter")
        assert await helm.asked("publish_workspace") == ("second", "site")


async def test_what_is_public_can_be_copied_published_anew_and_taken_back(fleet: Harbour) -> None:
    fleet.set_workspace(fleet.workspaces_["second"], published_at=1_700_000_000.0, published_by="ada")
    fleet.doors_ = (DOOR,)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await choose(helm, "publish a folder")
        await helm.sees("second is public", "Published by ada")
        await helm.press("c")
        await helm.until(lambda: helm.app.clipboard == "http://127.0.0.1:8000/second/", "copied")
        await choose(helm, "take back what")
        await helm.sees("gone for everybody at once")
        await helm.press("enter")  # leaves it: nothing is taken back by a key pressed too often
        await helm.until(lambda: "Publish no longer" not in helm.text(), "left")
        assert not any(call == "unpublish_workspace" for call, _ in fleet.calls)
        await choose(helm, "take back what")
        await helm.press("u")
        await helm.asked("unpublish_workspace")
        await helm.sees("Nothing of second is public any more")


async def test_what_is_not_public_cannot_be_taken_back(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await choose(helm, "take back what")
        await helm.sees("nothing of the workspace is public")
