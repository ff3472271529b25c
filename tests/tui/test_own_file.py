"""A repository's own `.boatyard.toml` is read before it is trusted: all of it, as text."""

from __future__ import annotations

import pytest

from core.values.own_files import OwnFile
from core.values.requests import TrustOwnFile
from tests.tui.driver import SIZES, driven
from tests.tui.fake_engine import FakeEngine
from tui.settings.own_file_sheet import FileRows, OwnFileSheet, file_rows

pytestmark = pytest.mark.slow

TEXT = '[scripts]\nsetup = "make [/] \x1b]52;c;cm0gLXJm\x07"\n' + "# filler\n" * 30 + "# the last\n"


def own_file(**more: object) -> OwnFile:
    fields = {"repo_id": "repo-app", "repo": "app", "branch": "main", "commit": "c" * 40, "found": True,
              "digest": "d" * 64, "text": TEXT, "names": ("setup script",), **more}  # fmt: skip
    return OwnFile(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_shown_and_then_trusted(engine: FakeEngine, size: tuple[int, int]) -> None:
    engine.own_file_ = own_file()
    async with driven(engine, size) as ui:
        await ui.open_workspace("first")
        ui.app.perform("trust-file")
        await ui.sees("sets: setup script", "make [/]", "c;cm0gLXJm", "not trusted", "leave it")
        await ui.press("right", "enter")
        _, body = await ui.asked("trust_own_file")
        assert body == TrustOwnFile(digest="d" * 64, branch="main")


async def test_at_first_nothing_is_chosen_and_the_rest_can_be_read(engine: FakeEngine) -> None:
    engine.own_file_ = own_file()
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        ui.app.perform("trust-file")
        await ui.sees("leave it")
        await ui.press("shift+tab", "G")
        await ui.sees("# the last")
        await ui.press("enter", "enter")
        await ui.until(lambda: not isinstance(ui.app.screen, OwnFileSheet), "left")
        assert not any(name == "trust_own_file" for name, _ in engine.calls)


async def test_one_that_cannot_be_used_can_only_be_left(engine: FakeEngine) -> None:
    engine.own_file_ = own_file(problem=".boatyard.toml of app, line 2: unknown field")
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        ui.app.perform("trust-file")
        await ui.sees("line 2: unknown field", "leave it")
        assert "trust it" not in ui.text()


async def test_trust_is_taken_back(engine: FakeEngine) -> None:
    engine.own_file_ = own_file(trusted=True)
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        ui.app.perform("trust-file")
        await ui.sees("trust it no more")
        await ui.press("right", "enter")
        assert await ui.asked("untrust_own_file") == "repo-app"


async def test_a_repository_without_one_says_so(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        ui.app.perform("trust-file")
        await ui.sees("has no .boatyard.toml")


def test_nothing_is_hidden_at_the_end_of_a_long_line() -> None:
    line = "setup = " + "x" * 200 + "; rm -rf ~"
    shown = file_rows(line)
    assert "".join(text for _, text in shown) == line and [number for number, _ in shown] == ["1", "", "", ""]
    assert FileRows(line).row_count() == 4
