"""The place below a session where one writes: the prompt, what it offers to insert, the pictures with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import TextArea

from core.errors import BoatyardError
from tui.looks.durations import size
from tui.session.drafts import Attached, Drafts, attached
from tui.session.history import History
from tui.session.suggestions import (
    MOST_SHOWN,
    Suggestion,
    SuggestionRows,
    Wanted,
    of_commands,
    of_paths,
    of_tags,
    wanted,
)
from tui.text.spans import Span
from tui.widgets.bar import Bar
from tui.widgets.pasted import pasted_path
from tui.widgets.prompt import Prompt
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.conversation import AgentCommand
    from core.values.prompting import Scratch, Tag
    from tui.engine.link import Link
    from tui.engine.store import Store
    from tui.looks.look import Look

REST_SECONDS = 0.08
"""How long after a key the workspace's files are asked for."""


class Composer(Vertical):
    """Shows the draft of one workspace, and keeps it as it is typed."""

    DEFAULT_CSS = """
    Composer { height: auto; }
    Composer #pictures { display: none; background: $surface; }
    Composer #pictures.-shown { display: block; }
    """

    class Sent(Message):
        """A prompt is to be sent; `other` says with another agent."""

        def __init__(self, workspace: str, text: str, other: bool) -> None:
            super().__init__()
            self.workspace = workspace
            self.text = text
            self.other = other

    class Failed(Message):
        """Something with the prompt went wrong."""

        def __init__(self, error: BoatyardError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, store: Store, link: Link, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._store = store
        self._link = link
        self.drafts = Drafts(link)
        self.history = History(link)
        self._workspace = ""
        self._wanted: Wanted | None = None
        self._called = 0
        """How far back in the history the prompt is; 0: it is the draft."""
        self._draft_text = ""
        self._tags: tuple[Tag, ...] | None = None
        self._commands: dict[str, tuple[AgentCommand, ...]] = {}

    def compose(self) -> ComposeResult:
        yield SuggestionRows(id="suggestions")
        yield Bar(id="pictures")
        yield Prompt("Write to the agent", id="prompt")

    def on_mount(self) -> None:
        self.prompt = self.query_one(Prompt)
        self._rows = self.query_one(SuggestionRows)
        self._pictures = self.query_one("#pictures", Bar)

    # The draft

    def show(self, workspace: str) -> None:
        """Shows another workspace's draft: what is here at once, then what the engine has."""
        self.keep()
        self._workspace = workspace
        self._called = 0
        self._show_draft()
        if workspace:
            self._read(workspace)

    @work(group="draft")
    async def _read(self, workspace: str) -> None:
        if await self.drafts.read(workspace) and workspace == self._workspace:
            self._show_draft()

    def take(self, scratch: Scratch) -> None:
        """Another terminal has written."""
        if self.drafts.take(scratch) and scratch.id == self._workspace:
            self._show_draft()

    def _show_draft(self) -> None:
        draft = self.drafts.of(self._workspace)
        if self.prompt.text != draft.text:
            self.prompt.show(draft.text)
        self._rows.show([])
        self._show_pictures(draft.attached)

    def keep(self) -> None:
        """Keeps what is written now."""
        if self._workspace:
            draft = self.drafts.of(self._workspace)
            self.drafts.keep(self._workspace, replace(draft, text=self.prompt.text))

    def clear(self, workspace: str, text: str) -> None:
        """`text` has been sent; what was written since stays."""
        draft = self.drafts.of(workspace)
        if workspace == self._workspace:
            self.keep()
            draft = self.drafts.of(workspace)
        rest = "" if draft.text.strip() == text.strip() else draft.text
        self.drafts.keep(workspace, replace(draft, text=rest, attached=()))
        self._called = 0
        if workspace == self._workspace:
            self._show_draft()

    # Sending

    @on(Prompt.Submitted)
    def _submitted(self, event: Prompt.Submitted) -> None:
        event.stop()
        if self._rows.suggestions:
            self._insert()
            return
        self.keep()
        if self._workspace and not self.drafts.of(self._workspace).empty:
            self.post_message(self.Sent(self._workspace, event.text, event.other))

    # What is offered

    @on(TextArea.Changed)
    @on(TextArea.SelectionChanged)
    def _typed(self, event: TextArea.Changed | TextArea.SelectionChanged) -> None:
        event.stop()
        if isinstance(event, TextArea.Changed):
            self.keep()
        row, column = self.prompt.cursor_location
        before = self.prompt.document.get_line(row)[:column]
        found = wanted(before, first_line=row == 0) if self.prompt.has_focus else None
        if found == self._wanted:
            return
        self._wanted = found
        if found is None:
            self.workers.cancel_group(self, "suggestions")
            self._rows.show([])
        else:
            self._suggest(found, self._workspace)

    @work(group="suggestions", exclusive=True)
    async def _suggest(self, found: Wanted, workspace: str) -> None:
        import asyncio

        try:
            await asyncio.sleep(REST_SECONDS)  # cancelled by the next key
            suggestions = await self._found(found, workspace)
        except BoatyardError:
            suggestions = []
        if found == self._wanted and workspace == self._workspace:
            self._rows.show(suggestions)

    async def _found(self, found: Wanted, workspace: str) -> list[Suggestion]:
        client = self._link.client
        if found.kind == "command":
            if workspace not in self._commands:
                self._commands[workspace] = await client.commands(workspace)
            return of_commands(self._commands[workspace], found.query)
        if self._tags is None:
            self._tags = await client.tags()
        paths = await client.find_paths(workspace, found.query, limit=3 * MOST_SHOWN)
        return [*of_tags(self._tags, found.query), *of_paths(paths)]

    def forget(self, workspace: str = "") -> None:
        """Asks anew for tags, or for the commands of a workspace's agent, the next time."""
        if workspace:
            self._commands.pop(workspace, None)
        else:
            self._tags = None

    @on(Prompt.Completed)
    def _completed(self, event: Prompt.Completed) -> None:
        event.stop()
        if self._rows.suggestions:
            self._insert()
        else:
            self.screen.focus_next()

    @on(RowView.Chosen)
    def _clicked(self, event: RowView.Chosen) -> None:
        event.stop()
        self._insert()

    def _insert(self) -> None:
        """Puts what the list's cursor is on in the place of what was typed."""
        suggestion, found = self._rows.current, self._wanted
        if suggestion is None or found is None:
            return
        row, column = self.prompt.cursor_location
        self.prompt.replace(suggestion.insert, (row, found.start), (row, column))
        self.prompt.focus()

    @on(Prompt.Left)
    def _left(self, event: Prompt.Left) -> None:
        if self._rows.suggestions:
            event.stop()
            self._rows.show([])
        else:
            self.keep()

    # Up and down: the list, else the history

    @on(Prompt.Stepped)
    def _stepped(self, event: Prompt.Stepped) -> None:
        event.stop()
        if self._rows.suggestions:
            self._rows.move_to((self._rows.cursor_row + event.step) % self._rows.row_count())
        elif self.prompt.at_edge(event.step):
            self._call_up(-event.step)
        else:
            self.prompt.step(event.step)

    @work(group="history", exclusive=True)
    async def _call_up(self, further: int) -> None:
        workspace = self._store.workspaces.get(self._workspace)
        task = self._store.tasks.get(workspace.task_id) if workspace else None
        if task is None:
            return
        prompts = await self.history.of(task.project_id)
        called = max(0, min(len(prompts), self._called + further))
        if called == self._called:
            return
        if self._called == 0:
            self._draft_text = self.prompt.text
        self._called = called
        self.prompt.show(prompts[-called] if called else self._draft_text)

    # Pictures

    @on(Prompt.Pasted)
    def _pasted(self, event: Prompt.Pasted) -> None:
        event.stop()
        self._add_picture(event.text, self._workspace)

    @work(group="pictures")
    async def _add_picture(self, text: str, workspace: str) -> None:
        """Attaches the picture whose path was pasted; anything else is text."""
        from core.values.requests import AddImage

        try:
            image = attached(await self._link.client.add_image(AddImage(path=pasted_path(text))))
        except BoatyardError as error:
            self.post_message(self.Failed(error))
            self.prompt.insert(text)
            return
        draft = self.drafts.of(workspace)
        if image not in draft.attached:
            self.drafts.keep(workspace, replace(draft, attached=(*draft.attached, image)))
        if workspace == self._workspace:
            self._show_pictures(self.drafts.of(workspace).attached)

    @on(Prompt.Unattached)
    def _unattached(self, event: Prompt.Unattached) -> None:
        event.stop()
        draft = self.drafts.of(self._workspace)
        self.drafts.keep(self._workspace, replace(draft, attached=draft.attached[:-1]))
        self._show_pictures(draft.attached[:-1])

    def _show_pictures(self, pictures: tuple[Attached, ...]) -> None:
        keys = cast("Look", self.app).keymap
        spans: list[Span] = [(" with ", "dim")]
        for picture in pictures:
            spans += [(picture.name, "strong"), (f" {size(picture.size)}  ", "dim")]
        self._pictures.show(tuple(spans), ((keys.hint("unattach"), "key"), (" drops the last ", "dim")))
        self._pictures.set_class(bool(pictures), "-shown")
