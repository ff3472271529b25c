"""How one entry of a conversation is drawn: its lines, folded or not."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from core.values.conversation import Entry, EntryKind, FileEdit
from core.values.wording import counted
from tui.looks.durations import clock, took
from tui.looks.glyphs import Glyphs
from tui.looks.states import TOOL
from tui.text.prose import hard_wrap, prose
from tui.text.spans import Line, Span, fit

FOLDED_OUTPUT = 3
"""Lines of a tool's output that show while it is folded."""
OPEN_OUTPUT = 400


class EntryRow(NamedTuple):
    """One line of the conversation."""

    left: Line
    right: Line = ()
    under: str = ""


class Drawing(NamedTuple):
    """What drawing an entry depends on besides the entry."""

    width: int
    glyphs: Glyphs
    unfolded: bool
    pending: bool
    """Whether its permission request waits for an answer."""
    before: EntryKind | None = None
    """The kind of the entry before, if there is one."""


def entry_rows(entry: Entry, how: Drawing) -> list[EntryRow]:
    """The lines of an entry, with an empty one before it unless both are of the agent's doings."""
    rows = _DRAW[entry.kind](entry, how)
    close = entry.kind in _DOINGS and how.before in _DOINGS
    return rows if how.before is None or close or not rows else [EntryRow(()), *rows]


_DOINGS = frozenset({EntryKind.TOOL, EntryKind.PERMISSION, EntryKind.USAGE})


def foldable(entry: Entry) -> bool:
    """Whether an entry has more to show than it does folded."""
    return entry.kind is EntryKind.THOUGHT or bool(entry.output or entry.edits or entry.locations)


def _user(entry: Entry, how: Drawing) -> list[EntryRow]:
    head = EntryRow((("You", "user"),), ((clock(entry.started_at) + " ", "dim"),))
    lines = prose(entry.text, how.width - 3, how.glyphs)
    return [head, *(EntryRow(((f"{how.glyphs.mark} ", "user"), *line)) for line in lines)]


def _message(entry: Entry, how: Drawing) -> list[EntryRow]:
    return [EntryRow(line) for line in prose(entry.text, how.width - 1, how.glyphs)]


def _thought(entry: Entry, how: Drawing) -> list[EntryRow]:
    if not how.unfolded:
        first = next((line for line in entry.text.splitlines() if line.strip()), "")
        mark: Span = (f"{how.glyphs.folded} Thinking  ", "dim")
        return [EntryRow((mark, (first, "thought")))]
    head = EntryRow(((f"{how.glyphs.open} Thinking", "dim"),))
    lines = prose(entry.text, how.width - 3, how.glyphs, "thought")
    return [head, *(EntryRow((("  ", "text"), *line)) for line in lines)]


def _plan(entry: Entry, how: Drawing) -> list[EntryRow]:
    done = sum(item.status == "completed" for item in entry.plan)
    rows = [EntryRow((("Plan ", "heading"), (f"{done}/{len(entry.plan)}", "dim")))]
    signs = {"completed": ("done", "dim"), "in_progress": ("running", "text")}
    for item in entry.plan:
        sign, token = signs.get(item.status, ("todo", "text"))
        rows.append(EntryRow(((f"  {how.glyphs.state(sign)} ", sign), (item.text, token))))
    return rows


def _tool(entry: Entry, how: Drawing) -> list[EntryRow]:
    sign, word = TOOL[entry.state] if entry.state else ("todo", "")
    title = entry.title or entry.text or "tool call"
    left: list[Span] = [(f"{how.glyphs.state(sign)} ", sign)]
    said = title.casefold().startswith(entry.tool_kind.casefold())
    if entry.tool_kind and entry.tool_kind != "other" and not said:
        left.append((f"{entry.tool_kind} ", "info"))
    left.append((title.partition("\n")[0], "text"))
    right: list[Span] = list(_edit_counts(entry.edits, how.glyphs))
    if word in ("failed", "cancelled", "pending"):
        right.append((f" {word}", sign))
    if entry.ended_at:
        right.append((f" {took(entry.started_at, entry.ended_at)}", "dim"))
    rows = [EntryRow(tuple(left), (*right, (" ", "dim")))]
    if how.unfolded:
        rows += [row for edit in entry.edits for row in _edit(edit, how)]
    return rows + _output(entry.output, how)


