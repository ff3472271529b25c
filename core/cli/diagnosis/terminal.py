"""The options of the tmux that the user is in."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from functools import partial

from core.cli.diagnosis.finding import Finding, State
from core.cli.diagnosis.tools import said
from core.errors import BoatyardError


@dataclass(frozen=True)
class _Option:
    name: str
    scope: str
    """The letters by which tmux(1) finds it: server, session or window."""
    good: tuple[str, ...]
    wanted: str
    why: str


_OPTIONS = (
    _Option("set-clipboard", "s", ("on", "external"), "on", "Without it, copied text stays in tmux."),
    _Option(
        "allow-passthrough", "gw", ("on", "all"), "on",
        "Without it, pictures and notifications do not reach the terminal.",
    ),
    _Option(
        "extended-keys", "s", ("on", "always"), "on",
        "Without it, keys such as shift+enter cannot be told from enter.",
    ),
    _Option(
        "focus-events", "s", ("on",), "on",
        "Without it, Boatyard cannot know whether you look at it, and may ring when it need not.",
    ),
)  # fmt: skip


def terminal() -> list[Finding]:
    """One finding for each option that is not as it should be; none outside of tmux. Blocks."""
    if not os.environ.get("TMUX"):
        return []
    findings = [finding for option in _OPTIONS if (finding := _look_at(option)) is not None]
    good = Finding("tmux options", State.OK, ", ".join(option.name for option in _OPTIONS))
    return findings or [good]


def _look_at(option: _Option) -> Finding | None:
    value = said("tmux", "show-options", f"-{option.scope}v", option.name)
    if not value or value in option.good:  # a tmux that does not know the option says nothing
        return None
    line = f"set -{option.scope} {option.name} {option.wanted}"
    return Finding(
        "tmux options",
        State.WARNING,
        f"{option.name} is {value}",
        option.why,
        f"For always: '{line}' in ~/.tmux.conf. Until tmux ends: tmux {line}",
        partial(_set, option, line),
    )


async def _set(option: _Option, line: str) -> str:
    argv = ("tmux", "set-option", f"-{option.scope}", option.name, option.wanted)
    if await asyncio.to_thread(said, *argv) is None:
        raise BoatyardError(f"tmux does not take {option.name}", hint=f"Add '{line}' to ~/.tmux.conf.")
    return f"{option.name} is {option.wanted} until tmux ends; for always, add '{line}' to ~/.tmux.conf"
