"""What makes the user look up, and what shows that they have."""

from __future__ import annotations

import pytest

from core.values.states import Activity
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine
from tui.app import BoatyardApp
from tui.terminal.attention import sendable, through_tmux


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was sent to the terminal beside what is drawn."""
    found: list[str] = []
    monkeypatch.setattr(BoatyardApp, "write_to_terminal", lambda self, sequence: found.append(sequence))
    monkeypatch.setattr("tui.terminal.attention.REST_SECONDS", 0.0)
    return found


async def test_the_bell_rings_once_per_change_and_never_for_what_was_so_before(
    engine: FakeEngine, written: list[str]
) -> None:
    engine.set_workspace(engine.workspaces_["second"], activity=Activity.FAILED)
    async with driven(engine) as ui:
        await ui.sees("1 failed")
        assert "\x07" not in written
        first = engine.workspaces_["first"]
        for activity in (
            Activity.RUNNING,
            Activity.WAITING,
            Activity.WAITING,
            Activity.RUNNING,
            Activity.UNSEEN,
        ):
            engine.set_workspace(first, activity=activity, last_activity_at=first.last_activity_at + 1)
            await ui.until(lambda a=activity: ui.app.store.workspaces["first"].activity is a, "told")  # type: ignore[misc]
        await ui.until(lambda: written.count("\x07") >= 2, "both changes rang")
        assert written.count("\x07") == 2


async def test_many_that_wait_ring_one_bell(
    engine: FakeEngine, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.terminal.attention.REST_SECONDS", 3600.0)
    async with driven(engine) as ui:
        for name in ("first", "second"):
            engine.put_approval(name, f"{name} asks")
            await ui.until(lambda n=name: ui.app.store.approvals_of(n), "asked")  # type: ignore[misc]
        assert written.count("\x07") == 1
        await ui.until(lambda: "\x1b]2;(2!) boatyard\x07" in written, "the title counts them")


async def test_notifications_are_chosen_and_projects_muted(engine: FakeEngine, written: list[str]) -> None:
    async with driven(engine) as ui:
        ui.app.perform("notifications")
        await ui.sees("OSC 777")
        await ui.press("7")
        await ui.until(lambda: ui.app.preferences.notify == "osc777", "chosen")
        engine.put_approval("first", "asks")
        await ui.until(
            lambda: any("]777;notify;Boatyard;first waits for approval" in w for w in written), "told"
        )
        await ui.open_workspace("first")
        ui.app.perform("mute")
        await ui.sees("app is silent now")
        rung = written.count("\x07")
        engine.set_workspace(engine.workspaces_["second"], activity=Activity.FAILED)
        await ui.sees("1 failed")
        assert written.count("\x07") == rung


async def test_opening_a_workspace_marks_it_seen_but_passing_it_in_the_tree_does_not(
    engine: FakeEngine,
) -> None:
    engine.set_workspace(engine.workspaces_["second"], activity=Activity.UNSEEN)
    async with driven(engine) as ui:
        await ui.sees("◈ second")
        ui.app.home.tree_view.reveal("workspace:second")
        await ui.until(lambda: ui.app.home.session.workspace == "second", "passed")
        assert not any(call == "seen" for call, _ in engine.calls)
        await ui.press("enter")
        assert await ui.asked("seen") == "second"
        await ui.sees("ready for review")


async def test_semicolon_goes_to_what_waits_before_what_has_finished(engine: FakeEngine) -> None:
    engine.set_workspace(engine.workspaces_["first"], activity=Activity.UNSEEN)
    engine.set_workspace(engine.workspaces_["second"], activity=Activity.ASKING)
    async with driven(engine) as ui:
        await ui.press("semicolon")
        await ui.sees("second  ▲ waiting for input")
        await ui.press("semicolon")
        assert await ui.asked("seen") == "first"


def test_a_name_cannot_end_a_notification(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x07" not in sendable("a\x07b;c\x1b") and ";" not in sendable("a;b")
    monkeypatch.setenv("TMUX", "x")
    assert through_tmux("\x1b]9;a\x07") == "\x1bPtmux;\x1b\x1b]9;a\x07\x1b\\"
