"""The user's `config.toml`: read once when the engine starts, checked strictly, never written here.

A wrong key or value is an error that names the file, the line and the nearest valid key; nothing of a
file that is wrong is used.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta

from core.errors import ConfigError
from core.toml_text import complaint
from core.values.states import MergeStyle, RunnerKind

FILE_LIMIT = 2**20
"""Bytes that a settings file may have."""
MINUTES_LIMIT = 5_256_000
"""Ten years: what is longer was not meant as a time."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all tables in the file."""


S = TypeVar("S", bound=Section)


class EngineSection(Section, frozen=True, kw_only=True):
    idle_minutes: Annotated[float, Meta(ge=0, le=MINUTES_LIMIT)] = 10.0
    """The engine stops after so long without clients and processes; 0: never."""


class WorkspaceSection(Section, frozen=True, kw_only=True):
    """Defaults of new workspaces."""

    runner: RunnerKind | None = None
    image: str = ""
    cpus: Annotated[float, Meta(ge=0.01, le=4096)] = 2.0
    memory_mb: Annotated[int, Meta(ge=16, le=2**31)] = 4096
    processes: Annotated[int, Meta(ge=4, le=2**31)] = 512
    disk_mb: Annotated[int, Meta(ge=0, le=2**31)] = 0
    """0: no limit."""
    network: str = "full"
    warm_spares: bool = True
    """Whether a clone is kept ready for the next workspace of each large repository."""
    allow_hosts: tuple[str, ...] = ()
    idle_minutes: Annotated[float, Meta(ge=0, le=MINUTES_LIMIT)] | None = None
    """A workspace closes by itself after so long without activity; 0: never. Left out: 30 in a container,
    never on the host."""


class MergeSection(Section, frozen=True, kw_only=True):
    style: MergeStyle = MergeStyle.MERGE
    """Style of new projects."""
    finishes_task: bool = True
    """Whether a merge sets the task to `done`."""
    hooks: bool = True
    """Whether the commit hooks of the user's repositories run before something lands there."""


class TurnsSection(Section, frozen=True, kw_only=True):
    resume_after_rate_limit: bool = False
    """Whether a turn that a provider's rate limit ended is begun again by itself when the limit is over."""


class LogsSection(Section, frozen=True, kw_only=True):
    """How long the output of ended processes is kept; conversations keep what they need as long."""

    keep_days: Annotated[float, Meta(ge=0, le=36500)] = 0.0
    """0: for ever."""
    max_mb: Annotated[int, Meta(ge=0)] = 0
    """All of it together; the oldest goes first. 0: no limit."""


class AttentionSection(Section, frozen=True, kw_only=True):
    command: tuple[str, ...] = ()
    """Run when a workspace begins to wait for the user, has finished or failed. `{title}`, `{text}`,
    `{workspace}` and `{state}` in an argument are filled in; no shell reads them."""
    seconds: Annotated[float, Meta(gt=0, le=600)] = 10.0
    """How long it may take."""


class PictureStyle(StrEnum):
    """How the interface draws pictures of files."""

    AUTO = "auto"
    """By kitty's graphics where the terminal is known to have them, else by Sixel where it says so, else in
    blocks."""
    KITTY = "kitty"
    SIXEL = "sixel"
    BLOCKS = "blocks"
    NONE = "none"
    """Only what is known of them, in words."""


class ProgramPlace(StrEnum):
    """Where shell and editor open inside tmux."""

    POPUP = "popup"
    WINDOW = "window"


class InterfaceSection(Section, frozen=True, kw_only=True):
    """How the terminal interface does things."""

    pictures: PictureStyle = PictureStyle.AUTO
    tmux: ProgramPlace = ProgramPlace.POPUP
    mouse: bool = True
    """Whether clicks and the wheel are the interface's; else the terminal's own, to select and copy with."""


class McpSection(Section, frozen=True, kw_only=True):
    """What agents may do through `boatyard mcp`."""

    offer: bool = False
    """Whether agents are told of it when they start; else only those that the user has told of it."""
    may_start_workspaces: bool = False


class KeysSection(Section, frozen=True, kw_only=True):
    """The keys of the interface. What they name is checked where the table of actions is: by the interface,
    when it starts, and by `boatyard doctor`; a wrong key keeps no engine from starting."""

    preset: str = "default"
    """`default`, `vim` or `arrows`."""
    map: dict[str, str | tuple[str, ...]] = {}
    """The key, or keys, of an action by its id (see `boatyard keys`); an empty list: none."""


