"""The interface over an engine in memory."""

from __future__ import annotations

import pytest

from core.values.states import Activity, TaskStatus
from tests.tui.fake_engine import FakeEngine


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own terminal has no say in a test."""
    for name in (
        "NO_COLOR",
        "TMUX",
        "COLORFGBG",
        "BOATYARD_THEME",
        "BOATYARD_GLYPHS",
        "TERM",
        "EDITOR",
        "VISUAL",
        "BROWSER",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BOATYARD_GLYPHS", "unicode")


@pytest.fixture
def bare_engine() -> FakeEngine:
    """An engine that knows nothing yet."""
    return FakeEngine()


@pytest.fixture
def engine(bare_engine: FakeEngine) -> FakeEngine:
    """Two projects; a task under way with its workspace `first`, one in review with `second`, two to do."""
    app = bare_engine.put_project("app")
    one = bare_engine.put_task(app, "Redirect after login", TaskStatus.IN_PROGRESS)
    two = bare_engine.put_task(app, "Cache the prices", TaskStatus.IN_REVIEW)
    bare_engine.put_task(app, "Drop the old export")
    bare_engine.put_task(app, "Done long ago", TaskStatus.DONE)
    bare_engine.put_project("docs", "/src/docs")
    bare_engine.put_workspace(one, "first", activity=Activity.RUNNING)
    bare_engine.put_workspace(two, "second")
    return bare_engine
