"""How a task is drawn on the board: two lines on its card, and everything about it below the columns."""

from __future__ import annotations

from core.values.entities import Task
from core.values.states import TaskStatus
from tui.board.columns import Columns, pressing, workspaces_of
from tui.engine.store import Store
from tui.looks.durations import age
from tui.looks.glyphs import Glyphs
from tui.looks.states import TASK, workspace_sign
from tui.text.prose import prose
from tui.text.spans import Line, Span
from tui.widgets.card import Draw

CARD_LINES = 3
"""Rows of a card, the empty one below it included."""
MOST_SIGNS = 5
MOST_DESCRIBED = 400
"""Characters of a description that are shown below the columns."""


def head(status: TaskStatus, count: int, glyphs: Glyphs, *, at: bool) -> Line:
    """The name of a column, marked when the cursor is in it."""
    sign, word = TASK[status]
    mark = glyphs.mark if at else " "
    return (
        (f"{mark}{glyphs.state(sign)} ", sign), (word, "title" if at else "text"), (f" {count}", "dim"),
    )  # fmt: skip


def card(store: Store, columns: Columns, task: Task, glyphs: Glyphs, *, marked: bool) -> tuple[Line, Line]:
    """The two lines of a task's card."""
    sign = TASK[task.status][0]
    mark: Span = (glyphs.mark if marked else " ", "key")
    first: Line = (mark, (f"{glyphs.state(sign)} ", sign), (task.title, "strong" if marked else "text"))
    second: list[Span] = [("   ", "text")]
    if task.id in columns.parts:
        done, count = columns.parts[task.id]
        second.append((f"parts {done}/{count} ", "info"))
    signs = pressing(workspaces_of(store, task.id))
    for number, (name, word) in enumerate(signs[:MOST_SIGNS]):
        second.append((f"{glyphs.state(name)} ", name))
        if number == 0:
            second.append((f"{word} ", name))
    if len(signs) > MOST_SIGNS:
        second.append((f"+{len(signs) - MOST_SIGNS} ", "dim"))
    if len(store.projects) > 1 and task.project_id in store.projects:
        second.append((f"{store.projects[task.project_id].name} ", "dim"))
    second.append((age(task.created_at), "dim"))
    return first, tuple(second)


def details(store: Store, columns: Columns, task: Task) -> Draw:
    """Title, beginning of the description, workspaces and parts."""

    def make(width: int, glyphs: Glyphs) -> list[Line]:
        lines: list[Line] = [((f" {task.title}", "title"),)]
        described = prose(task.description[:MOST_DESCRIBED], width - 2, glyphs)[:3]
        lines += [((" ", "text"), *line) for line in described]
        for workspace in workspaces_of(store, task.id):
            sign, word = workspace_sign(workspace)
            lines.append(
                (
                    (f" {glyphs.state(sign)} ", sign), (workspace.name, "text"), (f"  {word}", sign),
                    (f"  {store.agent_title(workspace.agent)}" if workspace.agent else "", "dim"),
                )
            )  # fmt: skip
        names = set(store.workspaces_of.get(task.id, ()))
        for part in store.tasks.values() if task.id in columns.parts else ():
            if part.parent_workspace in names:
                sign, word = TASK[part.status]
                lines.append(
                    ((f"   {glyphs.state(sign)} ", sign), (part.title, "text"), (f"  {word}", "dim"))
                )
        return lines

    return make
