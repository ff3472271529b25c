"""What git ignores in the tree of files: hidden until it is asked for, and marked by a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.paths import find_home
from core.values.review import FileNode
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine


def node(path: str, *, folder: bool = False, ignored: bool = False) -> FileNode:
    return FileNode(path=path, name=path.rpartition("/")[2], folder=folder, ignored=ignored)


@pytest.fixture
def asked(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that the engine was asked for."""
    engine.tree = {
        "": (node("app", folder=True),),
        "app": (
            node("app/node_modules", folder=True, ignored=True), node("app/src", folder=True),
            node("app/.env", ignored=True), node("app/a.py"),
        ),
        "app/node_modules": (node("app/node_modules/left-pad", folder=True, ignored=True),),
        "app/src": (node("app/src/x.log", ignored=True),),
    }  # fmt: skip
    found: list[str] = []
    files = engine.files

    async def listed(name: str, path: str = "", *, ignored: bool = False) -> tuple[FileNode, ...]:
        found.append(path)
        return await files(name, path, ignored=ignored)

    monkeypatch.setattr(engine, "files", listed)
    return found


async def open_app(ui: Driver) -> None:
    await ui.open_workspace("second")
    await ui.press("3")
    await ui.sees("a.py")


def rows(ui: Driver) -> list[str]:
    return [row.strip() for row in ui.rows("#file-tree")]


async def test_ignored_files_are_hidden_until_a_key_shows_them(engine: FakeEngine, asked: list[str]) -> None:
    async with driven(engine) as ui:
        await open_app(ui)
        assert rows(ui) == ["app", "src", "a.py"]
        await ui.press("full_stop")
        assert rows(ui) == ["app", "node_modules", "src", ".env", "a.py"]
        line = next(line for line in ui.lines() if "node_modules/" in line)
        assert "ignored" in line
        assert "ignored" not in next(line for line in ui.lines() if "src/" in line)
        await ui.press("j", "full_stop")
        assert rows(ui) == ["app", "src", "a.py"]
        current = ui.app.home.files.current
        assert current is not None and current.path == "app"  # what it was in


async def test_an_ignored_folder_is_one_row_until_it_is_opened(engine: FakeEngine, asked: list[str]) -> None:
    async with driven(engine) as ui:
        await open_app(ui)
        await ui.press("full_stop")
        assert asked == ["", "app"]
        await ui.press("j", "space")
        await ui.sees("left-pad")
        assert asked == ["", "app", "app/node_modules"]


async def test_the_choice_is_remembered(engine: FakeEngine, asked: list[str], tmp_path: Path) -> None:
    home = find_home(str(tmp_path / "home"))
    async with driven(engine, home=home) as ui:
        await open_app(ui)
        await ui.press("full_stop")
    async with driven(engine, home=home) as ui:
        await open_app(ui)
        await ui.sees(".env")


async def test_a_workspace_of_nothing_but_ignored_files_says_so(engine: FakeEngine) -> None:
    engine.tree = {"": (node("x.log", ignored=True),)}
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3")
        await ui.sees("Only what git ignores: . shows it")
