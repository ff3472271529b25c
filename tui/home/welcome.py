"""What one sees before there is a project: the way to a first task, and what was found to run it with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.keys.keymap import Keymap
from tui.looks.glyphs import Glyphs
from tui.text.inline import wrap_words
from tui.text.prose import prose
from tui.text.spans import Line
from tui.widgets.card import Draw, key_line

if TYPE_CHECKING:
    from core.values.entities import AgentInfo, RunnerInfo

WIDEST = 78
"""Cells of a line; longer ones are hard to read."""
LABEL = 12
"""Cells of the word before what was found."""
INDENT = LABEL + 5
TOLD = ("claude", "codex")
"""Agents whose installation is told where there is none; `boatyard agent list` tells all."""
PITCH = (
    "Coding tasks side by side: each gets a clone, a branch and, where there is a container engine, a "
    "container of its own. You watch, answer, review, merge."
)
NO_REPOSITORY = "none here: give its path, or leave and try: boatyard demo"
NO_AGENT = "only the Demo agent, which has no model and shows how it goes"
NO_GIT = "not found: nothing works without it; install git 2.39 or newer"
NO_CONTAINERS = "no container engine: agents run as you, in reach of all yours"


def welcome_card(
    here: str, agents: Sequence[AgentInfo], runners: Sequence[RunnerInfo], keys: Keymap, notice: str = "",
    *, git: bool = True,
) -> Draw:  # fmt: skip
    """The first screen.

    Args:
        here: The repository that the program was started in; empty: none.
        agents: What there is; empty while that is not known.
        runners: Where tasks can run; empty while that is not known.
        keys: The keys of now.
        notice: What the engine has to say first.
        git: Whether there is git on this machine.
    """

    def make(width: int, glyphs: Glyphs) -> list[Line]:
        room = min(width - 2, WIDEST)
        lines: list[Line] = [(), ((" Welcome to Boatyard", "title"),), *_text(PITCH, room, glyphs), ()]
        lines += [((" To a running task", "strong"),), *_steps(here, keys), ()]
        lines += [
            ((" Found on this machine", "strong"),),
            *([] if git else _found("git", False, NO_GIT, room, glyphs)),
            *_found("repository", bool(here), here or NO_REPOSITORY, room, glyphs),
            *_agents(agents, room, glyphs),
            *_isolation(runners, room, glyphs),
        ]
        if notice:
            lines += [(), *_text(notice, room, glyphs, "warning")]
        more = (("add-project", "add a project"), ("palette", "find any action"), ("help", "all keys"))
        return [*lines, (), key_line(*((keys.hint(action), label) for action, label in more))]

    return make


def _steps(here: str, keys: Keymap) -> list[Line]:
    """Key, words, key."""
    words = "what is to be done, in a few words" if here else "what is to be done, and the repository's path"
    steps = ((keys.hint("new"), "key", "a new task"), ("type", "text", words), ("enter", "key", "start it"))
    return [((f"   {key:<{LABEL + 1}} ", token), (label, "text")) for key, token, label in steps]


def _agents(agents: Sequence[AgentInfo], room: int, glyphs: Glyphs) -> list[Line]:
    if not agents:
        return _found("agents", None, "looking", room, glyphs)
    real = [each.title for each in agents if each.available and not each.demonstration]
    if real:
        return _found("agents", True, ", ".join(real), room, glyphs)
    lines = _found("agents", False, NO_AGENT, room, glyphs)
    for name in TOLD:
        for agent in (each for each in agents if each.name == name):
            told = wrap_words([(f"{agent.title}: {agent.detail}", "dim")], room - INDENT)
            lines += [((" " * INDENT, "text"), *line) for line in told]
    return lines


def _isolation(runners: Sequence[RunnerInfo], room: int, glyphs: Glyphs) -> list[Line]:
    if not runners:
        return _found("isolation", None, "looking", room, glyphs)
    isolating = next((each for each in runners if each.available and each.isolates), None)
    if isolating is None:
        return _found("isolation", False, NO_CONTAINERS, room, glyphs)
    return _found("isolation", True, f"a container for each task ({isolating.detail})", room, glyphs)


def _found(label: str, there: bool | None, text: str, room: int, glyphs: Glyphs) -> list[Line]:
    """One thing that is there, is not, or is not known yet, with its words beside it."""
    sign, token = (glyphs.done, "success") if there else (glyphs.waiting, "warning")
    if there is None:
        sign, token = glyphs.todo, "dim"
    first, *rest = wrap_words([(text, "text")], room - INDENT)
    head: Line = ((f"   {sign} ", token), (f"{label:<{LABEL}}", "dim"), *first)
    return [head, *(((" " * INDENT, "text"), *line) for line in rest)]


def _text(text: str, room: int, glyphs: Glyphs, token: str = "dim") -> list[Line]:
    return [((" ", "text"), *line) for line in prose(text, room, glyphs, token)]
