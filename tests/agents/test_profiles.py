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
    names = [executor.name for executor in built_in()]
    assert names == ["demo", "claude", "codex", "gemini", "opencode", "qwen", "kimi", "copilot"]
    assert [executor.name for executor in built_in() if executor.demonstration] == ["demo"]
    assert {executor.approve for executor in built_in()} == {"ask"}
    for executor in built_in():
        assert executor.kind == "acp" and executor.title
        assert executor.install_hint().endswith(".")


def test_the_demo_agent_is_available_where_the_engine_runs() -> None:
    probe = built_in()[0].probe_argv(contained=False)
    assert subprocess.run(probe, check=False, capture_output=True).returncode == 0
    assert shutil.which(probe[-1])


def test_a_probe_of_a_missing_program_fails() -> None:
    executor = from_section("x", AgentSection(kind="acp", command=("no-such-agent-anywhere",)))
    assert subprocess.run(executor.probe_argv(contained=True), check=False).returncode != 0


def test_codex_leaves_its_own_sandbox_only_inside_of_a_container() -> None:
    codex = Executors({}).get("codex")
    assert codex.launch(REQUEST, contained=False).env == {}
    assert codex.launch(REQUEST, contained=True).env == {"INITIAL_AGENT_MODE": "agent-full-access"}


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
        ("x", {"approve": "perhaps"}, "approval policy 'perhaps' is unknown"),
        ("x", {"command": ()}, "no program"),
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
