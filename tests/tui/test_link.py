"""The engine goes and comes back; what was written stays."""

from __future__ import annotations

import pytest

from core.values import events as told
from core.values.conversation import Entry, EntryKind
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine
from tui.engine.link import LinkState


async def test_an_engine_that_goes_away_is_told_and_found_again(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("i")
        await ui.until(lambda: ui.app.home.session.prompt.has_focus, "prompt")
        await ui.type("draft")
        engine.fall()
        await ui.sees("engine unreachable, reconnecting")
        assert ui.app.home.session.prompt.text == "draft"
        await ui.press("enter")
        await ui.sees("Wait for it, or press R")
        assert ui.app.home.session.prompt.text == "draft"
        project = next(iter(engine.projects_.values()))
        engine.put_task(project, "made meanwhile")
        engine.up = True
        await ui.until(lambda: ui.app.link.state is LinkState.CONNECTED, "connected again")
        await ui.until(lambda: any("made meanwhile" in row for row in ui.rows("#tree")), "caught up")


async def test_no_engine_at_start_says_why_and_how_to_go_on(bare_engine: FakeEngine) -> None:
    bare_engine.up = False
    async with driven(bare_engine) as ui:
        await ui.sees("The engine cannot be reached", "the engine does not answer", "Start it.", "try now")
        bare_engine.up = True
        await ui.press("R")
        await ui.sees("Welcome to Boatyard")


async def test_a_reset_takes_a_fresh_snapshot(engine: FakeEngine) -> None:
    engine.resets = True
    async with driven(engine) as ui:
        project = next(iter(engine.projects_.values()))
        engine.put_task(project, "after the reset")
        await ui.until(lambda: any("after the reset" in row for row in ui.rows("#tree")), "it goes on")


async def test_an_engine_that_was_told_to_stop_is_not_started_again_unasked(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        engine.emit(told.Stopping())
        await ui.sees("engine stopped")
        await ui.press("n")
        await ui.sees("the engine is not connected")
        await ui.press("R")
        await ui.until(lambda: ui.app.link.state is LinkState.CONNECTED, "asked for, it is back")


async def test_an_engine_that_somebody_starts_again_is_found(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.engine.link.LOOK_SECONDS", 0.05)
    async with driven(engine) as ui:
        engine.up = False
        engine.emit(told.Stopping())
        await ui.sees("engine stopped, R starts it")
        engine.up = True
        await ui.until(lambda: ui.app.link.state is LinkState.CONNECTED, "found by itself")
        assert not engine.asked_to_start


@pytest.mark.parametrize("mark", ["0123456789abcdef", ""], ids=["other code", "older than marks"])
async def test_an_engine_from_before_an_update_is_told_and_starts_anew_by_the_palette(
    engine: FakeEngine, mark: str
) -> None:
    engine.code = mark
    async with driven(engine) as ui:
        await ui.sees("The engine runs other code")
        ui.app.clear_notifications()
        ui.app.perform("restart-engine")
        await ui.until(lambda: ("stop_engine", None) in engine.calls, "told to stop")
        await ui.until(lambda: engine.asked_to_start, "started again")
        await ui.until(lambda: ui.app.link.state is LinkState.CONNECTED, "connected again")
        assert "runs other code" not in ui.text()
        engine.asked_to_start = False
        engine.emit(told.Stopping())  # by somebody else: that one is not started again
        await ui.sees("engine stopped")
        assert not engine.asked_to_start


async def test_drafts_are_kept_per_workspace(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        session = ui.app.home.session
        await ui.open_workspace("first")
        await ui.press("i")
        await ui.until(lambda: session.prompt.has_focus, "prompt")
        await ui.type("for one")
        await ui.press("escape")
        await ui.open_workspace("second")
        assert session.prompt.text == ""
        await ui.open_workspace("first")
        assert session.prompt.text == "for one"


async def test_closing_and_opening_again_shows_what_went_on_meanwhile(engine: FakeEngine) -> None:
    def say(number: int) -> None:
        entry = Entry(
            id=f"m{number}", process_id="p", kind=EntryKind.MESSAGE, order=number, text=f"said {number}"
        )
        engine.put_entry("first", entry)

    say(0)
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.sees("said 0")
    say(1)
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.sees("said 0", "said 1")


async def test_a_new_session_replaces_the_conversation(engine: FakeEngine) -> None:
    entry = Entry(id="m", process_id="p", kind=EntryKind.MESSAGE, order=0, text="of the old session")
    engine.put_entry("first", entry)
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.sees("of the old session")
        engine.entries["first"] = []
        engine.set_workspace(engine.workspaces_["first"], session_id="another")
        engine.put_entry(
            "first", Entry(id="n", process_id="q", kind=EntryKind.MESSAGE, order=0, text="of the new")
        )
        await ui.sees("of the new")
        assert "of the old session" not in ui.text()