class ForgeKind(StrEnum):
    """Whose HTTP API a host of pull requests speaks."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"
    """Forgejo too."""


class ForgeSection(Section, frozen=True, kw_only=True):
    """A host of pull requests, `[forges.NAME]`; github.com and gitlab.com are known without."""

    kind: ForgeKind
    url: str
    """Its address in a browser, such as `https://git.example.org`."""
    api: str = ""
    """Base of its API; empty: where that kind has it below `url`."""
    token: str = ""
    """`env:NAME`, `file:PATH` or `command:ARGV`; never the token itself."""
    hosts: tuple[str, ...] = ()
    """Further names of it in addresses of remotes, such as an alias of ssh."""

    def __post_init__(self) -> None:
        """
        Raises:
            ValueError: An address is none.
        """
        for address in filter(None, (self.url, self.api)):
            if not re.fullmatch(r"https?://[^\s/@?#]+(/[^\s?#@]*)?", address):
                # Not repeated: what is wrong with it may be that it holds a password.
                raise ValueError("url and api must be http:// or https:// addresses without a user")


class PullRequestsSection(Section, frozen=True, kw_only=True):
    """How pull requests are followed."""

    poll_seconds: Annotated[float, Meta(ge=5, le=7 * 86400)] = 60.0
    """How often an open pull request is looked at; less often while nothing happens there."""


KINDS_WITHOUT_A_COMMAND = ("acp", "command", "terminal")
"""Kinds of agents that bring none of their own."""


class AgentSection(Section, frozen=True, kw_only=True):
    """A profile of an executor, `[agents.NAME]`."""

    kind: str
    """`acp`, `claude`, `codex`, `command` or `terminal`."""
    command: tuple[str, ...] = ()
    """Arguments; `{prompt}` in one stands for the prompt (kinds `command` and `terminal` only). May be left
    out for the kinds `claude` and `codex`."""
    model: str = ""
    """Which model it is to use, in the agent's own words; empty: as it is set up."""
    mode: str = ""
    """Which of its modes it is to work in, in the agent's own words; empty: its own default."""
    where: str = "workspace"
    """`workspace`: in the workspace's environment; `host`: on this machine against the clone."""
    title: str = ""
    env: dict[str, str] = {}
    install: str = ""
    """What to do to get the agent, in a sentence."""
    approve: str = "ask"
    """`ask`, `edits` or `all`."""

    def __post_init__(self) -> None:
        """
        Raises:
            ValueError: The kind needs a command, and there is none.
        """
        if not self.command and self.kind in KINDS_WITHOUT_A_COMMAND:
            raise ValueError("Object missing required field `command`")


class Config(Section, frozen=True, kw_only=True):
    engine: EngineSection = EngineSection()
    workspace: WorkspaceSection = WorkspaceSection()
    merge: MergeSection = MergeSection()
    turns: TurnsSection = TurnsSection()
    logs: LogsSection = LogsSection()
    attention: AttentionSection = AttentionSection()
    mcp: McpSection = McpSection()
    keys: KeysSection = KeysSection()
    interface: InterfaceSection = InterfaceSection()
    pull_requests: PullRequestsSection = PullRequestsSection()
    agents: dict[str, AgentSection] = {}
    forges: dict[str, ForgeSection] = {}
    default_agent: str = ""


def load_config(path: Path) -> Config:
    """The settings in a file, or the defaults when there is none.

    Raises:
        ConfigError: The file cannot be read, is not TOML, or holds a wrong key or value.
    """
    try:
        if not os.path.lexists(path):
            return Config()
        if not path.is_file() or path.stat().st_size > FILE_LIMIT:
            raise ConfigError(
                f"{path} is not a regular file of at most {FILE_LIMIT} bytes", hint="Move it away."
            )
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}", hint="Check its permissions."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text", hint="Save it as UTF-8.") from error
    return settings_from(text, Config, str(path))


def settings_from(text: str, kind: type[S], path: str) -> S:
    """The settings that a text in TOML holds.

    Args:
        text: What a file says.
        kind: What it may say.
        path: Which file that is, for people.

    Raises:
        ConfigError: It is not TOML, or holds a wrong key or value: it names file, line and the nearest key.
    """
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except RecursionError as error:
        raise ConfigError(f"{path} is nested too deeply", hint="Take the brackets out.") from error
    except tomllib.TOMLDecodeError as error:
        wrong = f"{path}: {complaint(error, text)}"
        raise ConfigError(wrong, hint="See the TOML format's rules for this line.") from error
    except msgspec.ValidationError as error:
        raise _explain(path, text, str(error), kind) from error


def _explain(path: str, text: str, message: str, root: type[Section]) -> ConfigError:
    where = re.search(r" - at `\$\.?(.*)`$", message)
    place = where.group(1) if where else ""
    unknown = re.search(r"unknown field `(.+?)`", message)
    key = unknown.group(1) if unknown else re.sub(r"\[.*\]$", "", place.rpartition(".")[2])
    line = _line_of(text, key)
    hint = ""
    if unknown:
        near = difflib.get_close_matches(key, _keys(place, root), n=1, cutoff=0.0)
        hint = f"Did you mean {near[0]!r}?" if near else ""
    return ConfigError(f"{path}, line {line}: {message}", hint=hint, details={"line": line})


def _line_of(text: str, key: str) -> int:
    pattern = re.compile(rf"^\s*(?:\[.*\b{re.escape(key)}\b.*\]|[\"']?{re.escape(key)}[\"']?\s*=)")
    for number, line in enumerate(text.splitlines(), 1):
        if key and pattern.search(line):
            return number
    return 1


def _keys(place: str, root: type[Section]) -> tuple[str, ...]:
    """The keys that the table at a place such as `workspace` or `agents[...]` can have."""
    kind: Any = root
    for part in re.findall(r"[^.\[]+|\[\.\.\.\]", place):
        # Of a table by name such as `dict[str, AgentSection]`, the last argument is what each holds.
        kind = get_args(kind)[-1] if part == "[...]" else get_type_hints(kind).get(part)
    return tuple(getattr(kind, "__struct_fields__", ()))
