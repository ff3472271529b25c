"""What git ignores in the tree of files: hidden until it is asked for, and marked by a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.paths import find_home
from core.values.review import FileNode
from tests.tui.harbour import Harbour
from tests.tui.steering import Helm, at_the_helm


def node(path: str, *, folder: bool = False, ignored: bool = False) -> FileNode:
    return FileNode(path=path, name=path.rpartition("/")[2], folder=folder, ignored=ignored)


@pytest.fixture
def asked(fleet: Harbour, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that the engine was asked for."""
    fleet.tree = {
        "": (node("app", folder=True),),
        "app": (
            node("app/node_modules", folder=True, ignored=True), node("app/src", folder=True),
            node("app/.env", ignored=True), node("app/a.py"),
        ),
        "app/node_modules": (node("app/node_modules/left-pad", folder=True, ignored=True),),
        "app/src": (node("app/src/x.log", ignored=True),),
    }  # fmt: skip
    found: list[str] = []
    files = fleet.files

    async def listed(name: str, path: str = "", *, ignored: bool = False) -> tuple[FileNode, ...]:
        found.append(path)
        return await files(name, path, ignored=ignored)

    monkeypatch.setattr(fleet, "files", listed)
    return found


async def open_app(helm: Helm) -> None:
    await helm.open_workspace("second")
    await helm.press("3", "space")
    await helm.sees("a.py")


def rows(helm: Helm) -> list[str]:
    return [row.strip() for row in helm.rows("#file-tree")]


async def test_ignored_files_are_hidden_until_a_key_shows_them(fleet: Harbour, asked: list[str]) -> None:
    async with at_the_helm(fleet) as helm:
        await open_app(helm)
        assert rows(helm) == ["app", "src", "a.py"]
        await helm.press("full_stop")
        assert rows(helm) == ["app", "node_modules", "src", ".env", "a.py"]
        line = next(line for line in helm.lines() if "node_modules/" in line)
        assert "ignored" in line
        assert "ignored" not in next(line for line in helm.lines() if "src/" in line)
        await helm.press("j", "full_stop")
        assert rows(helm) == ["app", "src", "a.py"]
        current = helm.app.home.files.current
        assert current is not None and current.path == "app"  # what it was in


async def test_an_ignored_folder_is_one_row_until_it_is_opened(fleet: Harbour, asked: list[str]) -> None:
    async with at_the_helm(fleet) as helm:
        await open_app(helm)
        await helm.press("full_stop")
        assert asked == ["", "app"]
        await helm.press("j", "space")
        await helm.sees("left-pad")
        assert asked == ["", "app", "app/node_modules"]


async def test_the_choice_is_remembered(fleet: Harbour, asked: list[str], tmp_path: Path) -> None:
    home = find_home(str(tmp_path / "home"))
    async with at_the_helm(fleet, home=home) as helm:
        await open_app(helm)
        await helm.press("full_stop")
    async with at_the_helm(fleet, home=home) as helm:
        await open_app(helm)
        await helm.sees(".env")


async def test_a_workspace_of_nothing_but_ignored_files_says_so(fleet: Harbour) -> None:
    fleet.tree = {"": (node("x.log", ignored=True),)}
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3")
        await helm.sees("Only what git ignores: . shows it")
