"""What needs the user is told once: in states, in a status line, and by a command of the user's own."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from core.cli.verbs.status import tmux_line
from core.values.events import ApprovalChanged, WorkspaceChanged
from core.values.requests import SendPrompt
from core.values.states import Activity, ApprovalStatus
from tests.waiting import until
from tests.yard import AGENTS, HOST, Yard

ASKER = """
[agents.asker]
kind = "command"
command = ["sh", "-c", "echo 'Which colour do you want?'"]
"""


def hook(path: Path, extra: str = "") -> str:
    script = 'printf "%s\\t%s\\t%s\\n" "$1" "$2" "$3" >> "$4"'
    command = json.dumps(["sh", "-c", script, "sh", "{state}", "{workspace}", "{title}", str(path)])
    return f"{HOST}[attention]\ncommand = {command}\n{extra}{AGENTS}{ASKER}"


async def test_activities_tell_apart_what_the_user_has_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOATYARD_DEMO_PACE", "0")
    async with Yard(HOST + AGENTS + ASKER) as yard:
        workspace = await yard.workspace(agent="writer", prompt="x")
        await yard.turn(workspace)
        assert (await yard.client.workspace(workspace.name)).activity is Activity.UNSEEN
        assert (await yard.client.seen(workspace.name)).activity is Activity.IDLE
        for agent, activity in (("asker", Activity.ASKING), ("failing", Activity.FAILED)):
            sent = await yard.client.send(workspace.name, SendPrompt(prompt="x", agent=agent))
            await yard.client.wait_process(sent.id)
            assert (await yard.client.workspace(workspace.name)).activity is activity
        async with yard.watch() as watch:
            await yard.client.send(workspace.name, SendPrompt(prompt="Describe README.md", agent="demo"))
            await watch.until(ApprovalChanged, lambda e: e.approval.status is ApprovalStatus.PENDING)
        assert (await yard.client.workspace(workspace.name)).activity is Activity.WAITING


async def test_the_command_runs_once_per_transition_and_no_shell_reads_it(tmp_path: Path) -> None:
    told = tmp_path / "told"
    async with Yard(hook(told)) as yard:
        workspace = await yard.workspace(agent="writer", prompt="x")
        await yard.turn(workspace)
        await until(told.exists)
        async with yard.watch() as watch:
            await yard.client.send(workspace.name, SendPrompt(prompt="x", agent="failing"))
            await watch.until(WorkspaceChanged, lambda e: e.workspace.activity is Activity.FAILED)
        await until(lambda: len(told.read_text().splitlines()) == 2)
        await yard.restart()
        await yard.client.seen(workspace.name)
        name = workspace.name
        assert told.read_text().splitlines() == [
            f"unseen\t{name}\t{name} has finished",
            f"failed\t{name}\t{name} has failed",
        ]
        assert (await yard.client.engine_status()).attention_trouble == ""


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["/nowhere/notify"], "cannot be started"),
        (["sh", "-c", "echo broken >&2; exit 3"], "ended with 3: broken"),
        (["sleep", "60"], "took more than 0.2 s"),
    ],
)
async def test_a_command_that_fails_is_told_and_stops_nothing(command: list[str], words: str) -> None:
    async with Yard(f"{HOST}[attention]\ncommand = {json.dumps(command)}\nseconds = 0.2\n{AGENTS}") as yard:
        workspace = await yard.workspace(agent="writer", prompt="x")
        await yard.turn(workspace)
        async with asyncio.timeout(20):
            while words not in (await yard.client.engine_status()).attention_trouble:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


def test_the_status_line_is_short_and_safe_for_tmux() -> None:
    none = {"running": 0, "waiting": 0, "finished": 0, "failed": 0}
    assert tmux_line(none) == "·"
    assert tmux_line({**none, "running": 2, "waiting": 1, "failed": 1}) == "▶2 ▲1 ✗1"
    assert "#" not in tmux_line({**none, "finished": 3})
