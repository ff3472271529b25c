"""The interface over an engine in memory."""

from __future__ import annotations

import pytest

from core.values.states import Activity, TaskStatus
from tests.tui.harbour import Harbour


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
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BOATYARD_GLYPHS", "unicode")


@pytest.fixture
def harbour() -> Harbour:
    """An engine that knows nothing yet."""
    return Harbour()


@pytest.fixture
def fleet(harbour: Harbour) -> Harbour:
    """Two projects; a task under way with its workspace `first`, one in review with `second`, two to do."""
    app = harbour.put_project("app")
    one = harbour.put_task(app, "Redirect after login", TaskStatus.IN_PROGRESS)
    two = harbour.put_task(app, "Cache the prices", TaskStatus.IN_REVIEW)
    harbour.put_task(app, "Drop the old export")
    harbour.put_task(app, "Done long ago", TaskStatus.DONE)
    harbour.put_project("docs", "/src/docs")
    harbour.put_workspace(one, "first", activity=Activity.RUNNING)
    harbour.put_workspace(two, "second")
    return harbour
