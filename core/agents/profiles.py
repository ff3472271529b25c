"""Agent profiles: how each known agent is started, as data, and the user's own from `config.toml`.

Agents change their flags from month to month; nothing but this table knows them. All of them are spoken
to over the Agent Client Protocol, which tells permissions, plans and changes apart.
"""

from __future__ import annotations

import re
import sys

from core.agents.acp import AcpExecutor
from core.agents.bundled import BUNDLED_AGENTS, CONTAINED_AGENTS
from core.agents.command import PLACEHOLDER, CommandExecutor
from core.agents.driver import Executor
from core.config import AgentSection
from core.errors import ConfigError

POLICIES = ("ask", "edits", "all")
DEMO = "demo"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEMO_FILE = "demo_agent.py"


def built_in() -> tuple[Executor, ...]:
    """The profiles that come with Boatyard, the demonstration first."""
    return (_demo(), *_REAL)


def _demo() -> AcpExecutor:
    return AcpExecutor(
        name=DEMO,
        title="Demo agent",
        # `-P`: the script's own folder must not hide modules of the standard library.
        argv=(sys.executable or "python3", "-P", str(BUNDLED_AGENTS / _DEMO_FILE)),
        contained_argv=("python3", f"{CONTAINED_AGENTS}/{_DEMO_FILE}"),
        install="It is built in and needs Python 3.9 or later: use an image that has python3.",
        demonstration=True,
    )


def _npm(package: str) -> str:
    return f"Install it with 'npm install -g {package}', and log in or set its API key."


_REAL: tuple[Executor, ...] = (
    AcpExecutor(
        name="claude",
        title="Claude Code",
        argv=("claude-agent-acp",),
        env={"DISABLE_AUTOUPDATER": "1"},
        install=_npm("@agentclientprotocol/claude-agent-acp"),
    ),
    AcpExecutor(
        name="codex",
        title="Codex",
        argv=("codex-acp",),
        # Its own sandbox needs namespaces, which a container does not give; every command would fail.
        contained_env={"INITIAL_AGENT_MODE": "agent-full-access"},
        install=_npm("@agentclientprotocol/codex-acp"),
    ),
    AcpExecutor(
        name="gemini",
        title="Gemini CLI",
        argv=("gemini", "--acp"),
        install=_npm("@google/gemini-cli"),
    ),
    AcpExecutor(
        name="opencode",
        title="OpenCode",
        argv=("opencode", "acp"),
        env={"OPENCODE_DISABLE_AUTOUPDATE": "1"},
        install=_npm("opencode-ai"),
    ),
    AcpExecutor(
        name="qwen",
        title="Qwen Code",
        argv=("qwen", "--acp"),
        install=_npm("@qwen-code/qwen-code"),
    ),
    AcpExecutor(
        name="kimi",
        title="Kimi Code",
        argv=("kimi", "acp"),
        install="Install Kimi Code as its makers describe, and run 'kimi' once to log in.",
    ),
    AcpExecutor(
        name="copilot",
        title="Copilot CLI",
        argv=("copilot", "--acp"),
        install=_npm("@github/copilot"),
    ),
)


def from_section(name: str, section: AgentSection) -> Executor:
    """The profile that a table `[agents.NAME]` describes.

    Raises:
        ConfigError: It makes no sense.
    """
    _check(name, section)
    title = section.title or name
    if section.kind == "command":
        return CommandExecutor(
            name, title, section.command, dict(section.env), section.install, section.approve
        )
    return AcpExecutor(
        name, title, section.command, env=dict(section.env), install=section.install, approve=section.approve
    )


def _check(name: str, section: AgentSection) -> None:
    where = f"[agents.{name[:80]}]"
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{where}: an agent cannot have this name",
            hint="Use up to 64 letters, digits, dots, dashes and underscores.",
        )
    if section.kind not in ("acp", "command"):
        raise ConfigError(f"{where}: the kind {section.kind[:40]!r} is unknown", hint="Use acp or command.")
    if section.approve not in POLICIES:
        raise ConfigError(
            f"{where}: the approval policy {section.approve[:40]!r} is unknown",
            hint="Use ask, edits or all.",
        )
    _check_command(where, section)
    for variable, value in section.env.items():
        if not _VARIABLE.fullmatch(variable) or "\0" in value:
            raise ConfigError(f"{where}: {variable[:80]!r} cannot be an environment variable")


def _check_command(where: str, section: AgentSection) -> None:
    if not section.command or not section.command[0] or PLACEHOLDER in section.command[0]:
        raise ConfigError(
            f"{where}: the command has no program", hint='For example: command = ["my-agent", "{prompt}"]'
        )
    if any("\0" in part for part in section.command):
        raise ConfigError(f"{where}: an argument of the command holds a NUL character")
    if section.kind == "acp" and any(PLACEHOLDER in part for part in section.command):
        raise ConfigError(
            f"{where}: {PLACEHOLDER} has no place in the command of an ACP agent",
            hint='The prompt is sent over the protocol; leave it out, or use kind = "command".',
        )
