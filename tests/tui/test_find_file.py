"""A file of the workspace, found by a few characters of its path and gone to."""

from __future__ import annotations

from core.values.review import FileNode
from tests.tui.harbour import Harbour
from tests.tui.steering import at_the_helm


def laid_out(fleet: Harbour) -> None:
    fleet.tree = {
        "": (FileNode(path="app", name="app", folder=True),),
        "app": (FileNode(path="app/src", name="src", folder=True),),
        "app/src": (
            FileNode(path="app/src/a.py", name="a.py", folder=False),
            FileNode(path="app/src/b.py", name="b.py", folder=False),
        ),
    }
    fleet.paths = ["src/a.py", "src/b.py"]
    fleet.contents = {"app/src/b.py": ["the text of b"]}


async def test_a_file_is_found_and_gone_to_in_tree_and_preview(fleet: Harbour) -> None:
    laid_out(fleet)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("F")
        await helm.sees("Find a file of second", "src/a.py", "src/b.py")
        await helm.type("b.py")
        await helm.until(lambda: "src/a.py" not in helm.text(), "only what fits")
        await helm.press("enter")
        await helm.sees("the text of b")
        await helm.until(
            lambda: (node := helm.app.home.files.current) and node.path == "app/src/b.py", "at it"
        )


async def test_that_nothing_fits_is_told(fleet: Harbour) -> None:
    laid_out(fleet)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("F")
        await helm.type("nothing")
        await helm.sees("No file fits")


async def test_a_folder_that_is_opened_again_is_read_again(fleet: Harbour) -> None:
    laid_out(fleet)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3", "space", "j", "space")
        await helm.sees("b.py")
        await helm.press("k", "space")
        fleet.tree["app/src"] = (FileNode(path="app/src/new.py", name="new.py", folder=False),)
        await helm.press("space")
        await helm.sees("new.py")
