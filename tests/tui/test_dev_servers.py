"""Dev servers by keys: started, their page opened or copied, stopped."""

from __future__ import annotations

import pytest

from core.values.entities import DevServer
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
