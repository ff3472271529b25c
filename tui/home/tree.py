"""The first pane: projects, tasks by status, workspaces."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from core.values.states import Activity
from tui.engine.changes import Changes
from tui.engine.store import Store
from tui.home.tree_rows import TreeRow, build_rows, default_folded
from tui.keys.actions import bindings
from tui.looks.durations import age
from tui.looks.states import TASK, workspace_sign
from tui.pulls.signs import pull_mark
from tui.text.forecasts import clash_mark
from tui.text.spans import Line, Span
from tui.widgets.rows import RowView

WIDE = 60
"""From this width on, a workspace's row has room for agent and branch."""
AGE_SECONDS = 30


class Tree(RowView):
    """Rows over the store; the cursor stays on the same thing whatever comes and goes around it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("tree"), *bindings("marks")]

    class Selected(Message):
        """The cursor is on another thing."""

        def __init__(self, row: TreeRow | None) -> None:
            super().__init__()
            self.row = row

    def __init__(self, store: Store, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._store = store
        self._rows: list[TreeRow] = []
        self._index: dict[str, int] = {}
        self._toggled: set[str] = set()
        self._key = ""
        self._rebuilding = False
        self._gone: TreeRow | None = None
        """What the cursor was on, for when that is not there any more."""
        self._wanted = ""

    def on_mount(self) -> None:
        self._store.watch(self._on_changes)
        self.set_interval(AGE_SECONDS, self._ages_changed)
        if self._store.loaded:
            self._rebuild()

    # The store

    def _on_changes(self, changes: Changes) -> None:
        if changes.structure or changes.everything:
            self._rebuild()
            return
        keys = [f"workspace:{name}" for name in changes.workspaces | changes.forecasts]
        keys += [
            f"task:{w.task_id}" for name in changes.workspaces if (w := self._store.workspaces.get(name))
        ]
        keys += [f"task:{id_}" for id_ in changes.tasks] + [f"project:{id_}" for id_ in changes.projects]
        for key in keys:
            if key in self._index:
                self.row_changed(self._index[key])

    def _ages_changed(self) -> None:
        if self._rows:
            self.rows_changed()

    def _rebuild(self) -> None:
        before, gone = self.cursor_row, self._gone
        self._list()
        for key in (self._key, self._wanted):
            if key and key not in self._index and (folds := self._folds_over(key)):
                # It moved or came into what is folded: the cursor stays on it, or goes there.
                self._toggled.symmetric_difference_update(folds)
                self._list()
        self._rebuilding = True  # Where rows are fewer now, the cursor is put on another one for a moment.
        self.rows_changed()
        self._rebuilding = False
        if self._wanted in self._index:
            self._key, self._wanted = self._wanted, ""
        index = self._index.get(self._key)
        if index is None:
            index = self._instead(before, gone)
        self.move_to(index)
        self._selected()

    def _instead(self, before: int, gone: TreeRow | None) -> int:
        """Where the cursor goes when what it was on is gone: to the next beside it, else to what it was in,
        so that a key which was meant for a workspace does not reach its project."""
        at = max(0, min(before, len(self._rows) - 1))
        if gone is None or gone.kind not in ("task", "workspace"):
            return at
        for index in (at, at - 1):
            if 0 <= index < len(self._rows) and _beside(self._rows[index], gone):
                return index
        over = f"task:{gone.task_id}" if gone.kind == "workspace" else f"project:{gone.project_id}"
        return self._index.get(over, at)

    def _list(self) -> None:
        self._rows = build_rows(self._store, self._toggled)
        self._index = {row.key: index for index, row in enumerate(self._rows)}

    def _selected(self) -> None:
        row = self.current
        if row is not None:
            self._key = row.key
            self._gone = row
        self.post_message(self.Selected(row))

    def watch_cursor_row(self, old: int, new: int) -> None:
        super().watch_cursor_row(old, new)
        row = self.current
        if row is not None and row.key != self._key and not self._rebuilding:
            self._selected()

    @property
    def current(self) -> TreeRow | None:
        """The row at the cursor."""
        return self._rows[self.cursor_row] if self.cursor_row < len(self._rows) else None

    def reveal(self, key: str) -> None:
        """Puts the cursor on the thing of this key; when it is not there yet, as soon as it comes."""
        self._toggled.symmetric_difference_update(self._folds_over(key))
        self._wanted = key
        self._rebuild()

    def _folds_over(self, key: str) -> list[str]:
        """Keys of the folded rows that hide `key`."""
        kind, _, name = key.partition(":")
        workspace = self._store.workspaces.get(name) if kind == "workspace" else None
        task = self._store.tasks.get(workspace.task_id if workspace else name)
        if task is None:
            return []
        over = [f"project:{task.project_id}", f"group:{task.project_id}:{task.status}"]
        over += [f"task:{task.id}"] if workspace else []
        return [each for each in over if default_folded(each) != (each in self._toggled)]

    # Folding

    def _toggle(self, key: str) -> None:
        self._toggled.symmetric_difference_update({key})
        self._key = key
        self._rebuild()

    def clicked(self, index: int, column: int) -> bool:
        folds = self.is_fold_sign(index, column)
        if folds:
            self.action_fold()
        return folds

    def action_fold(self) -> None:
        row = self.current
        if row is not None and self._foldable(row):
            self._toggle(row.key)

    def action_fold_in(self) -> None:
        row = self.current
        if row is None:
            return
        if self._foldable(row) and not row.folded:
            self._toggle(row.key)
            return
        depth = _depth(row)
        for index in range(self.cursor_row - 1, -1, -1):
            if _depth(self._rows[index]) < depth:
                self.move_to(index)
                return

    def action_unfold(self) -> None:
        row = self.current
        if row is not None and self._foldable(row) and row.folded:
            self._toggle(row.key)

    def action_mark(self) -> None:
        row = self.current
        if row is not None and row.kind == "workspace":
            self._store.mark(row.workspace)
            self.move_to(self.cursor_row + 1)

    def action_choose(self) -> None:
        row = self.current
        if row is not None and row.kind in ("project", "group"):
            self.action_fold()
        else:
            super().action_choose()

    @staticmethod
    def _foldable(row: TreeRow) -> bool:
        return row.kind in ("project", "group") or (row.kind == "task" and row.count > 0)

    # Drawing

    def row_count(self) -> int:
        return len(self._rows)

    def empty_text(self) -> Line:
        if self._store.loaded:
            return (
                (" No project yet: ", "dim"),
                (f"{self.look.keymap.hint('new')} ", "key"),
                ("begins", "dim"),
            )
        return ((" Reading from the engine", "dim"), (self.glyphs.cut, "dim"))

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        row = self._rows[index]
        if self._is_gone(row):
            return (), ()
        match row.kind:
            case "project":
                return self._project(row)
            case "group":
                return self._group(row)
            case "task":
                return self._task_row(row, width)
            case "workspace":
                return self._workspace(row, width)
            case _:
                return (
                    ("   no tasks yet, ", "dim"),
                    (self.look.keymap.hint("new"), "key"),
                    (" makes one", "dim"),
                ), ()

    def _is_gone(self, row: TreeRow) -> bool:
        """Whether it went since the rows were made: the store is ahead of them until it tells of it."""
        match row.kind:
            case "project":
                return row.project_id not in self._store.projects
            case "task":
                return row.task_id not in self._store.tasks
            case "workspace":
                return row.workspace not in self._store.workspaces
            case _:
                return False

    def _project(self, row: TreeRow) -> tuple[Line, Line]:
        project = self._store.projects[row.project_id]
        fold = self.glyphs.folded if row.folded else self.glyphs.open
        return ((f"{fold} ", "dim"), (project.name, "title")), ((f"{row.count} ", "dim"),)

    def _group(self, row: TreeRow) -> tuple[Line, Line]:
        assert row.status is not None
        word = TASK[row.status][1]
        fold = self.glyphs.folded if row.folded else self.glyphs.open
        return ((f"  {fold} {word} ", "dim"), (str(row.count), "dim")), ()

    def _task_row(self, row: TreeRow, width: int) -> tuple[Line, Line]:
        task = self._store.tasks[row.task_id]
        sign = TASK[task.status][0]
        workspaces = [self._store.workspaces[name] for name in self._store.workspaces_of.get(task.id, ())]
        if any(workspace.activity is Activity.WAITING for workspace in workspaces):
            sign = "waiting"
        fold = f" {self.glyphs.folded}{row.count}" if row.folded else ""
        title: Line = ((f"    {self.glyphs.state(sign)} ", sign), (task.title, "text"), (fold, "dim"))
        return title, ((f"{age(task.updated_at or task.created_at)} ", "dim"),) if width >= WIDE else ()

    def _workspace(self, row: TreeRow, width: int) -> tuple[Line, Line]:
        workspace = self._store.workspaces[row.workspace]
        sign, word = workspace_sign(workspace)
        name_token = "dim" if sign == "idle" else "text"
        mark = self.glyphs.mark if workspace.name in self._store.marked else " "
        left: list[Span] = [
            (f"     {mark}", "key"), (f"{self.glyphs.state(sign)} ", sign), (workspace.name, name_token),
        ]  # fmt: skip
        if sign not in ("todo", "review"):
            left.append((f" {word}", sign))
        if width >= WIDE:
            left.append((f"  {self._store.agent_title(workspace.agent)}", "dim"))
            left.append((f"  {self.glyphs.branch} {workspace.branch}", "dim"))
        right: list[Span] = list(
            clash_mark(self._store.forecasts.get(workspace.name), self.glyphs, short=width < WIDE)
        )
        right += pull_mark(workspace, self.glyphs)
        told = workspace.update is not None or workspace.pull_requests
        full = width < WIDE and told  # what those say, and the name, need the room
        if (workspace.added or workspace.removed) and not full:
            right.append((f"+{workspace.added}", "added"))
            right.append((f" {self.glyphs.minus}{workspace.removed} ", "removed"))
        right.append((f"{age(workspace.last_activity_at or workspace.created_at):>3} ", "dim"))
        return tuple(left), tuple(right)

    def row_text(self, index: int) -> str:
        row = self._rows[index]
        if self._is_gone(row):
            return ""
        match row.kind:
            case "project":
                return self._store.projects[row.project_id].name
            case "task":
                return self._store.tasks[row.task_id].title
            case "workspace":
                workspace = self._store.workspaces[row.workspace]
                return f"{workspace.name} {workspace.branch}"
            case _:
                return super().row_text(index).strip()


def _beside(row: TreeRow, gone: TreeRow) -> bool:
    """Whether a row is of the same kind, and in the same thing."""
    over = row.task_id == gone.task_id if gone.kind == "workspace" else row.project_id == gone.project_id
    return row.kind == gone.kind and over


def _depth(row: TreeRow) -> int:
    return {"project": 0, "group": 1, "hint": 1, "task": 2, "workspace": 3}[row.kind]
