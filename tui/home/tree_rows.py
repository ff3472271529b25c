"""The tree as a flat list of rows: projects, their tasks by status, the workspaces under each task.

Built anew when the structure changes: ten thousand tasks take some milliseconds, which is less than keeping
ten thousand nodes in step would.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from core.values.entities import Task
from core.values.states import TaskStatus
from tui.engine.store import Store
from tui.looks.states import TASK

Kind = Literal["project", "group", "task", "workspace", "hint"]
FOLDED_AT_FIRST = frozenset({TaskStatus.DONE, TaskStatus.CANCELLED})


@dataclass(frozen=True)
class TreeRow:
    """One row; `key` stays the same as long as the thing exists."""

    kind: Kind
    key: str
    project_id: str
    task_id: str = ""
    workspace: str = ""
    status: TaskStatus | None = None
    count: int = 0
    """Tasks in a project or group."""
    folded: bool = False


def default_folded(key: str) -> bool:
    """Whether a row is folded until the user says otherwise."""
    return key.startswith("group:") and key.rsplit(":", 1)[1] in FOLDED_AT_FIRST


def build_rows(store: Store, toggled: Collection[str]) -> list[TreeRow]:
    """All rows in sight; `toggled` has the keys that are not folded as they are by default."""
    by_project: dict[str, list[Task]] = {project: [] for project in store.projects}
    for task in store.tasks.values():
        if task.project_id in by_project:
            by_project[task.project_id].append(task)
    rows: list[TreeRow] = []
    for project in sorted(store.projects.values(), key=lambda each: each.name.casefold()):
        tasks = by_project[project.id]
        key = f"project:{project.id}"
        folded = default_folded(key) != (key in toggled)
        rows.append(TreeRow("project", key, project.id, count=len(tasks), folded=folded))
        if not folded:
            _add_tasks(rows, store, project.id, tasks, toggled)
    return rows


def _add_tasks(
    rows: list[TreeRow], store: Store, project_id: str, tasks: list[Task], toggled: Collection[str]
) -> None:
    if not tasks:
        rows.append(TreeRow("hint", f"hint:{project_id}", project_id))
    by_status: dict[TaskStatus, list[Task]] = {status: [] for status in TASK}
    for task in tasks:
        by_status[task.status].append(task)
    for status, group in by_status.items():
        if not group:
            continue
        key = f"group:{project_id}:{status}"
        folded = default_folded(key) != (key in toggled)
        rows.append(TreeRow("group", key, project_id, status=status, count=len(group), folded=folded))
        if folded:
            continue
        group.sort(key=lambda task: (task.position, task.created_at))
        for task in group:
            _add_task(rows, store, task, toggled)


def _add_task(rows: list[TreeRow], store: Store, task: Task, toggled: Collection[str]) -> None:
    key = f"task:{task.id}"
    names = store.in_sight(task.id)
    folded = bool(names) and key in toggled
    rows.append(
        TreeRow("task", key, task.project_id, task.id, status=task.status, count=len(names), folded=folded)
    )
    if not folded:
        for name in names:
            rows.append(TreeRow("workspace", f"workspace:{name}", task.project_id, task.id, name))
