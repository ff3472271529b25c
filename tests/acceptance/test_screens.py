"""An agent that only has a full-screen interface: looked at, typed to, attached to, found again."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import ConflictError
from core.values.conversation import EntryKind
from core.values.requests import TypeText
from core.values.states import ProcessStatus
from tests.pty import Terminal
from tests.yard import HOST, Daemon, docker_settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]

AGENT = r"""
stty -echo
printf "\033[2J\033[H\033[31mAHOY\033[0m %s\033]0;a title\007\n" "$GREETING"
while read -r line; do
  case $line in quit) exit 0 ;; fail) exit 3 ;; esac
  printf "heard <%s>\n" "$line"
done
"""


@pytest.fixture
async def daemon(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Daemon]:
    command = json.dumps(["sh", "-c", AGENT])
    config = (
        f'[agents.screen]\nkind = "terminal"\ncommand = {command}\nenv = {{ GREETING = "good \'day\'" }}\n'
    )
    async with Daemon(HOST + config) as each:
        yield each


def attach_and_leave(argv: tuple[str, ...]) -> None:
    """A user attaches, types a line and leaves with ctrl+]."""
    with Terminal(argv, env={**os.environ, "TERM": "xterm-256color"}) as terminal:
        terminal.until(lambda written: b"AHOY" in written)
        terminal.press(b"by hand\r")
        terminal.until(lambda written: b"heard <by hand>" in written)
        terminal.press(b"\x1d")
        assert terminal.end() == 0


async def shows(daemon: Daemon, words: str) -> tuple[str, ...]:
    """The screen as soon as it shows the words."""
    async with asyncio.timeout(30):
        while True:
            try:
                lines = (await daemon.client.screen("do-it")).lines
                if words in "\n".join(lines):
                    return lines
            except ConflictError:
                pass  # it is being opened
            await asyncio.sleep(0.1)  # a screen tells nobody that it has changed


@pytest.mark.parametrize("place", ["host", pytest.param("docker", marks=pytest.mark.container)])
async def test_an_agent_on_a_screen_is_prompted_typed_to_and_found_again(
    daemon: Daemon, request: pytest.FixtureRequest, place: str
) -> None:
    settings = None
    if place == "docker":
        settings = docker_settings(request.getfixturevalue("docker_engine"))
    await daemon.start()
    await daemon.begin(agent="screen", prompt="Dig -- 'it'\nand fill it", settings=settings)
    lines = await shows(daemon, "heard <and fill it>")
    text = "\n".join(lines)
    assert "\x1b[31mAHOY" in text and "good 'day'" in text and "heard <Dig -- 'it'>" in text
    assert all(re.sub(r"\x1b\[[0-9;:]*m", "", line).isprintable() for line in lines)
    await daemon.restart()
    await asyncio.to_thread(attach_and_leave, await daemon.client.attach_argv("do-it"))
    await shows(daemon, "heard <by hand>")
    await daemon.client.type_text("do-it", TypeText(text="$(touch harm); more"))
    await shows(daemon, "heard <$(touch harm); more>")
    await daemon.client.type_text("do-it", TypeText(text="quit"))
    ended = await daemon.turn("do-it")
    assert (ended.status, ended.exit_code) == (ProcessStatus.COMPLETED, 0)
    log = await daemon.client.log(ended.id)
    assert "AHOY" in log.text
    entries = (await daemon.client.conversation("do-it")).entries
    assert [entry.kind for entry in entries] == [EntryKind.USER, EntryKind.NOTICE]
    with pytest.raises(ConflictError, match="no agent works on a screen"):
        await daemon.client.screen("do-it")


async def test_it_fails_by_its_exit_code_and_is_stopped_with_all_that_it_started(daemon: Daemon) -> None:
    await daemon.start()
    await daemon.begin(agent="screen", prompt="fail")
    ended = None
    async with asyncio.timeout(30):
        while ended is None or not ended.status.ended:
            found = await daemon.client.processes("do-it")
            ended = found[0] if found else None
            await asyncio.sleep(0.1)
    assert (ended.status, ended.exit_code) == (ProcessStatus.FAILED, 3)


async def test_stopping_the_workspace_ends_the_screen(daemon: Daemon) -> None:
    await daemon.start()
    await daemon.begin(agent="screen", prompt="stay")
    await shows(daemon, "heard <stay>")
    argv = await daemon.client.attach_argv("do-it")
    await daemon.client.stop_workspace("do-it")
    assert (await daemon.turn("do-it")).status is ProcessStatus.KILLED
    socket = Path(argv[-1]) / "tmux"
    probe = await asyncio.create_subprocess_exec(
        "tmux", "-S", "./tmux", "ls", cwd=socket.parent,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await probe.wait() != 0, "the screen's server lives on"
