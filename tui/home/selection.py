"""What is selected in the tree or on the board, and what the panes show of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual import on
from textual.message import Message
from textual.timer import Timer

from tui.board.view import BoardView
from tui.engine.link import Link
from tui.engine.store import Store
from tui.home.panes import PaneScreen
from tui.home.tree import Tree
from tui.home.tree_rows import TreeRow
from tui.home.welcome import welcome_card
from tui.terminal.here import repository_here
from tui.widgets.card import project_card, task_card
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from tui.keys.keymap import Keymap
    from tui.looks.look import Look

REST_SECONDS = 0.06
"""How long the cursor rests on a row of the tree before its session is shown."""


class SelectionScreen(PaneScreen, inherit_bindings=False):
    """The panes, bound to what is selected."""

    class Chosen(Message):
        """Enter on a task that has no workspace yet."""

        def __init__(self, action_id: str) -> None:
            super().__init__()
            self.action_id = action_id

    def __init__(self, store: Store, link: Link) -> None:
        super().__init__(store, link)
        self.come_back: tuple[str, Callable[[], None]] | None = None
        """Where Escape leads back to from the session of a workspace."""
        self._row: TreeRow | None = None
        self._rest: Timer | None = None

    @property
    def row(self) -> TreeRow | None:
        """What the cursor of the tree is on."""
        return self._row

    @property
    def welcoming(self) -> bool:
        """Whether there is nothing yet but the way to begin."""
        return self.store.loaded and not self.store.projects

    @property
    def _keymap(self) -> Keymap:
        return cast("Look", self.app).keymap

    @on(Tree.Selected)
    def _selected(self, event: Tree.Selected) -> None:
        event.stop()
        first = self._row is None
        self._row = event.row
        if self._rest is not None:
            self._rest.stop()
        if first:
            self.show_selected()
        else:
            self._rest = self.set_timer(REST_SECONDS, self.show_selected)

    def show_selected(self) -> None:
        """Brings every pane to what the tree's cursor is on."""
        if self._rest is not None:
            self._rest.stop()
            self._rest = None
        row = self._row
        name = row.workspace if row is not None and row.workspace in self.store.workspaces else None
        if name is not None:
            self.session.show_workspace(name)
        else:
            self._show_card(row)
        self.files.show_workspace(name)
        self.diff.show_workspace(name)
        self.refresh_bars()

    def _show_card(self, row: TreeRow | None) -> None:
        if not self.store.loaded:
            return
        if self.welcoming or row is None:
            agents, runners = [*self.store.agents.values()], self.store.runners
            git = shutil.which("git") is not None
            card = welcome_card(repository_here(), agents, runners, self._keymap, self.store.notice, git=git)
            self.session.show_card(card)
            if self.view == "tree" and self.has_class("-narrow"):
                self.show_view("session")
        elif row.task_id in self.store.tasks:
            count = len(self.store.workspaces_of.get(row.task_id, ()))
            self.session.show_card(task_card(self.store.tasks[row.task_id], count, self._keymap))
        elif row.project_id in self.store.projects:
            project = self.store.projects[row.project_id]
            count = len(self.store.tasks_of(project.id))
            self.session.show_card(
                project_card(project, self.store.repos_of(project.id), count, self._keymap)
            )

    def bring_back(self, key: str, view: str) -> None:
        """Goes where the user was the last time, as far as that is still there."""
        kind, _, name = key.partition(":")
        store = self.store
        if name not in {"workspace": [*store.workspaces], "task": [*store.tasks]}.get(kind, store.projects):
            return
        self.tree_view.reveal(key)
        self._row = self.tree_view.current
        self.show_selected()
        if kind == "workspace" or view in ("tree", "board"):
            self.show_view(view or "tree")

    def go_to_workspace(self, name: str, *, view: str = "session") -> None:
        """Selects a workspace, there or as soon as it comes, and shows it."""
        workspace = self.store.workspaces.get(name)
        if workspace is not None and workspace.archived and not self.store.show_archived:
            self.store.show_archived = True
            self.store.restructure()
        self.tree_view.reveal(f"workspace:{name}")
        self._row = self.tree_view.current
        self.show_selected()
        self.show_view(view)

    def go_to(self, key: str) -> None:
        """Puts the tree's cursor on a task or project."""
        self.tree_view.reveal(key)
        self._row = self.tree_view.current
        self.show_view("tree")
        self.show_selected()

    @on(RowView.Chosen, "#tree")
    def _tree_chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        row = self._row = self.tree_view.current
        if row is None or row.kind == "hint":
            self.post_message(self.Chosen("new"))
        elif row.kind == "workspace":
            self.show_selected()
            self.show_view("session")
        elif row.kind == "task":
            names = self.store.workspaces_of.get(row.task_id, [])
            if names:
                self.go_to_workspace(names[-1])
            else:
                self.post_message(self.Chosen("start"))

    @on(BoardView.Chosen)
    def _card_chosen(self, event: BoardView.Chosen) -> None:
        event.stop()
        task = self.board.current
        if task is not None and not self.open_attempt(task.id):
            self.post_message(self.Chosen("start"))

    def open_attempt(self, task_id: str, view: str = "session") -> bool:
        """Shows the newest attempt at a task, if there is any in sight; Escape leads back to the board."""
        names, before = self.store.in_sight(task_id), self.view
        if names:
            self.go_to_workspace(names[-1], view=view)
            if before == "board":
                self.come_back = names[-1], lambda: self.show_view("board")
        return bool(names)
