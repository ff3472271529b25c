"""The screen of containers, by keys."""

from __future__ import annotations

import pytest

from core.values.containers import Notice, RefusedHost
from core.values.events import Noticed
from tests.tui.harbour import Harbour
from tests.tui.steering import SIZES, at_the_helm
from tui.containers.rows import ContainerRows

pytestmark = pytest.mark.slow


@pytest.fixture
def yard(fleet: Harbour) -> Harbour:
    fleet.put_container("first", health="healthy")
    fleet.put_container("second", "exited", exit_code=137, out_of_memory=True)
    fleet.put_container("[/] gone[b]", orphan=True)
    return fleet


@pytest.mark.parametrize("size", SIZES)
async def test_each_container_is_shown_with_its_state_and_what_it_uses(
    yard: Harbour, size: tuple[int, int]
) -> None:
    async with at_the_helm(yard, size) as helm:
        await helm.press("5")
        await helm.sees("Containers", "first", "running, healthy", "exited 137", "[/] gone", "12%", "300M")
        assert all(len(line) <= size[0] for line in helm.lines())
        await helm.press("enter")
        await helm.until(lambda: helm.app.home.session.workspace == "first", "its workspace")


async def test_usage_is_followed_only_for_running_rows_in_sight(fleet: Harbour) -> None:
    for number in range(60):
        fleet.put_container(f"ws-{number:02}", "running" if number % 2 == 0 else "exited")
    async with at_the_helm(fleet, (80, 24)) as helm:
        await helm.press("5")
        await helm.until(lambda: fleet.watched, "streams")
        await helm.pilot.pause(0.3)
        first = set(fleet.watched)
        assert "container-ws-00" in first and 4 <= len(first) <= 12
        assert not any(int(name[-2:]) % 2 for name in first)
        await helm.press("G")
        await helm.until(lambda: "container-ws-58" in fleet.watched, "those at the end")
        await helm.until(lambda: not fleet.watched & first, "the first ones are let go")
        await helm.press("escape")
        await helm.until(lambda: not fleet.watched, "none is left open")


async def test_marked_ones_are_stopped_after_a_question_and_one_that_fails_stops_no_other(
    yard: Harbour,
) -> None:
    async with at_the_helm(yard) as helm:
        await helm.press("5")
        await helm.sees("running, healthy")
        await helm.press("space", "space", "s")
        await helm.sees("Stop 2 containers of first, second?")
        await helm.press("enter")
        await helm.until(lambda: "Stop 2" not in helm.text(), "cancelled")
        assert not any(call == "stop_container" for call, _ in yard.calls)
        del yard.containers_["container-first"]
        await helm.press("s")
        await helm.sees("Stop 2 containers")
        await helm.press("y")
        assert await helm.asked("stop_container") == "container-second"
        await helm.sees("the container container-first is gone")


async def test_prune_names_what_it_would_remove_and_asks(yard: Harbour) -> None:
    async with at_the_helm(yard) as helm:
        await helm.press("5")
        await helm.sees("running, healthy")
        await helm.press("P")
        await helm.sees("boatyard-home-[/] gone[b]", "no workspace any more")
        await helm.press("y")
        await helm.until(lambda: ("prune_containers", False) in yard.calls, "pruned")


async def test_a_log_is_shown_as_it_is(yard: Harbour) -> None:
    async with at_the_helm(yard) as helm:
        await helm.press("5")
        await helm.sees("running, healthy")
        await helm.press("l")
        await helm.sees("first [b]line", "second line")
        await helm.press("escape")
        await helm.sees("running, healthy")


async def test_without_containers_and_without_container_engine_it_says_so(
    fleet: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.containers.sheet.AGAIN_SECONDS", 0.05)
    async with at_the_helm(fleet, (80, 24)) as helm:
        await helm.press("5")
        await helm.sees("No container: a workspace that runs in one shows up here")
        fleet.docker_gone = True
        await helm.press("R")
        await helm.sees("no container engine answers", "Start Docker.")
        fleet.docker_gone = False
        fleet.put_container("first")
        await helm.sees("first", "running")
        rows = helm.app.screen.query_one(ContainerRows)
        assert "no container engine answers" not in helm.text() and rows.row_count() == 1


async def test_defaults_are_changed_in_one_dialog(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.press("5")
        await helm.sees("No container")
        await helm.press("D")
        await helm.sees("Defaults of new workspaces", "4096")
        await helm.type("python:3.12")
        await helm.press("tab", "tab", "x", "enter")
        await helm.sees("is no number")
        await helm.press("backspace", "8", "1", "9", "2", "enter")
        body = await helm.asked("update_defaults")
        assert (body.image, body.memory_mb, body.network) == ("python:3.12", 8192, "full")


async def test_limits_of_a_workspace_are_changed_in_one_dialog(fleet: Harbour) -> None:
    async with at_the_helm(fleet, (80, 24)) as helm:
        await helm.open_workspace("second")
        await helm.press("colon")
        await helm.type("limits")
        await helm.press("enter")
        await helm.sees("Limits and network of second")
        await helm.press("tab", "tab", "tab", "tab", "right", "right", "tab")
        await helm.type("example.org *.example.org")
        await helm.press("tab")
        await helm.type("soon")
        await helm.press("enter")
        await helm.sees("'soon' is no number of minutes")
        await helm.press(*["backspace"] * 4, "4", "5", "enter")
        name, body = await helm.asked("update_workspace")
        assert (name, body.idle_minutes) == ("second", 45.0)
        assert (body.network, body.allow_hosts) == ("allow", ("example.org", "*.example.org"))


async def test_a_host_that_was_refused_can_be_allowed(fleet: Harbour) -> None:
    async with at_the_helm(fleet, (80, 24)) as helm:
        await helm.open_workspace("second")
        helm.app.perform("refused-hosts")
        await helm.sees("second was refused nothing")
        entry = "[/]evil.example:8443"
        fleet.refused_ = (RefusedHost(host="[/]evil.example", port=8443, reason="not listed", entry=entry),)
        helm.app.perform("refused-hosts")
        await helm.sees(entry, "not listed")
        await helm.press("enter")
        name, body = await helm.asked("update_workspace")
        assert (name, body.allow_hosts) == ("second", ("example.org", entry))


async def test_a_damaged_workspace_is_repaired_after_it_was_said_what_is_missing(fleet: Harbour) -> None:
    fleet.troubles = ("the clone of [/]app is gone",)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("colon")
        await helm.type("repair the")
        await helm.press("enter")
        await helm.sees("the clone of [/]app is gone")
        await helm.press("r")
        assert await helm.asked("repair_workspace") == "second"
        await helm.sees("second is whole again")


async def test_what_happened_without_the_user_is_said(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        fleet.emit(Noticed(notice=Notice(text="the container of [b]first was removed", workspace="first")))
        await helm.sees("the container of [b]first was removed")
