"""Agent profiles: how each known agent is started, as data, and the user's own from `config.toml`.

Agents change their flags from month to month; nothing but these tables knows them.
"""

from __future__ import annotations

import re
import sys

from core.agents.acp import AcpExecutor
from core.agents.bundled import BUNDLED_AGENTS, CONTAINED_AGENTS
from core.agents.claude import ClaudeExecutor
from core.agents.codex import CodexExecutor
from core.agents.codex.modes import MODES
from core.agents.command import PLACEHOLDER, CommandExecutor
from core.agents.driver import Executor
from core.agents.terminal import TerminalExecutor
from core.config import AgentSection
from core.errors import ConfigError

KINDS: dict[str, type[AcpExecutor | ClaudeExecutor | CodexExecutor | CommandExecutor | TerminalExecutor]] = {
    "acp": AcpExecutor,
    "claude": ClaudeExecutor,
    "codex": CodexExecutor,
    "command": CommandExecutor,
    "terminal": TerminalExecutor,
}
POLICIES = ("ask", "edits", "all")
PLACES = ("workspace", "host")
DEMO = "demo"
_OWN_PROGRAM = ("claude", "codex")
"""Kinds whose program is called as they are."""
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


def _pip(package: str) -> str:
    return f"Install it with 'pipx install {package}', and set the API key of its model."


_CLAUDE_ENV = {"DISABLE_AUTOUPDATER": "1"}
_OPENCODE_ENV = {"OPENCODE_DISABLE_AUTOUPDATE": "1"}

_REAL: tuple[Executor, ...] = (
    ClaudeExecutor(
        name="claude",
        title="Claude Code",
        argv=("claude",),
        env=_CLAUDE_ENV,
        install=_npm("@anthropic-ai/claude-code"),
    ),
    AcpExecutor(
        name="claude-acp",
        title="Claude Code (ACP)",
        argv=("claude-agent-acp",),
        env=_CLAUDE_ENV,
        contained_env={"IS_SANDBOX": "1"},
        install=_npm("@agentclientprotocol/claude-agent-acp"),
    ),
    CodexExecutor(
        name="codex",
        title="Codex",
        argv=("codex",),
        install=_npm("@openai/codex"),
    ),
    AcpExecutor(
        name="codex-acp",
        title="Codex (ACP)",
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
        env=_OPENCODE_ENV,
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
    AcpExecutor(
        name="vibe",
        title="Mistral Vibe",
        argv=("vibe-acp",),
        install=_pip("mistral-vibe") + " It needs Python 3.12 or later.",
    ),
    CommandExecutor(
        name="pi",
        title="Pi",
        argv=("pi", "-p", "{prompt}"),
        install=_npm("@mariozechner/pi-coding-agent"),
    ),
    CommandExecutor(
        name="aider",
        title="Aider",
        argv=(
            "aider",
            "--no-pretty",
            "--no-stream",
            "--yes-always",
            "--no-check-update",
            "--message",
            "{prompt}",
        ),
        install=_pip("aider-chat"),
        approve="all",
    ),
)


def from_section(name: str, section: AgentSection) -> Executor:
    """The profile that a table `[agents.NAME]` describes.

    Raises:
        ConfigError: It makes no sense.
    """
    _check(name, section)
    known = next((each for each in built_in() if each.name == section.kind), None)
    install = section.install or (known.install_hint() if known and not section.command else "")
    return KINDS[section.kind](
        name=name,
        title=section.title or name,
        argv=section.command or (section.kind,),
        env={**({} if section.command or known is None else known.env), **section.env},
        install=install,
        approve=section.approve,
        model=section.model,
        mode=section.mode,
        where=section.where,
    )


def check_name(name: str) -> None:
    """
    Raises:
        ConfigError: No agent can have this name.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"[agents.{name[:80]}]: an agent cannot have this name",
            hint="Use up to 64 letters, digits, dots, dashes and underscores.",
        )


def _check(name: str, section: AgentSection) -> None:
    where = f"[agents.{name[:80]}]"
    check_name(name)
    _one_of(where, "kind", section.kind, tuple(KINDS))
    _one_of(where, "approval policy", section.approve, POLICIES)
    _one_of(where, "place", section.where, PLACES)
    if section.kind == "codex" and section.mode:
        _one_of(where, "mode", section.mode, MODES)
    _check_command(where, section)
    for word in (section.model, section.mode):
        if "\0" in word or word.startswith("-"):
            raise ConfigError(f"{where}: {word[:40]!r} is neither a model nor a mode")
    for variable, value in section.env.items():
        if not _VARIABLE.fullmatch(variable) or "\0" in value:
            raise ConfigError(f"{where}: {variable[:80]!r} cannot be an environment variable")


def _one_of(where: str, what: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise ConfigError(
            f"{where}: the {what} {word[:40]!r} is unknown",
            hint=f"Use {', '.join(known[:-1])} or {known[-1]}.",
        )


def _check_command(where: str, section: AgentSection) -> None:
    if not section.command and section.kind in _OWN_PROGRAM:
        return
    if not section.command or not section.command[0] or PLACEHOLDER in section.command[0]:
        raise ConfigError(
            f"{where}: the command has no program", hint='For example: command = ["my-agent", "{prompt}"]'
        )
    if any("\0" in part for part in section.command):
        raise ConfigError(f"{where}: an argument of the command holds a NUL character")
    if section.kind not in ("command", "terminal") and any(PLACEHOLDER in part for part in section.command):
        raise ConfigError(
            f"{where}: {PLACEHOLDER} has no place in the command of an agent of the kind {section.kind!r}",
            hint='The prompt is sent over the protocol; leave it out, or use kind = "command".',
        )
