"""A file of the workspace, found by a few characters of its path and gone to."""

from __future__ import annotations

import asyncio
import itertools

import pytest

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


async def test_until_the_cursor_is_there_nothing_is_done_to_another_file(
    fleet: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out(fleet)
    gate, files = asyncio.Event(), fleet.files

    async def late(name: str, path: str = "", *, ignored: bool = False) -> tuple[FileNode, ...]:
        if path == "app/src":
            await gate.wait()
        return await files(name, path, ignored=ignored)

    monkeypatch.setattr(fleet, "files", late)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3", "space")
        await helm.sees("src/")
        helm.app.home.files.reveal("app/src/b.py")
        await helm.press("j", "k")  # the cursor is somewhere else, by the user's own hand
        assert helm.app.home.files.current is not None
        helm.app.home.files.reveal("app/src/b.py")
        await helm.press("d")
        await helm.sees("go to a file or a folder in a repository first")
        gate.set()
        files_pane = helm.app.home.files
        await helm.until(lambda: (node := files_pane.current) and node.path == "app/src/b.py", "there")


async def test_a_file_however_deep_has_its_name_in_sight(fleet: Harbour) -> None:
    paths = ["app"]
    for number in range(120):
        paths.append(f"{paths[-1]}/{number}")
    for above, below in itertools.pairwise(["", *paths]):
        fleet.tree[above] = (FileNode(path=below, name=below.rpartition("/")[2], folder=True),)
    last = f"{paths[-1]}/last.txt"
    fleet.tree[paths[-1]] = (FileNode(path=last, name="last.txt", folder=False),)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3")
        helm.app.home.files.reveal(last)
        await helm.sees("…121 ", "last.txt")
