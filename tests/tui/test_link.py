"""The engine goes and comes back; what was written stays."""

from __future__ import annotations

import pytest

from core.values import events as told
from core.values.conversation import Entry, EntryKind
from tests.tui.harbour import Harbour
from tests.tui.steering import at_the_helm
from tui.engine.link import LinkState


async def test_an_engine_that_goes_away_is_told_and_found_again(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.press("i")
        await helm.until(lambda: helm.app.home.session.prompt.has_focus, "prompt")
        await helm.type("draft")
        fleet.fall()
        await helm.sees("engine unreachable, reconnecting")
        assert helm.app.home.session.prompt.text == "draft"
        await helm.press("enter")
        await helm.sees("Wait for it, or press R")
        assert helm.app.home.session.prompt.text == "draft"
        project = next(iter(fleet.projects_.values()))
        fleet.put_task(project, "made meanwhile")
        fleet.up = True
        await helm.until(lambda: helm.app.link.state is LinkState.CONNECTED, "connected again")
        await helm.until(lambda: any("made meanwhile" in row for row in helm.rows("#tree")), "caught up")


async def test_no_engine_at_start_says_why_and_how_to_go_on(harbour: Harbour) -> None:
    harbour.up = False
    async with at_the_helm(harbour) as helm:
        await helm.sees("The engine cannot be reached", "the engine does not answer", "Start it.", "try now")
        harbour.up = True
        await helm.press("R")
        await helm.sees("Welcome to Boatyard")


async def test_a_reset_takes_a_fresh_snapshot(fleet: Harbour) -> None:
    fleet.resets = True
    async with at_the_helm(fleet) as helm:
        project = next(iter(fleet.projects_.values()))
        fleet.put_task(project, "after the reset")
        await helm.until(lambda: any("after the reset" in row for row in helm.rows("#tree")), "it goes on")


async def test_an_engine_that_was_told_to_stop_is_not_started_again_unasked(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        fleet.emit(told.Stopping())
        await helm.sees("engine stopped")
        await helm.press("n")
        await helm.sees("the engine is not connected")
        await helm.press("R")
        await helm.until(lambda: helm.app.link.state is LinkState.CONNECTED, "asked for, it is back")


async def test_an_engine_that_somebody_starts_again_is_found(
    fleet: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.engine.link.LOOK_SECONDS", 0.05)
    async with at_the_helm(fleet) as helm:
        fleet.up = False
        fleet.emit(told.Stopping())
        await helm.sees("engine stopped, R starts it")
        fleet.up = True
        await helm.until(lambda: helm.app.link.state is LinkState.CONNECTED, "found by itself")
        assert not fleet.asked_to_start


async def test_drafts_are_kept_per_workspace(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        session = helm.app.home.session
        await helm.open_workspace("first")
        await helm.press("i")
        await helm.until(lambda: session.prompt.has_focus, "prompt")
        await helm.type("for one")
        await helm.press("escape")
        await helm.open_workspace("second")
        assert session.prompt.text == ""
        await helm.open_workspace("first")
        assert session.prompt.text == "for one"


async def test_closing_and_opening_again_shows_what_went_on_meanwhile(fleet: Harbour) -> None:
    def say(number: int) -> None:
        entry = Entry(
            id=f"m{number}", process_id="p", kind=EntryKind.MESSAGE, order=number, text=f"said {number}"
        )
        fleet.put_entry("first", entry)

    say(0)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.sees("said 0")
    say(1)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.sees("said 0", "said 1")


async def test_a_new_session_replaces_the_conversation(fleet: Harbour) -> None:
    entry = Entry(id="m", process_id="p", kind=EntryKind.MESSAGE, order=0, text="of the old session")
    fleet.put_entry("first", entry)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.sees("of the old session")
        fleet.entries["first"] = []
        fleet.set_workspace(fleet.workspaces_["first"], session_id="another")
        fleet.put_entry(
            "first", Entry(id="n", process_id="q", kind=EntryKind.MESSAGE, order=0, text="of the new")
        )
        await helm.sees("of the new")
        assert "of the old session" not in helm.text()