def _output(output: str, how: Drawing) -> list[EntryRow]:
    lines = output.rstrip("\n").split("\n") if output.strip() else []
    limit = OPEN_OUTPUT if how.unfolded else FOLDED_OUTPUT
    shown = lines[-limit:]
    rows: list[EntryRow] = []
    if len(lines) > len(shown):
        before = counted(len(lines) - len(shown), "line")
        rows.append(EntryRow(((f"  {how.glyphs.bar} {how.glyphs.cut} {before} before", "dim"),)))
    for line in shown:
        pieces = hard_wrap(line[:4000], how.width - 5) if how.unfolded else [fit(line[:4000], how.width - 5)]
        rows += [EntryRow(((f"  {how.glyphs.bar} ", "rule"), (piece, "dim"))) for piece in pieces]
    return rows


def _edit_counts(edits: tuple[FileEdit, ...], glyphs: Glyphs) -> list[Span]:
    added = sum(1 for edit in edits for sign, _ in edit_lines(edit) if sign == "+")
    removed = sum(1 for edit in edits for sign, _ in edit_lines(edit) if sign == "-")
    if not added and not removed:
        return []
    return [(f"+{added}", "added"), (f" {glyphs.minus}{removed}", "removed")]


def _edit(edit: FileEdit, how: Drawing) -> list[EntryRow]:
    rows = [EntryRow((("  ", "text"), (edit.path, "strong")))]
    for sign, text in edit_lines(edit)[:OPEN_OUTPUT]:
        token = {"+": "added", "-": "removed"}.get(sign, "dim")
        shown = sign if sign != "-" else how.glyphs.minus
        under = {"+": "added-line", "-": "removed-line"}.get(sign, "")
        rows.append(EntryRow(((f"  {shown} ", token), (text, token if sign == " " else "text")), (), under))
    return rows


@lru_cache(256)
def edit_lines(edit: FileEdit) -> list[tuple[str, str]]:
    """The lines of an edit with their signs: `+`, `-`, or a space for context."""
    import difflib

    old, new = (edit.old or "").splitlines()[:2000], edit.new.splitlines()[:2000]
    if edit.old is None:
        return [("+", line) for line in new]
    lines = difflib.unified_diff(old, new, lineterm="", n=2)
    return [(line[:1], line[1:]) for line in lines if not line.startswith(("---", "+++", "@@"))]


def _permission(entry: Entry, how: Drawing) -> list[EntryRow]:
    title = (entry.title or entry.text or "permission").partition("\n")[0]
    if how.pending:
        left: Line = ((f"{how.glyphs.waiting} ", "waiting"), ("asks ", "waiting"), (title, "text"))
        return [EntryRow(left)]
    sign, token = ("done", "dim") if entry.state is None else (TOOL[entry.state][0], "dim")
    answer = f"  {entry.output}" if entry.output else ""
    return [
        EntryRow(((f"{how.glyphs.state(sign)} ", sign), ("asked ", token), (title, token), (answer, "text")))
    ]


def _usage(entry: Entry, how: Drawing) -> list[EntryRow]:
    return [EntryRow(((f"{how.glyphs.dot} {entry.text}", "dim"),))] if entry.text else []


def _notice(entry: Entry, how: Drawing) -> list[EntryRow]:
    lines = prose(entry.text, how.width - 3, how.glyphs, "info")
    return [EntryRow(((f"{how.glyphs.dot} ", "info"), *line)) for line in lines]


def _error(entry: Entry, how: Drawing) -> list[EntryRow]:
    lines = prose(entry.text or "error", how.width - 3, how.glyphs, "error")
    marks = [f"{how.glyphs.failed} ", *["  "] * (len(lines) - 1)]
    return [EntryRow(((mark, "failed"), *line)) for mark, line in zip(marks, lines, strict=True)]


def _raw(entry: Entry, how: Drawing) -> list[EntryRow]:
    pieces = [piece for line in entry.text.split("\n") for piece in hard_wrap(line[:4000], how.width - 1)]
    return [EntryRow(((piece, "dim"),)) for piece in pieces]


_DRAW: dict[EntryKind, Callable[[Entry, Drawing], list[EntryRow]]] = {
    EntryKind.USER: _user,
    EntryKind.MESSAGE: _message,
    EntryKind.THOUGHT: _thought,
    EntryKind.PLAN: _plan,
    EntryKind.TOOL: _tool,
    EntryKind.PERMISSION: _permission,
    EntryKind.USAGE: _usage,
    EntryKind.NOTICE: _notice,
    EntryKind.ERROR: _error,
    EntryKind.RAW: _raw,
}
