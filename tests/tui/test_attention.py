"""What makes the user look up, and what shows that they have."""

from __future__ import annotations

import pytest

from core.values.states import Activity
from tests.tui.harbour import Harbour
from tests.tui.steering import at_the_helm
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
    fleet: Harbour, written: list[str]
) -> None:
    fleet.set_workspace(fleet.workspaces_["second"], activity=Activity.FAILED)
    async with at_the_helm(fleet) as helm:
        await helm.sees("1 failed")
        assert "\x07" not in written
        first = fleet.workspaces_["first"]
        for activity in (
            Activity.RUNNING,
            Activity.WAITING,
            Activity.WAITING,
            Activity.RUNNING,
            Activity.UNSEEN,
        ):
            fleet.set_workspace(first, activity=activity, last_activity_at=first.last_activity_at + 1)
            await helm.until(lambda a=activity: helm.app.store.workspaces["first"].activity is a, "told")  # type: ignore[misc]
        await helm.until(lambda: written.count("\x07") >= 2, "both changes rang")
        assert written.count("\x07") == 2


async def test_many_that_wait_ring_one_bell(
    fleet: Harbour, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.terminal.attention.REST_SECONDS", 3600.0)
    async with at_the_helm(fleet) as helm:
        for name in ("first", "second"):
            fleet.put_approval(name, f"{name} asks")
            await helm.until(lambda n=name: helm.app.store.approvals_of(n), "asked")  # type: ignore[misc]
        assert written.count("\x07") == 1
        await helm.until(lambda: "\x1b]2;(2!) boatyard\x07" in written, "the title counts them")


async def test_notifications_are_chosen_and_projects_muted(fleet: Harbour, written: list[str]) -> None:
    async with at_the_helm(fleet) as helm:
        helm.app.perform("notifications")
        await helm.sees("OSC 777")
        await helm.press("7")
        await helm.until(lambda: helm.app.preferences.notify == "osc777", "chosen")
        fleet.put_approval("first", "asks")
        await helm.until(
            lambda: any("]777;notify;Boatyard;first waits for approval" in w for w in written), "told"
        )
        await helm.open_workspace("first")
        helm.app.perform("mute")
        await helm.sees("app is silent now")
        rung = written.count("\x07")
        fleet.set_workspace(fleet.workspaces_["second"], activity=Activity.FAILED)
        await helm.sees("1 failed")
        assert written.count("\x07") == rung


async def test_opening_a_workspace_marks_it_seen_but_passing_it_in_the_tree_does_not(fleet: Harbour) -> None:
    fleet.set_workspace(fleet.workspaces_["second"], activity=Activity.UNSEEN)
    async with at_the_helm(fleet) as helm:
        await helm.sees("◈ second")
        helm.app.home.tree_view.reveal("workspace:second")
        await helm.until(lambda: helm.app.home.session.workspace == "second", "passed")
        assert not any(call == "seen" for call, _ in fleet.calls)
        await helm.press("enter")
        assert await helm.asked("seen") == "second"
        await helm.sees("ready for review")


async def test_semicolon_goes_to_what_waits_before_what_has_finished(fleet: Harbour) -> None:
    fleet.set_workspace(fleet.workspaces_["first"], activity=Activity.UNSEEN)
    fleet.set_workspace(fleet.workspaces_["second"], activity=Activity.ASKING)
    async with at_the_helm(fleet) as helm:
        await helm.press("semicolon")
        await helm.sees("second  ▲ waiting for input")
        await helm.press("semicolon")
        assert await helm.asked("seen") == "first"


def test_a_name_cannot_end_a_notification(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x07" not in sendable("a\x07b;c\x1b") and ";" not in sendable("a;b")
    monkeypatch.setenv("TMUX", "x")
    assert through_tmux("\x1b]9;a\x07") == "\x1bPtmux;\x1b\x1b]9;a\x07\x1b\\"
