"""An update that has stopped: the files in conflict, each as the sides have it, and what to make of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from core.errors import BoatyardError, error_from_document
from core.values import requests as ask
from core.values.states import OperationStatus
from tui.engine.store import Store
from tui.keys.actions import bindings
from tui.landing.conflict_sides import Sides, compare
from tui.terminal.programs import edit_file
from tui.text.spans import Line
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.conflicts import Conflict
    from core.values.entities import Operation, Workspace
    from tui.engine.changes import Changes
    from tui.engine.link import Link

HINTS = (
    "{take-ours} ours", "{take-theirs} theirs", "{conflict-edit} edit", "{conflict-continue} go on",
    "{conflict-agent} to the agent", "{conflict-abort} give up", "{sheet-leave} later",
)  # fmt: skip
Taken = dict[tuple[str, str, str], str]
"""What was made of a file: by workspace, repo and path, in a word."""


EDITED = "edited"


class ConflictRows(RowView):
    """One row per file in conflict."""

    def __init__(self) -> None:
        super().__init__(id="conflicts")
        self.conflicts: tuple[Conflict, ...] = ()
        self.names: dict[str, str] = {}
        self.taken: dict[tuple[str, str], str] = {}
        self.taking: set[tuple[str, str]] = set()
        """Those of which a side is being taken."""
        self.left: set[tuple[str, str]] | None = None
        """Those that nobody has resolved in the files; None: not known yet."""

    def show(self, conflicts: tuple[Conflict, ...]) -> None:
        """Shows these."""
        self.conflicts = conflicts
        self.styles.height = min(max(2, len(conflicts)), 8)
        self.rows_changed()

    @property
    def current(self) -> Conflict | None:
        """The file at the cursor."""
        return self.conflicts[self.cursor_row] if self.cursor_row < len(self.conflicts) else None

    def row_count(self) -> int:
        return len(self.conflicts)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        each = self.conflicts[index]
        key = (each.repo_id, each.path)
        sign, word = self._state(key)
        repo = f"{self.names.get(each.repo_id, '')}/" if len(self.names) > 1 else ""
        return (
            (
                (f" {self.glyphs.state(sign)} ", sign),
                (f"{each.kind:<14} ", "warning"),
                (repo + each.path, "text"),
            ),
            ((f"{word} ", "done" if sign == "done" else "dim"),),
        )

    def _state(self, key: tuple[str, str]) -> tuple[str, str]:
        """Sign and word of how far a file is."""
        word = self.taken.get(key, "")
        if key in self.taking:
            return "running", "taking"
        if word == EDITED and self.left is not None and key in self.left:
            return "failed", "edited, not resolved"
        if word:
            return "done", word
        resolved = self.left is not None and key not in self.left
        return ("done", "resolved") if resolved else ("failed", "")

    def empty_text(self) -> Line:
        return ((" No file is in conflict", "dim"),)


class ConflictSheet(Sheet[str]):
    """Gives `continue`, `abort` or `hand-over`; everything else is done here."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("conflicts")]

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-medium")]

    def __init__(self, link: Link, store: Store, workspace: Workspace, taken: Taken) -> None:
        assert workspace.update is not None
        super().__init__(f"{workspace.name}: the {workspace.update.style} has stopped", *HINTS)
        self._link, self._store, self._taken = link, store, taken
        self._workspace = workspace
        self._turn = asyncio.Lock()
        """One file after the other, and going on after them all."""

    def body(self) -> ComposeResult:
        yield ConflictRows()
        yield Sides()

    def on_mount(self) -> None:
        self._rows = self.query_one(ConflictRows)
        self._rows.names = {each.repo_id: each.name for each in self._workspace.repos}
        self._store.watch(self._on_changes)
        self._tell()
        self._rows.focus()
        self._read()
        self._look()

    def on_unmount(self) -> None:
        self._store.unwatch(self._on_changes)

    def _on_changes(self, changes: Changes) -> None:
        if changes.everything or self._workspace.name in changes.workspaces:
            now = self._store.workspaces.get(self._workspace.name)
            if now is None or now.update is None:
                self.dismiss(None)
                return
            self._workspace = now
            self._tell()
        if changes.everything or self._workspace.name in changes.files:
            self._look()

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        """Finds out what is resolved in the files, by whomever."""
        try:
            left = await self._link.client.unresolved(self._workspace.name)
        except BoatyardError as error:
            self.problem(error.message)
            return
        self._rows.left = {(each.repo_id, each.path) for each in left}
        self._tell()

    def _tell(self) -> None:
        state = self._workspace.update
        assert state is not None
        name = self._workspace.name
        taken = self._taken.items()
        self._rows.taken = {key[1:]: word for key, word in taken if key[0] == name}
        self._rows.show(state.conflicts)

    @on(RowView.Highlighted, "#conflicts")
    def _moved(self) -> None:
        self._read()

    @work(exclusive=True, group="sides")
    async def _read(self) -> None:
        current, panes = self._rows.current, self.query_one(Sides)
        if current is None:
            return
        try:
            sides = await self._link.client.conflict_sides(
                self._workspace.name, current.path, repo=self._repo(current)
            )
        except BoatyardError as error:
            panes.tell(error.message)
            return
        panes.show(sides, await asyncio.to_thread(compare, sides))

    def _repo(self, conflict: Conflict) -> str:
        return self._rows.names.get(conflict.repo_id, "")

    def acts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "take-ours": lambda: self._take(self._rows.current, False),
            "take-theirs": lambda: self._take(self._rows.current, True),
            "conflict-edit": self._edit, "conflict-agent": lambda: self.dismiss("hand-over"),
            "conflict-continue": self._go_on,
            "conflict-abort": lambda: self.dismiss("abort"),
        }  # fmt: skip

    def _note(self, conflict: Conflict, word: str) -> None:
        self._taken[self._workspace.name, conflict.repo_id, conflict.path] = word
        self._tell()

    async def _try(self, call: Callable[[], Awaitable[object]]) -> bool:
        try:
            await call()
        except BoatyardError as error:
            self.problem(f"{error.message}\n{error.hint}".strip())
            return False
        self.problem("")
        return True

    @work(group="take")
    async def _take(self, current: Conflict | None, theirs: bool) -> None:
        """Takes a side of the file that was at the cursor when the key came."""
        if current is None:
            return
        key = (current.repo_id, current.path)
        self._rows.taking.add(key)
        self._tell()
        try:
            async with self._turn:
                await self._take_now(current, theirs)
        finally:
            self._rows.taking.discard(key)
        self._tell()

    @work(group="take")
    async def _go_on(self) -> None:
        async with self._turn:
            self.dismiss("continue")

    async def _take_now(self, current: Conflict, theirs: bool) -> None:
        body = ask.TakeSide(path=current.path, repo=self._repo(current), theirs=theirs)

        async def take() -> None:
            operation = await self._link.client.take_side(self._workspace.name, body)
            _raise_failure(await self._link.client.wait_operation(operation.id))

        if await self._try(take):
            self._note(current, "theirs taken" if theirs else "ours taken")

    @work(group="edit", exclusive=True)
    async def _edit(self) -> None:
        current = self._rows.current
        if current is None:
            return
        root = next(each.path for each in self._workspace.repos if each.repo_id == current.repo_id)
        parts = PurePosixPath(current.path)
        if parts.is_absolute() or ".." in parts.parts:
            self.problem(f"{current.path} is not inside the workspace.")
            return
        if await self._try(lambda: edit_file(self.app, "edit", Path(root) / parts)):
            self._note(current, EDITED)
            self._look()


def _raise_failure(ended: Operation) -> None:
    if ended.status is not OperationStatus.DONE:
        raise error_from_document(dict(ended.error or {}))
