"""Files made, renamed and deleted by key in the tree of files, and brought back by one key."""

from __future__ import annotations

import pytest

from core.values.requests import ChangeFile, FileAction
from core.values.review import FileContent, FileNode
from tests.tui.harbour import Harbour
from tests.tui.steering import Helm, at_the_helm


async def open_files(helm: Helm) -> None:
    await helm.open_workspace("second")
    await helm.press("3")
    await helm.sees("a.py")
    await helm.press("j", "j")
    await helm.until(lambda: helm.app.home.files.current.path == "app/a.py", "at a file")  # type: ignore[union-attr]


def laid_out(fleet: Harbour) -> None:
    fleet.tree = {
        "": (FileNode(path="app", name="app", folder=True),),
        "app": (
            FileNode(path="app/src", name="src", folder=True),
            FileNode(path="app/a.py", name="a.py", folder=False, size=3),
        ),
    }
    fleet.contents = {"app/a.py": ["a"]}


async def test_a_file_is_deleted_and_comes_back_from_the_checkpoint_of_before(fleet: Harbour) -> None:
    laid_out(fleet)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3", "space")
        await open_files(helm)
        await helm.press("d")
        await helm.sees("app/a.py is deleted; z takes it back")
        await helm.press("z")
        await helm.until(lambda: len(_asked(fleet)) == 2, "brought back")
        assert _asked(fleet) == [
            ChangeFile(action=FileAction.DELETE, path="app/a.py"),
            ChangeFile(action=FileAction.RESTORE, path="app/a.py", checkpoint=5),
        ]


async def test_a_file_is_made_and_renamed_and_both_are_undone(fleet: Harbour) -> None:
    laid_out(fleet)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3", "space")
        await open_files(helm)
        await helm.press("n")
        await helm.sees("New file")
        await helm.type("b.py")
        await helm.press("enter")
        await helm.sees("app/b.py is made; z takes it back")
        await helm.press("r")
        await helm.sees("Rename a.py")
        await helm.type("x")
        await helm.press("enter")
        await helm.sees("app/a.py is app/a.pyx now")
        await helm.press("z", "z")
        await helm.until(lambda: len(_asked(fleet)) == 4, "both undone")
        assert [(body.action.value, body.path, body.to) for body in _asked(fleet)] == [
            ("create", "app/b.py", ""), ("rename", "app/a.py", "app/a.pyx"),
            ("rename", "app/a.pyx", "app/a.py"), ("delete", "app/b.py", ""),
        ]  # fmt: skip


async def test_a_whole_repository_is_no_file(fleet: Harbour) -> None:
    laid_out(fleet)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3", "d")
        await helm.sees("go to a file or a folder in a repository first")
        assert _asked(fleet) == []


async def test_a_picture_says_what_it_is(fleet: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out(fleet)
    words = "PNG picture, 640 x 480 pixels"

    async def file(name: str, path: str, **more: int) -> FileContent:
        return FileContent(path=path, size=2048, binary=True, start=0, lines=(), more=False, about=words)

    monkeypatch.setattr(fleet, "file", file)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3", "space")
        await open_files(helm)
        await helm.press("enter")
        await helm.sees(f"{words}, 2")


def _asked(fleet: Harbour) -> list[ChangeFile]:
    return [value[1] for call, value in fleet.calls if call == "change_file"]
