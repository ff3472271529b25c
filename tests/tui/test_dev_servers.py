"""Dev servers by keys: started, their page opened or copied, stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.values import events as told
from core.values.entities import DevServer, Process
from core.values.states import ProcessStatus, RunReason
from tests.tui.driver import SIZES, driven
from tests.tui.fake_engine import FakeEngine

URL = "http://127.0.0.1:23456/"


@pytest.mark.parametrize("size", SIZES)
async def test_o_starts_shows_and_stops_the_dev_server(
    engine: FakeEngine, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    async with driven(engine, size) as ui:
        await ui.open_workspace("first")
        await ui.press("o")
        await ui.asked("start_dev_servers")
        await ui.sees("The dev server of web starts")
        await ui.press("o")
        await ui.sees("web: its address is not known yet")
        await ui.press("escape")
        served = DevServer(process_id="d", repo="web", url=URL)
        engine.set_workspace(engine.workspaces_["first"], dev_servers=(served,))
        await ui.press("o")
        await ui.sees(f"Open {URL}")
        await ui.press("1")
        await ui.sees(f"copied {URL}")
        await ui.press("o")
        await ui.sees("Stop")
        await ui.press("s")
        await ui.asked("stop_dev_servers")
        await ui.sees("first serves no more")


async def test_why_a_server_cannot_be_reached_is_shown_as_it_is(engine: FakeEngine) -> None:
    notice = "it listens on port 4567 [/]"
    engine.set_workspace(
        engine.workspaces_["first"], dev_servers=(DevServer(process_id="d", repo="web", notice=notice),)
    )
    async with driven(engine, (200, 60)) as ui:
        await ui.open_workspace("first")
        await ui.press("o")
        await ui.sees(f"web: {notice}")


async def test_over_ssh_the_line_to_type_on_the_other_machine_is_shown_and_copied(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    monkeypatch.setenv("LOGNAME", "ada")
    served = DevServer(process_id="d", repo="web", url=URL)
    engine.set_workspace(engine.workspaces_["first"], dev_servers=(served,))
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("o")
        await ui.sees("Copy ssh -L 23456:127.0.0.1:23456 ada@10.0.0.2")
        await ui.press("2")
        await ui.sees("Copied by way of")
        assert ui.app.clipboard == "ssh -L 23456:127.0.0.1:23456 ada@10.0.0.2"


async def test_without_ssh_there_is_no_such_line(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    served = DevServer(process_id="d", repo="web", url=URL)
    engine.set_workspace(engine.workspaces_["first"], dev_servers=(served,))
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("o")
        await ui.sees(f"Open {URL}")
        assert "ssh -L" not in ui.text()


async def test_where_a_started_server_is_reached_is_told_as_soon_as_it_is_known(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("o")
        await ui.sees("The dev server of web starts")
        served = DevServer(process_id="d", repo="web", url=URL)
        engine.set_workspace(engine.workspaces_["first"], dev_servers=(served,))
        await ui.sees(f"first serves {URL}")


def _ended(engine: FakeEngine, status: ProcessStatus, exit_code: int) -> told.ProcessChanged:
    process = Process(
        id="d",
        session_id="s",
        workspace="first",
        run_reason=RunReason.DEV_SERVER,
        status=status,
        exit_code=exit_code,
    )
    return told.ProcessChanged(sequence=engine.sequence, process=process)


async def test_a_server_that_fails_is_told_of_and_one_that_was_stopped_is_not(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        engine.emit(_ended(engine, ProcessStatus.KILLED, 143))
        engine.emit(_ended(engine, ProcessStatus.FAILED, 3))
        await ui.sees("The dev server of first has failed", "exit code 3")
        assert "143" not in ui.text()


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """What the browser that follows it was asked to open."""
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/pages\n')
    script.chmod(0o755)
    return tmp_path / "pages"


async def test_the_users_own_browser_is_taken_over_ssh_too(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, pages: Path
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    monkeypatch.setenv("BROWSER", f"/nonexistent:false:{pages.parent}/browser --tab %s")
    served = DevServer(process_id="d", repo="web", url=URL)
    engine.set_workspace(engine.workspaces_["first"], dev_servers=(served,))
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("o", "1")
        await ui.sees(f"Opened {URL}")
        assert pages.read_text() == f"--tab {URL}\n"
        await ui.press("o", "c")
        await ui.sees(f"Copied {URL} by way of")
        assert ui.app.clipboard == URL


async def test_a_browser_that_fails_leaves_the_address_on_the_clipboard(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    monkeypatch.setenv("BROWSER", "false")
    served = DevServer(process_id="d", repo="web", url=URL)
    engine.set_workspace(engine.workspaces_["first"], dev_servers=(served,))
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("o", "1")
        await ui.sees("The browser here could not be started", URL)
        assert ui.app.clipboard == URL
