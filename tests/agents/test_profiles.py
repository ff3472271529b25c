"""Which agents there are, and the user's own profiles."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from core.agents.driver import TurnRequest
from core.agents.profiles import built_in, from_section
from core.agents.registry import Executors
from core.config import AgentSection, load_config
from core.errors import ConfigError, NotFoundError

REQUEST = TurnRequest("p1", "Mend it", "/repo")


def test_the_known_agents_are_there_and_only_the_demo_is_a_demonstration() -> None:
    kinds = {executor.name: executor.kind for executor in built_in()}
    assert kinds == {
        "demo": "acp", "claude": "claude", "claude-acp": "acp", "codex": "codex", "codex-acp": "acp",
        "gemini": "acp", "opencode": "acp", "qwen": "acp", "kimi": "acp", "copilot": "acp", "vibe": "acp",
        "pi": "command", "aider": "command",
    }  # fmt: skip
    assert [executor.name for executor in built_in() if executor.demonstration] == ["demo"]
    for executor in built_in():
        assert executor.title and executor.where == "workspace"
        assert executor.install_hint().endswith(".")


def test_the_demo_agent_is_available_where_the_engine_runs() -> None:
    probe = built_in()[0].probe_argv(contained=False)
    assert subprocess.run(probe, check=False, capture_output=True).returncode == 0
    assert shutil.which(probe[-1])


def test_a_probe_of_a_missing_program_fails() -> None:
    executor = from_section("x", AgentSection(kind="acp", command=("no-such-agent-anywhere",)))
    assert subprocess.run(executor.probe_argv(contained=True), check=False).returncode != 0


def test_codex_leaves_its_own_sandbox_only_inside_of_a_container() -> None:
    codex = Executors({}).get("codex-acp")
    assert codex.launch(REQUEST, contained=False).env == {}
    assert codex.launch(REQUEST, contained=True).env == {"INITIAL_AGENT_MODE": "agent-full-access"}


def test_kinds_that_know_their_program_need_no_command() -> None:
    executor = from_section("mine", AgentSection(kind="claude", model="opus", mode="plan", where="host"))
    launch = executor.launch(REQUEST, contained=False)
    assert launch.argv[0] == "claude" and launch.argv[-4:] == ("--model", "opus", "--permission-mode", "plan")
    assert (executor.where, executor.env) == ("host", {"DISABLE_AUTOUPDATER": "1"})
    assert "npm" in executor.install_hint()


@pytest.mark.parametrize(
    ("name", "kind", "driver"),
    [
        ("claude", "claude", "ClaudeDriver"),
        ("claude", "", "AcpDriver"),  # from before the kind was written down
        ("codex", "acp", "AcpDriver"),
        ("gone", "codex", "CodexDriver"),
        ("gone", "", "AcpDriver"),
        ("aider", "", "CommandDriver"),
    ],
)
def test_an_old_turn_is_read_in_the_language_that_it_was_held_in(name: str, kind: str, driver: str) -> None:
    assert type(Executors({}).driver(name, kind, REQUEST)).__name__ == driver


def test_an_old_turn_of_a_kind_that_is_not_known_cannot_be_read() -> None:
    assert Executors({}).driver("x", "telepathy", REQUEST) is None


def test_a_profile_of_the_users_goes_before_a_built_in_one(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[agents.claude]\nkind = "acp"\ncommand = ["my-claude", "--fast"]\ntitle = "Mine"\n'
        'env = { TIDE = "high" }\napprove = "edits"\ninstall = "Ask the harbour master."\n'
        '[agents.aider]\nkind = "command"\ncommand = ["aider", "--message", "{prompt}"]\n'
    )
    executors = Executors(load_config(path).agents)
    claude, aider = executors.get("claude"), executors.get("aider")
    launch = claude.launch(REQUEST, contained=True)
    assert (launch.argv, launch.env, launch.stdin) == (("my-claude", "--fast"), {"TIDE": "high"}, None)
    assert (claude.title, claude.approve) == ("Mine", "edits")
    assert claude.install_hint() == "Ask the harbour master."
    assert aider.launch(REQUEST, contained=False).argv == ("aider", "--message", "Mend it")
    assert (aider.kind, aider.title, aider.approve) == ("command", "aider", "ask")
    assert executors.find("nobody") is None
    with pytest.raises(NotFoundError, match="nobody"):
        executors.get("nobody")


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("x", {"kind": "telnet"}, "kind 'telnet' is unknown"),
        ("x", {"where": "moon"}, "place 'moon' is unknown"),
        ("x", {"kind": "codex", "mode": "wild"}, "mode 'wild' is unknown"),
        ("x", {"model": "--danger"}, "neither a model nor a mode"),
        ("x", {"approve": "perhaps"}, "approval policy 'perhaps' is unknown"),
        ("x", {"command": ("",)}, "no program"),
        ("x", {"kind": "command", "command": ("{prompt}",)}, "no program"),
        ("x", {"command": ("a", "{prompt}")}, "no place"),
        ("x", {"command": ("a", "b\0")}, "NUL"),
        ("x", {"env": {"A=B": "c"}}, "environment variable"),
        ("x y", {}, "this name"),
        ("../x", {}, "this name"),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused(name: str, changes: dict[str, Any], words: str) -> None:
    section = AgentSection(**{"kind": "acp", "command": ("agent",), **changes})
    with pytest.raises(ConfigError, match=words) as caught:
        from_section(name, section)
    assert f"[agents.{name}]" in caught.value.message
