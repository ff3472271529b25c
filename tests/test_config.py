"""The settings file: read strictly; a mistake is told with file, line and the nearest valid key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.config import FILE_LIMIT, Config, load_config
from core.errors import ConfigError
from core.values.states import MergeStyle, RunnerKind

FULL = """
default_agent = "mine"

[engine]
idle_minutes = 0

[workspace]
runner = "docker"
image = "my/dev:latest"
cpus = 1.5
memory_mb = 2048
processes = 100
network = "none"

[merge]
style = "squash"
finishes_task = false

[agents.mine]
kind = "acp"
command = ["my-agent", "--acp"]
title = "Mine"
env = {A = "1"}
install = "Get it."
approve = "edits"
"""


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_config(tmp_path / "config.toml") == Config()


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(FULL)
    config = load_config(tmp_path / "config.toml")
    assert (config.engine.idle_minutes, config.default_agent) == (0, "mine")
    assert config.workspace.runner is RunnerKind.DOCKER
    assert (config.workspace.cpus, config.workspace.memory_mb) == (1.5, 2048)
    assert (config.merge.style, config.merge.finishes_task) == (MergeStyle.SQUASH, False)
    assert config.agents["mine"].command == ("my-agent", "--acp")


WRONG = [
    ("unknown table", "[workspaces]\n", 1, "workspaces", "'workspace'"),
    ("unknown key", "[engine]\n\nidle_minute = 3\n", 3, "idle_minute", "'idle_minutes'"),
    ("unknown key of a workspace", "[workspace]\nmemory = 1\n", 2, "memory", "'memory_mb'"),
    (
        "unknown key of a forge",
        "[forges.x]\nkind='gitea'\nurl='http://x'\ntokens='env:X'\n",
        4,
        "tokens",
        "'token'",
    ),
    ("kind of a forge", "[forges.x]\nkind='svn'\nurl='http://x'\n", 2, "svn", ""),
    ("address of a forge", "[forges.x]\nkind='gitea'\nurl='x.org'\n", 1, "without a user", ""),
    ("address with a password", "[forges.x]\nkind='gitea'\nurl='http://a:b@x'\n", 1, "without a user", ""),
    ("unknown key of pull requests", "[pull_requests]\npoll = 3\n", 2, "poll", "'poll_seconds'"),
    ("unknown key of an agent", "[agents.x]\nkind='acp'\ncommand=['a']\nenviron={}\n", 4, "environ", "'env'"),
    ("unknown key at the top", "\ndefault_agents = 'x'\n", 2, "default_agents", "'default_agent'"),
    ("wrong type", "[workspace]\ncpus = 'many'\n", 2, "Expected `float`", ""),
    ("a negative time", "[engine]\nidle_minutes = -1\n", 2, ">= 0", ""),
    ("no time at all", "[engine]\nidle_minutes = nan\n", 2, ">= 0", ""),
    ("an endless time", "[engine]\nidle_minutes = inf\n", 2, "<= ", ""),
    ("an endless time of a workspace", "[workspace]\nidle_minutes = inf\n", 2, "<= ", ""),
    ("negative processors", "[workspace]\ncpus = -1.0\n", 2, ">= 0.01", ""),
    ("processors that are no number", "[workspace]\ncpus = nan\n", 2, ">= 0.01", ""),
    ("no memory", "[workspace]\nmemory_mb = 0\n", 2, ">= 16", ""),
    ("20 digits of memory", "[workspace]\nmemory_mb = 99999999999999999999\n", 2, "<= ", ""),
    ("no processes", "[workspace]\nprocesses = 0\n", 2, ">= 4", ""),
    ("a negative disk", "[workspace]\ndisk_mb = -1\n", 2, ">= 0", ""),
    ("to look every 0 seconds", "[pull_requests]\npoll_seconds = 0\n", 2, ">= 5", ""),
    ("to look never again", "[pull_requests]\npoll_seconds = inf\n", 2, "<= ", ""),
    ("to keep logs for a negative time", "[logs]\nkeep_days = -1\n", 2, ">= 0", ""),
    ("wrong choice", "[workspace]\nrunner = 'moon'\n", 2, "moon", ""),
    ("wrong type in a list", "[agents.x]\nkind='acp'\ncommand=[1]\n", 3, "Expected `str`", ""),
    ("missing key", "[agents.x]\nkind = 'acp'\n", 1, "command", ""),
]


@pytest.mark.parametrize(
    ("text", "line", "named", "near"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, named: str, near: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as refusal:
        load_config(path)
    assert f"{path}, line {line}: " in refusal.value.message
    assert named in refusal.value.message
    assert near in refusal.value.hint
    assert refusal.value.details["line"] == line


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"[engine\n", "line 1"),
        (b"[engine]\nx = [1,\n\n", "line 2, where the file ends"),
        (b"a = 1\na = 2\n", "overwrite"),
        (b"\xff\xfe = 1", "not UTF-8"),
        (b"x = 'y'\n" * (FILE_LIMIT // 4), "regular file of at most"),
        (b"x = " + b"[" * 5000 + b"]" * 5000, "nested too deeply"),
    ],
    ids=["broken", "ending too early", "twice", "not UTF-8", "endless", "5,000 levels"],
)
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "config.toml").write_bytes(content)
    with pytest.raises(ConfigError, match=why):
        load_config(tmp_path / "config.toml")


def test_a_folder_a_fifo_and_a_link_to_itself_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for make in (Path.mkdir, os.mkfifo, lambda place: place.symlink_to(place)):
        make(path)
        with pytest.raises(ConfigError, match="regular file"):
            load_config(path)
        path.rmdir() if path.is_dir() else path.unlink()
