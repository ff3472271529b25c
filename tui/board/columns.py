"""What the board shows, without any widget: the columns, what is filtered out, and the parts of each task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.values.entities import Task, Workspace
from core.values.states import TaskStatus
from tui.engine.store import Store
from tui.looks.states import workspace_sign

COLUMNS = (TaskStatus.TODO, TaskStatus.IN_PROGRESS, TaskStatus.IN_REVIEW, TaskStatus.DONE)
STATES = ("waiting", "failed", "queued", "running", "unseen", "review", "todo", "idle")
"""Signs of workspaces, the most pressing first."""
SYNTAX = "words  project:NAME  state:running  @tag"


@dataclass(frozen=True)
class Filter:
    """Which tasks are shown: those that every word of a line fits."""

    words: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    """Signs or words of the states of workspaces; `none`: without a workspace."""
    tags: tuple[str, ...] = ()

    def fits(self, store: Store, task: Task) -> bool:
        project = store.projects.get(task.project_id)
        name = project.name.casefold() if project else ""
        if not all(name.startswith(wanted) for wanted in self.projects):
            return False
        if self.words or self.tags:
            text = f"{task.title}\n{task.description}".casefold()
            if not all(word in text for word in (*self.words, *(f"@{tag}" for tag in self.tags))):
                return False
        return not self.states or self._state_fits(workspaces_of(store, task.id))

    def _state_fits(self, workspaces: Iterable[Workspace]) -> bool:
        signs = [sign for each in workspaces for sign in workspace_sign(each)] or ["none"]
        return all(any(sign.startswith(wanted) for sign in signs) for wanted in self.states)


def read_filter(text: str) -> Filter:
    """The filter that a line asks for; see `SYNTAX`."""
    found: dict[str, list[str]] = {"words": [], "projects": [], "states": [], "tags": []}
    for word in text.casefold().split():
        key, colon, value = word.partition(":")
        if colon and value and key in ("project", "state"):
            found[f"{key}s"].append(value)
        elif word.startswith("@") and len(word) > 1:
            found["tags"].append(word[1:])
        else:
            found["words"].append(word)
    return Filter(**{name: tuple(values) for name, values in found.items()})


def workspaces_of(store: Store, task_id: str) -> list[Workspace]:
    """A task's workspaces that are not archived."""
    names = store.workspaces_of.get(task_id, ())
    return [each for name in names if (each := store.workspaces.get(name)) and not each.archived]


@dataclass
class Columns:
    """The tasks of each status that are shown, in their order."""

    tasks: dict[TaskStatus, list[str]]
    """Ids."""
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By task: how many of its parts are done, and how many it has."""
    left_out: int = 0
    """Tasks that the filter does not let through."""


def build(store: Store, wanted: Filter, *, cancelled: bool) -> Columns:
    """The columns; that of cancelled tasks only when asked for. Ten thousand tasks take some milliseconds."""
    shown = (*COLUMNS, TaskStatus.CANCELLED) if cancelled else COLUMNS
    groups: dict[TaskStatus, list[Task]] = {status: [] for status in shown}
    columns = Columns({})
    everything = wanted == Filter()
    for task in store.tasks.values():
        if task.parent_workspace:
            _count_part(columns, store, task)
        if task.status not in groups:
            continue
        if everything or wanted.fits(store, task):
            groups[task.status].append(task)
        else:
            columns.left_out += 1
    for status, group in groups.items():
        group.sort(key=lambda task: (task.position, task.created_at, task.id))
        columns.tasks[status] = [task.id for task in group]
    return columns


def _count_part(columns: Columns, store: Store, task: Task) -> None:
    parent = store.workspaces.get(task.parent_workspace or "")
    if parent is not None and task.status is not TaskStatus.CANCELLED:
        done, count = columns.parts.get(parent.task_id, (0, 0))
        columns.parts[parent.task_id] = (done + (task.status is TaskStatus.DONE), count + 1)


def pressing(workspaces: Iterable[Workspace]) -> list[tuple[str, str]]:
    """Sign and word of each workspace, the most pressing first."""
    signs = [workspace_sign(each) for each in workspaces]
    return sorted(signs, key=lambda sign: STATES.index(sign[0]) if sign[0] in STATES else len(STATES))
