"""A file of the workspace, found by a few characters of its path and gone to."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from core.values.review import FileNode
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine


def laid_out(engine: FakeEngine) -> None:
    engine.tree = {
        "": (FileNode(path="app", name="app", folder=True),),
        "app": (FileNode(path="app/src", name="src", folder=True),),
        "app/src": (
            FileNode(path="app/src/a.py", name="a.py", folder=False),
            FileNode(path="app/src/b.py", name="b.py", folder=False),
        ),
    }
    engine.paths = ["src/a.py", "src/b.py"]
    engine.contents = {"app/src/b.py": ["the text of b"]}


async def test_a_file_is_found_and_gone_to_in_tree_and_preview(engine: FakeEngine) -> None:
    laid_out(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("F")
        await ui.sees("Find a file of second", "src/a.py", "src/b.py")
        await ui.type("b.py")
        await ui.until(lambda: "src/a.py" not in ui.text(), "only what fits")
        await ui.press("enter")
        await ui.sees("the text of b")
        await ui.until(lambda: (node := ui.app.home.files.current) and node.path == "app/src/b.py", "at it")


async def test_that_nothing_fits_is_told(engine: FakeEngine) -> None:
    laid_out(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("F")
        await ui.type("nothing")
        await ui.sees("No file fits")


async def test_a_folder_that_is_opened_again_is_read_again(engine: FakeEngine) -> None:
    laid_out(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3")
        await ui.sees("src/")
        await ui.press("j", "space")
        await ui.sees("b.py")
        await ui.press("k", "space")
        engine.tree["app/src"] = (FileNode(path="app/src/new.py", name="new.py", folder=False),)
        await ui.press("space")
        await ui.sees("new.py")


async def test_until_the_cursor_is_there_nothing_is_done_to_another_file(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out(engine)
    gate, files = asyncio.Event(), engine.files

    async def late(name: str, path: str = "", *, ignored: bool = False) -> tuple[FileNode, ...]:
        if path == "app/src":
            await gate.wait()
        return await files(name, path, ignored=ignored)

    monkeypatch.setattr(engine, "files", late)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3")
        await ui.sees("src/")
        ui.app.home.files.reveal("app/src/b.py")
        await ui.press("j", "k")  # the cursor is somewhere else, by the user's own hand
        assert ui.app.home.files.current is not None
        ui.app.home.files.reveal("app/src/b.py")
        await ui.press("d")
        await ui.sees("go to a file or a folder in a repository first")
        gate.set()
        files_pane = ui.app.home.files
        await ui.until(lambda: (node := files_pane.current) and node.path == "app/src/b.py", "there")


async def test_a_file_however_deep_has_its_name_in_sight(engine: FakeEngine) -> None:
    paths = ["app"]
    for number in range(120):
        paths.append(f"{paths[-1]}/{number}")
    for above, below in itertools.pairwise(["", *paths]):
        engine.tree[above] = (FileNode(path=below, name=below.rpartition("/")[2], folder=True),)
    last = f"{paths[-1]}/last.txt"
    engine.tree[paths[-1]] = (FileNode(path=last, name="last.txt", folder=False),)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3")
        ui.app.home.files.reveal(last)
        await ui.sees("…121 ", "last.txt")
