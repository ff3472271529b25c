"""The prompts that wait in a workspace: seen, written anew, put in another order, dropped, let go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from core.errors import BoatyardError
from core.values.entities import Process
from core.values.requests import SendPrompt, UpdateQueued
from tui.keys.actions import bindings
from tui.text.literal import literal
from tui.text.spans import Line, Span
from tui.widgets.prompt import Prompt
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.entities import QueuedPrompt
    from tui.engine.changes import Changes
    from tui.engine.link import Link
from tui.engine.store import Store


class QueueRows(RowView):
    """One row per prompt, the next one first."""

    def __init__(self) -> None:
        super().__init__(id="queue")
        self.prompts: tuple[QueuedPrompt, ...] = ()

    def show(self, prompts: tuple[QueuedPrompt, ...]) -> None:
        """Shows these; the cursor stays on its prompt."""
        at = self.current.id if self.current else ""
        self.prompts = prompts
        self.styles.height = min(max(3, len(prompts)), 16)
        self.rows_changed()
        self.move_to(next((n for n, each in enumerate(prompts) if each.id == at), self.cursor_row))

    @property
    def current(self) -> QueuedPrompt | None:
        """The prompt at the cursor."""
        return self.prompts[self.cursor_row] if self.cursor_row < len(self.prompts) else None

    def row_count(self) -> int:
        return len(self.prompts)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        each = self.prompts[index]
        first, _, rest = each.prompt.strip().partition("\n")
        left: list[Span] = [(f" {index + 1:>2} ", "strong"), (first, "text")]
        if rest:
            left.append((f" {self.glyphs.cut}", "dim"))
        if each.trouble:
            left.append((f"  {self.glyphs.failed} {each.trouble}", "failed"))
        pictures = f"{len(each.attachments)} pictures  " if each.attachments else ""
        return tuple(left), ((f"{pictures}{each.executor} ", "dim"),)

    def empty_text(self) -> Line:
        return ((" Nothing waits", "dim"),)


HINTS = (
    "{choose} edit", "{queued-down} {queued-up} move", "{queued-drop} drop", "{queued-back} undo",
    "{queued-resume} go on", "{sheet-leave} back",
)  # fmt: skip


class QueueSheet(Sheet[None]):
    """Follows the queue while it is open."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("queue")]

    def __init__(self, link: Link, store: Store, workspace: str) -> None:
        super().__init__(f"Queue of {workspace}", *HINTS)
        self._link = link
        self._store = store
        self._workspace = workspace

    def body(self) -> ComposeResult:
        yield Static(id="paused")
        yield QueueRows()

    def on_mount(self) -> None:
        self._rows = self.query_one(QueueRows)
        self._rows.focus()
        self._store.watch(self._on_changes)
        self._tell()
        self._load()

    def on_unmount(self) -> None:
        self._store.unwatch(self._on_changes)

    def _on_changes(self, changes: Changes) -> None:
        if self._workspace in changes.queues:
            self._rows.show(changes.queues[self._workspace])
        elif changes.everything:
            self._load()
        self._tell()

    def _tell(self) -> None:
        workspace = self._store.workspaces.get(self._workspace)
        reason = (workspace.queue_paused or workspace.paused) if workspace else ""
        line = self.query_one("#paused", Static)
        line.display = bool(reason)
        line.update(literal(f"Paused: {reason}\n", multiline=True))

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        await self._try(self._show_all)

    async def _show_all(self) -> None:
        self._rows.show(await self._link.client.queue(self._workspace))

    async def _try(self, call: Callable[[], Awaitable[object]]) -> None:
        try:
            await call()
        except BoatyardError as error:
            self.problem(f"{error.message}\n{error.hint}".strip())
        else:
            self.problem("")

    def acts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "queued-down": lambda: self._move(1), "queued-up": lambda: self._move(-1),
            "queued-drop": self._drop, "queued-back": self.undo, "queued-resume": self._resume,
        }  # fmt: skip

    @work(group="change")
    async def _move(self, step: int) -> None:
        current = self._rows.current
        if current is None or not 0 <= current.position + step < len(self._rows.prompts):
            return
        body = UpdateQueued(position=current.position + step)
        await self._try(lambda: self._link.client.update_queued(self._workspace, current.id, body))

    @work(group="change")
    async def _drop(self) -> None:
        current = self._rows.current
        if current is not None:
            async with self.in_turn:
                await self._try(lambda: self._drop_now(current))

    async def _drop_now(self, dropped: QueuedPrompt) -> None:
        link, name = self._link, self._workspace
        await link.client.drop_queued(name, dropped.id)

        async def back() -> None:
            body = SendPrompt(
                prompt=dropped.prompt, agent=dropped.executor, attachments=dropped.attachments,
                request_id=uuid4().hex,
            )  # fmt: skip
            again = await link.client.send(name, body)
            if not isinstance(again, Process):
                place = UpdateQueued(position=dropped.position)
                await link.client.update_queued(name, again.id, place)

        self.can_undo("The prompt is dropped", back)

    @work(group="change")
    async def _resume(self) -> None:
        await self._try(lambda: self._link.client.resume_queue(self._workspace))

    @on(RowView.Chosen)
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self._edit()

    @work(group="change")
    async def _edit(self) -> None:
        current = self._rows.current
        if current is None:
            return
        text = await self.app.push_screen_wait(PromptSheet("Edit a queued prompt", current.prompt))
        if text is not None and text != current.prompt:
            body = UpdateQueued(prompt=text)
            await self._try(lambda: self._link.client.update_queued(self._workspace, current.id, body))


class PromptSheet(Sheet[str]):
    """Gives a text of several lines as it was left."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__(title, "{send} keep", "{newline} new line", "{editor} $EDITOR", "{leave} cancel")
        self._text = text

    def body(self) -> ComposeResult:
        yield Prompt(id="text")

    def on_mount(self) -> None:
        prompt = self.query_one(Prompt)
        prompt.show(self._text)
        prompt.focus()

    def submit(self) -> None:
        text = self.query_one(Prompt).text
        if text.strip():
            self.dismiss(text)
        else:
            self.problem(self.filled("An empty prompt says nothing; {queued-drop} drops it from the queue."))
