"""Files made, renamed and deleted by key in the tree of files, and brought back by one key."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import UsageError
from core.values import events as told
from core.values.entities import Operation
from core.values.requests import ChangeFile, FileAction
from core.values.review import FileContent, FileNode
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine


async def open_files(ui: Driver) -> None:
    await ui.open_workspace("second")
    await ui.press("3")
    await ui.sees("a.py")
    await ui.press("j", "j")
    await ui.until(lambda: ui.app.home.files.current.path == "app/a.py", "at a file")  # type: ignore[union-attr]


def laid_out(engine: FakeEngine) -> None:
    engine.tree = {
        "": (FileNode(path="app", name="app", folder=True),),
        "app": (
            FileNode(path="app/src", name="src", folder=True),
            FileNode(path="app/a.py", name="a.py", folder=False, size=3),
        ),
    }
    engine.contents = {"app/a.py": ["a"]}


async def test_a_file_is_deleted_and_comes_back_from_the_checkpoint_of_before(engine: FakeEngine) -> None:
    laid_out(engine)
    async with driven(engine) as ui:
        await open_files(ui)
        await ui.press("d")
        await ui.sees("app/a.py is deleted; z takes it back")
        await ui.press("z")
        await ui.until(lambda: len(_asked(engine)) == 2, "brought back")
        assert _asked(engine) == [
            ChangeFile(action=FileAction.DELETE, path="app/a.py"),
            ChangeFile(action=FileAction.RESTORE, path="app/a.py", checkpoint=5),
        ]


async def test_the_preview_follows_the_cursor_when_its_file_goes_away(
    engine: FakeEngine,
) -> None:
    laid_out(engine)
    following = FileNode(path="app/b.py", name="b.py", folder=False, size=3)
    engine.tree["app"] = (*engine.tree["app"], following)
    engine.contents = {"app/a.py": ["the first"], "app/b.py": ["the second"]}
    async with driven(engine) as ui:
        await open_files(ui)
        await ui.sees("the first")
        engine.tree["app"] = (engine.tree["app"][0], following)
        del engine.contents["app/a.py"]
        engine.emit(told.FilesChanged(workspace="second"))
        await ui.sees("the second")
        assert ui.app.home.files.current == following


async def test_a_file_is_made_and_renamed_and_both_are_undone(engine: FakeEngine) -> None:
    laid_out(engine)
    async with driven(engine) as ui:
        await open_files(ui)
        await ui.press("n")
        await ui.sees("New file")
        await ui.type("b.py")
        await ui.press("enter")
        await ui.sees("app/b.py is made; z takes it back")
        await ui.press("r")
        await ui.sees("Rename a.py")
        await ui.type("x")
        await ui.press("enter")
        await ui.sees("app/a.py is app/a.pyx now")
        await ui.press("z", "z")
        await ui.until(lambda: len(_asked(engine)) == 4, "both undone")
        assert [(body.action.value, body.path, body.to) for body in _asked(engine)] == [
            ("create", "app/b.py", ""), ("rename", "app/a.py", "app/a.pyx"),
            ("rename", "app/a.pyx", "app/a.py"), ("delete", "app/b.py", ""),
        ]  # fmt: skip


async def test_a_path_that_is_refused_is_there_again_with_the_reason(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = engine.change_file

    async def refuses(name: str, body: ChangeFile) -> Operation:
        if body.to.endswith(".pyx"):
            raise UsageError("app/a.pyx lies in no repository", hint="Begin with one.")
        return await change(name, body)

    laid_out(engine)
    monkeypatch.setattr(engine, "change_file", refuses)
    async with driven(engine) as ui:
        await open_files(ui)
        await ui.press("r")
        await ui.sees("Rename a.py")
        await ui.type("x")
        await ui.press("enter")
        await ui.sees("app/a.pyx lies in no repository", "Begin with one.", "app/a.pyx")
        await ui.press("backspace", "enter")
        assert not _asked(engine), "nothing is renamed to its own name"


async def test_a_whole_repository_is_no_file(engine: FakeEngine) -> None:
    laid_out(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3", "d")
        await ui.sees("go to a file or a folder in a repository first")
        assert _asked(engine) == []


async def test_a_picture_says_what_it_is(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out(engine)
    words = "PNG picture, 640 x 480 pixels"

    async def file(name: str, path: str, **more: int) -> FileContent:
        return FileContent(path=path, size=2048, binary=True, start=0, lines=(), more=False, about=words)

    monkeypatch.setattr(engine, "file", file)
    async with driven(engine) as ui:
        await open_files(ui)
        await ui.press("enter")
        await ui.sees(f"{words}, 2")


def _asked(engine: FakeEngine) -> list[ChangeFile]:
    return [value[1] for call, value in engine.calls if call == "change_file"]


async def test_a_change_that_takes_long_is_said_to_be_under_way(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out(engine)
    gate, wait = asyncio.Event(), engine.wait_operation

    async def slowly(operation: str) -> Operation:
        await gate.wait()
        return await wait(operation)

    monkeypatch.setattr(engine, "wait_operation", slowly)
    async with driven(engine) as ui:
        await open_files(ui)
        await ui.press("d")
        await ui.sees("app/a.py is being deleted")
        gate.set()
        await ui.sees("app/a.py is deleted; z takes it back")


async def test_a_folder_is_no_name_for_a_new_file(engine: FakeEngine) -> None:
    laid_out(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3", "n")
        await ui.sees("New file")
        await ui.press("end")
        await ui.type("lib/")
        await ui.press("enter")
        await ui.sees("is a folder", "Give the name of a file in it", "lib/")
        assert not _asked(engine)
