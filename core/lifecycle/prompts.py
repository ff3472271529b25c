"""What an agent is told: the user's own text, with the tags in it spelled out and what it cannot know.

The user's text comes first and as typed, so that an agent's own commands in it work; what is added
follows under headings. A conversation shows the user's text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from core.lifecycle.facts import WorkspaceFacts
from core.lifecycle.turn_records import EarlierTurn
from core.store import models as m
from core.values.review import FileChange
from core.values.states import ProcessStatus

TAG_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_MENTION = re.compile(rf"(?<![\w@/.])@({TAG_NAME})(?![\w-]*[@/])")
TURNS_TOLD = 20
"""Earlier turns that a new agent is told of: the last ones."""
TEXT_TOLD = 2000
"""Characters of an earlier prompt or answer that it is told."""
FILES_TOLD = 100


def mentioned(text: str) -> list[str]:
    """The names behind `@` in a text, each once, in order; an address or a path with `@` in it is none."""
    return list(dict.fromkeys(_MENTION.findall(text)))


def tags_in(text: str) -> dict[str, str]:
    """The contents of the tags that a text mentions, by name. Call on the store's thread."""
    names = mentioned(text)
    rows = m.Tag.select(m.Tag.name, m.Tag.content).where(m.Tag.name.in_(names)) if names else ()
    found = {row.name: row.content for row in rows}
    return {name: found[name] for name in names if name in found}


def told(prompt: str, tags: Mapping[str, str], before: str = "") -> str:
    """The whole text for the agent.

    Args:
        prompt: What the user typed.
        tags: Contents of the tags in it, by name.
        before: What happened before; see `account`.
    """
    parts = [prompt, *(f"# @{name}\n\n{content}" for name, content in tags.items())]
    return "\n\n".join(filter(None, (*parts, before)))


def account(facts: WorkspaceFacts, turns: Sequence[EarlierTurn], changed: Iterable[FileChange]) -> str:
    """What happened in a workspace so far, for an agent that was not there; empty when nothing did."""
    if not turns:
        return ""
    left_out = len(turns) - TURNS_TOLD
    lines = [
        "# What happened before",
        "",
        "Another session has worked here before this one. You continue its work in the same files.",
        "",
        f"Task: {facts.task_title}",
    ]
    if facts.task_description:
        lines += ["", _cut(facts.task_description)]
    if left_out > 0:
        lines += ["", f"({left_out} earlier turns are left out.)"]
    for number, turn in enumerate(turns[-TURNS_TOLD:], max(0, left_out) + 1):
        lines += ["", f"## Turn {number}", "", "The user said:", "", _quoted(turn.prompt)]
        if turn.summary:
            lines += ["", "The answer ended:", "", _quoted(turn.summary)]
        if turn.status is not ProcessStatus.COMPLETED:
            lines += ["", f"This turn did not complete: it {_word(turn.status)}."]
    files = [f"- {file.path} (+{file.added} -{file.removed})" for file in changed]
    if files:
        more = [f"- and {len(files) - FILES_TOLD} more"] if len(files) > FILES_TOLD else []
        lines += ["", "## Files changed so far", "", *files[:FILES_TOLD], *more]
    return "\n".join(lines)


def _word(status: ProcessStatus) -> str:
    return {ProcessStatus.KILLED: "was stopped", ProcessStatus.LOST: "was lost"}.get(status, "failed")


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= TEXT_TOLD else f"{text[:TEXT_TOLD]} […]"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in _cut(text).splitlines())
