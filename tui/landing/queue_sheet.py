"""The landing queue: what lands, in which order, how far it is, and why something did not land."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from core.errors import BoatyardError
from core.values import requests as ask
from core.values.landing import LandingEntry, LandingQueue, LandingStatus
from tui.engine.store import Store
from tui.keys.actions import bindings
from tui.text.literal import literal
from tui.text.spans import Line, Span
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from tui.engine.changes import Changes
    from tui.engine.link import Link
    from tui.looks.look import Look

STATUS: dict[LandingStatus, tuple[str, str]] = {
    LandingStatus.QUEUED: ("queued", "waits"),
    LandingStatus.UPDATING: ("running", "updating"),
    LandingStatus.CHECKING: ("running", "checking"),
    LandingStatus.LANDING: ("running", "landing"),
    LandingStatus.LANDED: ("done", "landed"),
    LandingStatus.SET_ASIDE: ("failed", "set aside"),
}

HINTS = (
    "{landing-add} add marked", "{landing-start} start", "{landing-stop} stop", "{landing-drop} drop",
    "{landing-log} log", "{choose} go", "{landing-back} undo", "{landing-add-ordered} as marked",
)  # fmt: skip


class LandingRows(RowView):
    """One row per workspace."""

    def __init__(self) -> None:
        super().__init__(id="landing")
        self.entries: tuple[LandingEntry, ...] = ()

    def show(self, entries: tuple[LandingEntry, ...]) -> None:
        """Shows these; the cursor stays on its workspace."""
        at = self.current.workspace if self.current else ""
        self.entries = entries
        self.styles.height = min(max(3, len(entries)), 20)
        self.rows_changed()
        names = [each.workspace for each in entries]
        if at in names:
            self.move_to(names.index(at))

    @property
    def current(self) -> LandingEntry | None:
        """The workspace at the cursor."""
        return self.entries[self.cursor_row] if self.cursor_row < len(self.entries) else None

    def row_count(self) -> int:
        return len(self.entries)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        each = self.entries[index]
        sign, word = STATUS[each.status]
        left: list[Span] = [
            (f" {each.position:>2} ", "dim"), (f"{self.glyphs.state(sign)} {word:<10}", sign),
            (each.workspace, "text"),
        ]  # fmt: skip
        left += [(f"  {each.reason}", "warning")] if each.reason else []
        return tuple(left), ((f"{each.style or ''} ", "dim"),)

    def empty_text(self) -> Line:
        text = "Nothing is to land: {mark} in the tree marks workspaces, {landing-add} here adds them"
        return ((f" {self.look.keymap.fill(text)}", "dim"),)


class LandingSheet(Sheet[tuple[str, str]]):
    """Gives `log` or `go` with a workspace to go there."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("landing")]

    def __init__(self, link: Link, store: Store) -> None:
        super().__init__("Landing queue", *HINTS)
        self._link, self._store = link, store

    def body(self) -> ComposeResult:
        yield Static(id="told")
        yield LandingRows()

    def on_mount(self) -> None:
        self._rows = self.query_one(LandingRows)
        self._rows.focus()
        self._store.watch(self._on_changes)
        self._tell(self._store.landing or LandingQueue())
        self._load()

    def on_unmount(self) -> None:
        self._store.unwatch(self._on_changes)

    def _on_changes(self, changes: Changes) -> None:
        if changes.everything:  # the engine is back: it says how far it is
            self._load()
        elif changes.landing is not None:
            self.problem("")
            self._tell(changes.landing)

    def _tell(self, queue: LandingQueue) -> None:
        marked = self._store.marked
        still = self.filled("It stands still; {landing-start} starts it.")
        going = "It is being worked through." if queue.running else still
        told = f"{going}  Marked: {', '.join(marked)}" if marked else going
        self.query_one("#told", Static).update(literal(f"{told}\n", multiline=True))
        self._rows.show(queue.entries)

    async def _try(self, call: Callable[[], Awaitable[LandingQueue]]) -> bool:
        try:
            queue = await call()
        except BoatyardError as error:
            self.problem(f"{error.message}\n{error.hint}".strip())
            return False
        self.problem("")
        self._tell(queue)
        return True

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        await self._try(lambda: self._link.client.landing_queue())

    def acts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "landing-add": lambda: self._add(True), "landing-add-ordered": lambda: self._add(False),
            "landing-start": lambda: self._do(lambda: self._link.client.start_landing()),
            "landing-stop": lambda: self._do(lambda: self._link.client.stop_landing()),
            "landing-drop": self._drop, "landing-back": self.undo, "landing-log": self._log,
        }  # fmt: skip

    @work(group="change")
    async def _do(self, call: Callable[[], Awaitable[LandingQueue]]) -> None:
        async with self.in_turn:
            await self._try(call)

    @work(group="change")
    async def _add(self, by_forecast: bool) -> None:
        names = tuple(self._store.marked)
        if not names:
            mark = cast("Look", self.app).keymap.hint("mark")
            self.problem(f"Nothing is marked: {mark} in the tree marks workspaces.")
            return
        body = ask.QueueLanding(workspaces=names, by_forecast=by_forecast, start=False)
        if await self._try(lambda: self._link.client.queue_landing(body)):
            self._store.mark(*names)
            self._tell(self._store.landing or LandingQueue())
            self._load()

    def _drop(self) -> None:
        current = self._rows.current
        if current is not None:
            self._do(lambda: self._drop_now(current))

    async def _drop_now(self, dropped: LandingEntry) -> LandingQueue:
        link = self._link
        queue = await link.client.drop_landing(dropped.workspace)

        async def back() -> None:
            body = ask.QueueLanding(workspaces=(dropped.workspace,), style=dropped.style, start=False)
            await link.client.queue_landing(body)

        self.can_undo(f"{dropped.workspace} is out of the queue", back)
        return queue

    def _log(self) -> None:
        current = self._rows.current
        if current is not None and current.process_id:
            self.dismiss((current.workspace, current.process_id))
        else:
            self.problem("No check has run there.")

    @on(RowView.Chosen)
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self.dismiss((self._rows.entries[event.index].workspace, ""))
