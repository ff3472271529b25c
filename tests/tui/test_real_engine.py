"""The whole voyage against a real engine, real git and the demonstration agent, on the host runner."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.paths import Home, find_home
from core.values.states import Activity
from tests.tui.driver import PATIENCE, Driver
from tui.app import BoatyardApp
from tui.engine.access import connector
from tui.engine.link import LinkState

pytestmark = pytest.mark.slow


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    git = ["git", "-C", str(folder), "-c", "user.name=Someone", "-c", "user.email=someone@example.org"]
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    (folder / "notes.md").write_text("# Notes\n")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "first"], check=True)
    subprocess.run([*git, "config", "user.name", "Someone"], check=True)
    subprocess.run([*git, "config", "user.email", "someone@example.org"], check=True)
    return folder


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    found = find_home(str(tmp_path / "home"))
    yield found
    from core.client import Client
    from core.client.launch import engine_answers

    if await engine_answers(found):
        async with Client(found.socket) as client:
            await client.stop_engine()
        async with asyncio.timeout(PATIENCE):
            while await engine_answers(found):  # noqa: ASYNC110 (another process ends)
                await asyncio.sleep(0.02)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_whole_voyage_by_keys(
    home: Home, repository: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    app = BoatyardApp(connector(home), home=home)
    async with app.run_test(size=size, notifications=True) as pilot:
        ui = Driver(app, pilot, None)  # type: ignore[arg-type]
        await ui.until(lambda: app.ready and app.link.state is LinkState.CONNECTED and app.store.agents, "up")
        await ui.sees("Welcome to Boatyard", str(repository)[:30])
        await ui.press("n")
        await ui.sees("New task", "(demonstration)")
        await ui.type("Mention ports in notes.md")
        sheet = app.screen
        runner = sheet.query("#runner")
        while runner and str(runner.first().value) != "host":  # type: ignore[attr-defined]
            runner.first().action_step(1)  # type: ignore[attr-defined]
        await ui.press("enter")
        await ui.sees("The agent asks")
        await ui.sees("(demonstration)")
        assert app.home.situation().workspace.notice  # type: ignore[union-attr]
        await ui.press("A")
        await ui.sees("ready for review")
        await ui.press("i")
        await ui.until(lambda: app.home.session.prompt.has_focus, "prompt")
        await ui.type("And once more in notes.md")
        await ui.press("enter")
        await ui.press("escape")
        await ui.until(lambda: _at_rest(app, turns=2) or app.home.situation().approval, "asked or done")
        while not _at_rest(app, turns=2):
            await ui.press("a")
            await ui.until(lambda: _at_rest(app, turns=2) or app.home.situation().approval, "asked or done")
        await ui.press("4")
        await ui.until(lambda: app.home.diff.file is not None, "the list of files")
        await ui.press("enter")
        await ui.sees("Mention ports")
        await ui.press("m")
        await ui.sees("enter merges")
        await ui.press("enter")
        await ui.sees("Merged")
    assert "Mention ports" in (repository / "notes.md").read_text()
    assert await asyncio.to_thread(_parents, repository) == 2


def _parents(repository: Path) -> int:
    """Of the commit that `main` points at: two, after a merge."""
    log = ["git", "-C", str(repository), "log", "--format=%P", "-1", "main"]
    return len(subprocess.run(log, capture_output=True, text=True, check=True).stdout.split())


def _at_rest(app: BoatyardApp, *, turns: int) -> bool:
    workspace = next(iter(app.store.workspaces.values()))
    said = sum(entry.text.startswith("**Done.**") for entry in app.home.session.conversation.entries)
    return workspace.activity in (Activity.IDLE, Activity.UNSEEN) and said == turns
