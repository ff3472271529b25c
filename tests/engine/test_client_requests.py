"""Files and terminals that an agent asks its client for: served in its sandbox, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.values.conversation import EntryKind
from core.values.entities import Workspace
from core.values.requests import SendPrompt, WantedSettings
from core.values.states import ProcessStatus, RunReason
from tests.engine import asking_agent
from tests.yard import HOST, Daemon, Yard, docker_settings

pytestmark = pytest.mark.slow

AGENT = Path(asking_agent.__file__).read_text()
CONFIG = f"""{HOST}
[agents.asks]
kind = "acp"
command = ["python3", "agent.py"]
"""


@pytest.fixture(params=["host", pytest.param("docker", marks=pytest.mark.container)])
async def asked(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Yard, Workspace]]:
    """A workspace in which the agent has not been asked yet."""
    async with Yard(CONFIG) as yard:
        settings = WantedSettings()
        if request.param == "docker":
            settings = docker_settings(request.getfixturevalue("docker_engine"))
        repository = yard.repository(files={"agent.py": AGENT, "lines.txt": "one\ntwo\nthree\n"})
        workspace = await yard.workspace(repository, agent="asks", prompt="[]", settings=settings)
        await yard.turn(workspace.name)
        yield yard, workspace
        await yard.remove(workspace.name)


async def ask(yard: Yard, workspace: Workspace, *requests: tuple[str, dict[str, Any]]) -> list[Any]:
    """What the agent heard of its requests."""
    sent = await yard.client.send(workspace.name, SendPrompt(prompt=json.dumps(requests)))
    turn = await yard.client.wait_process(sent.id)
    assert turn.status is ProcessStatus.COMPLETED, turn
    return list(json.loads((await yard.client.turn(turn.id)).summary))


async def test_files_are_read_by_line_and_written_with_their_folders(
    asked: tuple[Yard, Workspace],
) -> None:
    yard, workspace = asked
    root = f"{workspace.folder}/repo"
    whole, window, written, back = await ask(
        yard,
        workspace,
        ("fs/read_text_file", {"path": f"{root}/lines.txt"}),
        ("fs/read_text_file", {"path": f"{root}/lines.txt", "line": 2, "limit": 1}),
        ("fs/write_text_file", {"path": f"{root}/new/deep -n.txt", "content": "ahoy\n"}),
        ("fs/read_text_file", {"path": f"{root}/new/deep -n.txt"}),
    )
    assert whole == {"result": {"content": "one\ntwo\nthree\n"}}
    assert window == {"result": {"content": "two\n"}}
    assert written == {"result": {}}
    assert back == {"result": {"content": "ahoy\n"}}
    assert (Path(workspace.folder) / "repo/new/deep -n.txt").read_text() == "ahoy\n"


async def test_nothing_outside_of_the_workspace_is_read_or_written(asked: tuple[Yard, Workspace]) -> None:
    yard, workspace = asked
    root, canary = f"{workspace.folder}/repo", yard.folder / "canary"
    canary.write_text("the host's own")
    link = ("sh", ["-c", f"ln -s {canary} l; ln -s {yard.folder} d; mkfifo f; ln -s /dev/zero z"])
    heard = await ask(
        yard,
        workspace,
        ("terminal/create", {"command": link[0], "args": link[1], "cwd": root}),
        ("terminal/wait_for_exit", {"terminalId": "$T"}),
        *(
            ("fs/read_text_file", {"path": path})
            for path in (
                str(canary), f"{root}/l", f"{root}/d/canary", f"{root}/f", f"{root}/z", f"{root}/../../x",
                f"{root}/.", "lines.txt", f"{root}/none", "/etc/passwd", root,
            )
        ),
        *(
            ("fs/write_text_file", {"path": path, "content": "planted"})
            for path in (str(canary), f"{root}/l", f"{root}/d/canary", f"{root}/d/planted", f"{root}/f")
        ),
    )  # fmt: skip
    refused = heard[2:]
    assert [each.get("error", {}).get("code") for each in refused] == [-32602] * len(refused), refused
    assert canary.read_text() == "the host's own"
    assert not (yard.folder / "planted").exists()


async def test_a_terminals_command_runs_and_its_output_and_end_are_told(
    asked: tuple[Yard, Workspace],
) -> None:
    yard, workspace = asked
    _, status, told, cut, _, gone = await ask(
        yard,
        workspace,
        ("terminal/create", {"command": "echo out; echo err >&2; echo $SHIP; exit 3",
                             "env": [{"name": "SHIP", "value": "Argo"}], "outputByteLimit": 9}),
        ("terminal/wait_for_exit", {"terminalId": "$T"}),
        ("terminal/output", {"terminalId": "$T"}),
        ("terminal/output", {"terminalId": "not mine"}),
        ("terminal/release", {"terminalId": "$T"}),
        ("terminal/output", {"terminalId": "$T"}),
    )  # fmt: skip
    assert status == {"result": {"exitCode": 3, "signal": None}}
    exit_status = {"exitCode": 3, "signal": None}
    assert told == {"result": {"output": "err\nArgo\n", "truncated": True, "exitStatus": exit_status}}
    assert "no such terminal" in cut["error"]["message"] and "no such terminal" in gone["error"]["message"]
    conversation = await yard.client.conversation(workspace.name)
    call = next(each for each in conversation.entries if each.kind is EntryKind.TOOL)
    assert (call.text, call.output) == ("echo out; echo err >&2; echo $SHIP; exit 3", "err\nArgo\n")


async def test_a_terminal_is_ended_by_its_agent_or_with_it(asked: tuple[Yard, Workspace]) -> None:
    yard, workspace = asked
    _, _, status, told, _ = await ask(
        yard,
        workspace,
        ("terminal/create", {"command": "echo on; exec sleep 600"}),
        ("terminal/kill", {"terminalId": "$T"}),
        ("terminal/wait_for_exit", {"terminalId": "$T"}),
        ("terminal/output", {"terminalId": "$T"}),
        ("terminal/create", {"command": "sleep 600"}),
    )
    assert status == {"result": {"exitCode": None, "signal": "SIGTERM"}}
    assert told["result"]["output"] == "on\n"
    for process in await yard.client.processes(workspace.name):
        if process.run_reason is RunReason.COMMAND:
            assert (await yard.client.wait_process(process.id)).status is ProcessStatus.KILLED


async def test_a_terminal_outlives_the_engine_and_its_agent_still_hears_of_it() -> None:
    async with Daemon(CONFIG, forked=True) as daemon:
        gate = daemon.fifo()
        await daemon.start()
        repository = daemon.repository(files={"agent.py": AGENT})
        workspace = await daemon.workspace(repository, agent="asks", prompt="[]")
        await daemon.turn(workspace.name)
        requests = [
            ("terminal/create", {"command": f"read -r line <{gate}; echo got $line >>told; echo $line"}),
            ("terminal/wait_for_exit", {"terminalId": "$T"}),
            ("terminal/output", {"terminalId": "$T"}),
        ]
        sent = await daemon.client.send(workspace.name, SendPrompt(prompt=json.dumps(requests)))
        with gate.open("w") as line:  # opens when the command reads
            await daemon.restart()
            line.write("ahoy\n")
        turn = await daemon.client.wait_process(sent.id)
        assert turn.status is ProcessStatus.COMPLETED
        heard = json.loads((await daemon.client.turn(turn.id)).summary)
        assert heard[1:] == [
            {"result": {"exitCode": 0, "signal": None}},
            {"result": {"output": "ahoy\n", "truncated": False, "exitStatus": heard[1]["result"]}},
        ]
        assert (Path(workspace.folder) / "repo" / "told").read_text() == "got ahoy\n"
