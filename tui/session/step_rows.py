"""The steps of an operation, as they happen, with their times."""

from __future__ import annotations

from core.values.entities import Operation, StepReport
from core.values.states import OperationStatus
from tui.keys.keymap import Keymap
from tui.looks.durations import took
from tui.looks.glyphs import Glyphs
from tui.session.entry_rows import EntryRow
from tui.text.prose import prose
from tui.text.spans import Line

_TITLES = {
    "create": "Setting up", "merge": "Merging", "close": "Closing", "restore": "Opening again",
    "delete": "Removing", "push": "Pushing", "unmerge": "Taking the merge back",
}  # fmt: skip


def operation_rows(operation: Operation, width: int, glyphs: Glyphs, keymap: Keymap) -> list[EntryRow]:
    """A title, a line for each step, and the error with what to do next."""
    title = _TITLES.get(operation.kind, operation.kind)
    time = took(operation.started_at, operation.ended_at)
    rows = [EntryRow(((title, "heading"),), ((f"{time} ", "dim"),))]
    for step in operation.steps:
        rows += _step(step, width, glyphs)
    if operation.error and operation.status is not OperationStatus.RUNNING:
        rows += _error(operation, width, glyphs, keymap)
    return rows


def _step(step: StepReport, width: int, glyphs: Glyphs) -> list[EntryRow]:
    if step.error:
        sign = "failed"
    elif step.ended_at:
        sign = "done"
    else:
        sign = "running" if step.started_at else "todo"
    token = "dim" if sign == "todo" else "text"
    left: Line = ((f"  {glyphs.state(sign)} ", sign), (step.label or step.name, token))
    rows = [EntryRow(left, ((f"{took(step.started_at, step.ended_at)} ", "dim"),))]
    for text in step.detail.splitlines():
        rows += [EntryRow((("      ", "text"), *line)) for line in prose(text, width - 8, glyphs, "dim")]
    if step.error:
        rows += [
            EntryRow((("      ", "text"), *line)) for line in prose(step.error, width - 8, glyphs, "error")
        ]
    return rows


def _error(operation: Operation, width: int, glyphs: Glyphs, keymap: Keymap) -> list[EntryRow]:
    error = operation.error or {}
    rows = [EntryRow(())]
    said = " ".join(step.error for step in operation.steps)
    for key, token in (("message", "error"), ("hint", "text")):
        text = str(error.get(key) or "")
        if not text or text in said:
            continue
        rows += [EntryRow((("  ", "text"), *line)) for line in prose(text, width - 4, glyphs, token)]
    start, shell, dispose = (f"{keymap.hint(each)} " for each in ("start", "shell", "dispose"))
    keys: Line = (("  ", "text"), (start, "key"), ("try again   ", "dim"), (shell, "key"),
                  ("shell   ", "dim"), (dispose, "key"), ("remove", "dim"))  # fmt: skip
    return [*rows, EntryRow(()), EntryRow(keys)] if operation.kind == "create" else rows
