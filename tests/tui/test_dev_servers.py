"""Dev servers by keys: started, their page opened or copied, stopped."""

from __future__ import annotations

import pytest

from core.values.entities import DevServer
from tests.tui.harbour import Harbour
from tests.tui.steering import SIZES, at_the_helm

URL = "http://127.0.0.1:23456/"


@pytest.mark.parametrize("size", SIZES)
async def test_o_starts_shows_and_stops_the_dev_server(
    fleet: Harbour, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    async with at_the_helm(fleet, size) as helm:
        await helm.open_workspace("first")
        await helm.press("o")
        await helm.asked("start_dev_servers")
        await helm.sees("The dev server of web starts")
        await helm.press("o")
        await helm.sees("web: its address is not known yet")
        await helm.press("escape")
        served = DevServer(process_id="d", repo="web", url=URL)
        fleet.set_workspace(fleet.workspaces_["first"], dev_servers=(served,))
        await helm.press("o")
        await helm.sees(f"Open {URL}")
        await helm.press("1")
        await helm.sees(f"copied {URL}")
        await helm.press("o")
        await helm.sees("Stop")
        await helm.press("s")
        await helm.asked("stop_dev_servers")
        await helm.sees("first serves no more")


async def test_why_a_server_cannot_be_reached_is_shown_as_it_is(fleet: Harbour) -> None:
    notice = "it listens on port 4567 [/]"
    fleet.set_workspace(
        fleet.workspaces_["first"], dev_servers=(DevServer(process_id="d", repo="web", notice=notice),)
    )
    async with at_the_helm(fleet, (200, 60)) as helm:
        await helm.open_workspace("first")
        await helm.press("o")
        await helm.sees(f"web: {notice}")


async def test_over_ssh_the_line_to_type_on_the_other_machine_is_shown_and_copied(
    fleet: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    monkeypatch.setenv("LOGNAME", "ada")
    served = DevServer(process_id="d", repo="web", url=URL)
    fleet.set_workspace(fleet.workspaces_["first"], dev_servers=(served,))
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.press("o")
        await helm.sees("Copy ssh -L 23456:127.0.0.1:23456 ada@10.0.0.2")
        await helm.press("c")
        await helm.sees("Copied by way of")
        assert helm.app.clipboard == "ssh -L 23456:127.0.0.1:23456 ada@10.0.0.2"


async def test_without_ssh_there_is_no_such_line(fleet: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    served = DevServer(process_id="d", repo="web", url=URL)
    fleet.set_workspace(fleet.workspaces_["first"], dev_servers=(served,))
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.press("o")
        await helm.sees(f"Open {URL}")
        assert "ssh -L" not in helm.text()
