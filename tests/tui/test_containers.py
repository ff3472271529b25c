"""The screen of containers, by keys."""

from __future__ import annotations

import pytest

from core.values.containers import Notice, RefusedHost
from core.values.events import Noticed
from tests.tui.driver import SIZES, driven
from tests.tui.fake_engine import FakeEngine
from tui.containers.rows import ContainerRows

pytestmark = pytest.mark.slow


@pytest.fixture
def yard(engine: FakeEngine) -> FakeEngine:
    engine.put_container("first", health="healthy")
    engine.put_container("second", "exited", exit_code=137, out_of_memory=True)
    engine.put_container("[/] gone[b]", orphan=True)
    return engine


@pytest.mark.parametrize("size", SIZES)
async def test_each_container_is_shown_with_its_state_and_what_it_uses(
    yard: FakeEngine, size: tuple[int, int]
) -> None:
    async with driven(yard, size) as ui:
        await ui.press("5")
        await ui.sees("Containers", "first", "running, healthy", "exited 137", "[/] gone", "12%", "300M")
        assert all(len(line) <= size[0] for line in ui.lines())
        await ui.press("enter")
        await ui.until(lambda: ui.app.home.session.workspace == "first", "its workspace")


async def test_usage_is_followed_only_for_running_rows_in_sight(engine: FakeEngine) -> None:
    for number in range(60):
        engine.put_container(f"ws-{number:02}", "running" if number % 2 == 0 else "exited")
    async with driven(engine, (80, 24)) as ui:
        await ui.press("5")
        await ui.until(lambda: engine.watched, "streams")
        await ui.pilot.pause(0.3)
        first = set(engine.watched)
        assert "container-ws-00" in first and 4 <= len(first) <= 12
        assert not any(int(name[-2:]) % 2 for name in first)
        await ui.press("G")
        await ui.until(lambda: "container-ws-58" in engine.watched, "those at the end")
        await ui.until(lambda: not engine.watched & first, "the first ones are let go")
        await ui.press("escape")
        await ui.until(lambda: not engine.watched, "none is left open")


async def test_marked_ones_are_stopped_after_a_question_and_one_that_fails_stops_no_other(
    yard: FakeEngine,
) -> None:
    async with driven(yard) as ui:
        await ui.press("5")
        await ui.sees("running, healthy")
        await ui.press("space", "space", "s")
        await ui.sees("Stop 2 containers of first, second?")
        await ui.press("enter")
        await ui.until(lambda: "Stop 2" not in ui.text(), "cancelled")
        assert not any(call == "stop_container" for call, _ in yard.calls)
        del yard.containers_["container-first"]
        await ui.press("s")
        await ui.sees("Stop 2 containers")
        await ui.press("y")
        assert await ui.asked("stop_container") == "container-second"
        await ui.sees("the container container-first is gone")


async def test_prune_names_what_it_would_remove_and_asks(yard: FakeEngine) -> None:
    async with driven(yard) as ui:
        await ui.press("5")
        await ui.sees("running, healthy")
        await ui.press("P")
        await ui.sees("boatyard-home-[/] gone[b]", "no workspace any more")
        await ui.press("y")
        await ui.until(lambda: ("prune_containers", False) in yard.calls, "pruned")


async def test_a_log_is_shown_as_it_is(yard: FakeEngine) -> None:
    async with driven(yard) as ui:
        await ui.press("5")
        await ui.sees("running, healthy")
        await ui.press("l")
        await ui.sees("first [b]line", "second line")
        await ui.press("escape")
        await ui.sees("running, healthy")


async def test_without_containers_and_without_container_engine_it_says_so(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.containers.sheet.AGAIN_SECONDS", 0.05)
    async with driven(engine, (80, 24)) as ui:
        await ui.press("5")
        await ui.sees("No container: a workspace that runs in one shows up here")
        engine.docker_gone = True
        await ui.press("R")
        await ui.sees("no container engine answers", "Start Docker.")
        engine.docker_gone = False
        engine.put_container("first")
        await ui.sees("first", "running")
        rows = ui.app.screen.query_one(ContainerRows)
        assert "no container engine answers" not in ui.text() and rows.row_count() == 1


async def test_defaults_are_changed_in_one_dialog(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.press("5")
        await ui.sees("No container")
        await ui.press("D")
        await ui.sees("Defaults of new workspaces", "4096")
        await ui.type("python:3.12")
        await ui.press("tab", "tab", "x", "enter")
        await ui.sees("is no number")
        await ui.press("backspace", "8", "1", "9", "2", "enter")
        body = await ui.asked("update_defaults")
        assert (body.image, body.memory_mb, body.network) == ("python:3.12", 8192, "full")


async def test_limits_of_a_workspace_are_changed_in_one_dialog(engine: FakeEngine) -> None:
    async with driven(engine, (80, 24)) as ui:
        await ui.open_workspace("second")
        await ui.press("colon")
        await ui.type("limits")
        await ui.press("enter")
        await ui.sees("Limits and network of second")
        await ui.press("tab", "tab", "tab", "tab", "right", "right", "tab")
        await ui.type("example.org *.example.org")
        await ui.press("tab")
        await ui.type("soon")
        await ui.press("enter")
        await ui.sees("'soon' is no number of minutes")
        await ui.press(*["backspace"] * 4, "4", "5", "enter")
        name, body = await ui.asked("update_workspace")
        assert (name, body.idle_minutes) == ("second", 45.0)
        assert (body.network, body.allow_hosts) == ("allow", ("example.org", "*.example.org"))


async def test_a_host_that_was_refused_can_be_allowed(engine: FakeEngine) -> None:
    async with driven(engine, (80, 24)) as ui:
        await ui.open_workspace("second")
        ui.app.perform("refused-hosts")
        await ui.sees("second was refused nothing")
        entry = "[/]evil.example:8443"
        engine.refused_ = (RefusedHost(host="[/]evil.example", port=8443, reason="not listed", entry=entry),)
        ui.app.perform("refused-hosts")
        await ui.sees(entry, "not listed")
        await ui.press("enter")
        name, body = await ui.asked("update_workspace")
        assert (name, body.allow_hosts) == ("second", ("example.org", entry))


async def test_a_damaged_workspace_is_repaired_after_it_was_said_what_is_missing(engine: FakeEngine) -> None:
    engine.troubles = ("the clone of [/]app is gone",)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("colon")
        await ui.type("repair the")
        await ui.press("enter")
        await ui.sees("the clone of [/]app is gone")
        await ui.press("r")
        assert await ui.asked("repair_workspace") == "second"
        await ui.sees("second is whole again")


async def test_what_happened_without_the_user_is_said(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        engine.emit(Noticed(notice=Notice(text="the container of [b]first was removed", workspace="first")))
        await ui.sees("the container of [b]first was removed")
