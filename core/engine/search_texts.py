"""The texts that can be searched: of each process its command or prompt, its logs, its agent's answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import peewee

from core.processes.run_directory import RunDirectory, Stream
from core.runners.masking import Mask, cover_window
from core.search.lines import plain
from core.store import models as m
from core.values.conversation import Entry
from core.values.entities import Settings
from core.values.states import ProcessStatus, RunReason

AT_ONCE = 500
"""Processes that are asked for in one query."""
CONTEXT_LINES = 2
TEXT_LIMIT = 2000
"""Characters of a line that a hit shows."""
Around = tuple[tuple[str, ...], str, tuple[str, ...]]
"""Lines before, a line, and lines after it."""
STREAMS: dict[str, Stream] = {"output": "out", "errors": "err"}
"""The logs, by the kind of text that they are."""


@dataclass(frozen=True)
class Text:
    """One process as the index sees it."""

    process: str
    workspace: str
    workspace_id: str
    agent: bool
    ended: bool
    command: str
    prompt: str
    label: str
    started_at: float
    settings: Settings


def texts_since(moment: float) -> list[Text]:
    """Those of processes that began at a moment or later: the first of them. Call on the store's thread."""
    query = _query().where(m.ExecutionProcess.started_at >= moment)
    return [_made(row) for row in query.order_by(m.ExecutionProcess.started_at).limit(AT_ONCE)]


def texts(process_ids: list[str]) -> list[Text]:
    """Those of some processes; of one that is gone there is none. Call on the store's thread."""
    return [_made(row) for row in _query().where(m.ExecutionProcess.id.in_(process_ids))]


def _query() -> Any:
    e = m.ExecutionProcess
    return (
        e.select(e, m.Session, m.Workspace, m.CodingAgentTurn.prompt)
        .join(m.Session)
        .join(m.Workspace)
        .switch(e)
        .join(m.CodingAgentTurn, peewee.JOIN.LEFT_OUTER, on=(m.CodingAgentTurn.process == e.id), attr="turn")
    )


def _made(row: m.ExecutionProcess) -> Text:
    agent, action = row.run_reason == RunReason.CODING_AGENT, row.action
    turn = getattr(row, "turn", None)
    argv = action.get("argv")
    command = " ".join(map(str, argv)) if isinstance(argv, list) else str(action.get("script", ""))
    return Text(
        process=row.id, workspace=row.session.workspace.name, workspace_id=row.session.workspace_id,
        agent=agent,
        ended=row.status != ProcessStatus.RUNNING, command="" if agent else command,
        prompt=(turn.prompt or "") if turn else "", label=row.label, started_at=row.started_at,
        settings=msgspec.convert(row.session.workspace.settings, Settings),
    )  # fmt: skip


def document(entries: tuple[Entry, ...]) -> str:
    """A conversation as one text: all that was said and shown, entry by entry."""
    return "".join(_entry_text(entry) for entry in entries)


def _entry_text(entry: Entry) -> str:
    parts = [entry.title, entry.text, entry.output]
    parts += [item.text for item in entry.plan]
    for edit in entry.edits:
        parts += [edit.path, edit.new]
    if entry.kind == "user":
        return ""  # the prompt is a text of its own
    return "".join(f"{part}\n" for part in dict.fromkeys(filter(None, parts)))


def entry_at(entries: tuple[Entry, ...], offset: int) -> str:
    """The id of the entry that a byte of `document` belongs to; empty: none."""
    at = 0
    for entry in entries:
        at += len(_entry_text(entry).encode("utf-8", "replace"))
        if offset < at:
            return entry.id
    return ""


def lines_around(data: bytes, at: int) -> Around | None:
    """The line that begins at a place, with those before and after it; None when nothing is there."""
    if not 0 <= at < len(data):
        return None
    end = data.find(b"\n", at)
    line = data[at : end if end >= 0 else len(data)]
    before = data[:at].split(b"\n")[:-1][-CONTEXT_LINES:]
    after = data[end + 1 :].split(b"\n")[:CONTEXT_LINES] if end >= 0 else []
    if after and end + 1 + sum(len(each) + 1 for each in after) > len(data) and not after[-1]:
        after = after[:-1]
    return tuple(map(_shown, before)), _shown(line), tuple(map(_shown, after))


def _shown(line: bytes) -> str:
    return plain(line)[:TEXT_LIMIT]


def covered_window(run: RunDirectory, stream: Stream, start: int, end: int, more: bool, mask: Mask) -> bytes:
    """The bytes of a log from `start` to `end` with its secrets covered; `more`: the log may still grow."""

    def read(position: int, count: int) -> bytes:
        pieces: list[bytes] = []
        while count > 0 and (piece := run.read(stream, position, count)):
            pieces.append(piece)
            position, count = position + len(piece), count - len(piece)
        return b"".join(pieces)

    if end <= start:
        return b""
    return cover_window(mask, read, start, end, more=more)
