"""The second pane: what goes on in the selected workspace, and the prompt to its agent."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from core.errors import BoatyardError
from core.values.states import Activity, OperationStatus
from tui.actions import bindings
from tui.approval_bar import ApprovalBar
from tui.bars import Bar
from tui.card import Card, Draw
from tui.composer import Composer
from tui.conversation import Conversation
from tui.feed import WINDOW, Feed
from tui.following import FollowingRows
from tui.link import Link
from tui.log_view import LogView
from tui.process_list import ProcessList
from tui.prompt import Prompt
from tui.rows import RowView
from tui.situation import Situation, why_not
from tui.spans import Span, fit, width_of
from tui.states import trouble_of, workspace_sign
from tui.store import Changes, Store

if TYPE_CHECKING:
    from core.values.conversation import Entry
    from core.values.entities import Approval, Workspace
    from core.values.events import EntryChanged

KEPT_FEEDS = 20
REWINDING = frozenset({"rewind", "restore-to"})
"""Operations after which a conversation is another one."""
TICK_SECONDS = 1.0
TABS = (("talk", "Talk"), ("out", "Output"), ("err", "Errors"), ("processes", "Processes"))


class SessionPane(Vertical):
    """Conversation, output and processes of one workspace; a card where there is no workspace."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("session")]
    DEFAULT_CSS = """
    SessionPane #prompt-box { height: auto; border-top: solid $boatyard-rule; background: $background; }
    SessionPane #prompt-box:focus-within { border-top: solid $primary; }
    SessionPane #facts { background: $background; }
    SessionPane #notice { background: $background; display: none; }
    SessionPane #notice.-shown { display: block; }
    """

    def __init__(self, store: Store, link: Link, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._store = store
        self._link = link
        self._feeds: OrderedDict[str, Feed] = OrderedDict()
        self.workspace: str | None = None
        self.tab = "talk"
        self._chosen_process = ""

    def compose(self) -> ComposeResult:
        yield Bar(id="facts")
        yield Bar(id="notice")
        yield Card(id="card")
        yield Conversation(self._store, id="talk")
        yield LogView("out", id="out")
        yield LogView("err", id="err")
        yield ProcessList(id="processes")
        yield ApprovalBar(id="approval")
        yield Composer(self._store, self._link, id="prompt-box")

    def on_mount(self) -> None:
        self._talk = self.query_one("#talk", Conversation)
        self._out = self.query_one("#out", LogView)
        self._err = self.query_one("#err", LogView)
        self._processes = self.query_one("#processes", ProcessList)
        self._card = self.query_one("#card", Card)
        self.composer = self.query_one(Composer)
        self._prompt = self.query_one("#prompt", Prompt)
        self._approval = self.query_one("#approval", ApprovalBar)
        self._facts = self.query_one("#facts", Bar)
        self._notice = self.query_one("#notice", Bar)
        self._store.watch(self._on_changes)
        self._tick = self.set_interval(TICK_SECONDS, self._ticked, pause=True)
        self._arrange()

    # What is shown

    def show_card(self, make: Draw) -> None:
        """Shows a page of text in place of a session."""
        self.composer.show("")
        self.workspace = None
        self._card.show(make)
        self._arrange()

    def show_workspace(self, name: str) -> None:
        """Shows a workspace's session; at once when it was seen before."""
        if name == self.workspace:
            self.tell()
            return
        self.workspace = name
        self._chosen_process = ""
        self.composer.show(name)
        feed = self._feeds.get(name)
        if feed is None:
            feed = self._feeds[name] = Feed(name)
            while len(self._feeds) > KEPT_FEEDS:
                self._feeds.popitem(last=False)
        self._feeds.move_to_end(name)
        self._arrange()
        self._talk.show(feed)
        if not feed.loaded:
            self._load(feed)
        self._show_tab_data()
        self.tell()

    def _arrange(self) -> None:
        open_ = self.workspace is not None
        self._card.display = not open_
        for name, _ in TABS:
            self.query_one(f"#{name}").display = open_ and name == self.tab
        for part in (self._facts, self.query_one("#prompt-box")):
            part.display = open_
        if not open_:
            self._approval.show([])
            self._notice.remove_class("-shown")

    def tell(self) -> None:
        """Shows what the store says of the workspace now."""
        workspace = self._store.workspaces.get(self.workspace or "")
        if workspace is None:
            return
        glyphs = self._talk.glyphs
        sign, word = workspace_sign(workspace)
        tabs = self._tell_tabs()
        rest: list[Span] = [(f"  {glyphs.state(sign)} {word}", sign)]
        agent = self._store.agent_title(workspace.agent)
        rest += [(f"  {agent}", "dim")] if agent else []
        main = self.main
        if isinstance(main, FollowingRows) and main.unseen:
            rest.append((f"  {glyphs.down} {main.unseen} new", "accent"))
        if isinstance(main, LogView) and main.filter_text:
            rest.append((f"  / {main.filter_text}", "accent"))
        room = self.size.width - width_of([*rest, *tabs]) - 4
        name = fit(workspace.name, max(8, room), cut=glyphs.cut)
        self._facts.show(((f" {name}", "title"), *rest), tabs)
        notice = trouble_of(workspace)
        self._notice.set_class(bool(notice), "-shown")
        self._notice.show(((f" {glyphs.waiting} {notice}", "warning"),), ())
        self._approval.show(self._store.approvals_of(workspace.name), workspace.folder)
        self._tell_prompt(workspace)
        busy = (
            workspace.name in self._store.operations and not self._store.operations[workspace.name].ended_at
        )
        (self._tick.resume if busy else self._tick.pause)()

    def _tell_tabs(self) -> tuple[Span, ...]:
        """Names the inner tabs: all in the border where there is one, else the one in sight."""
        number = [name for name, _ in TABS].index(self.tab)
        if self.screen.has_class("-narrow"):
            return ((f" {TABS[number][1]} {number + 1}/{len(TABS)}", "dim"), (" [ ] ", "key"))
        self.border_subtitle = Content.assemble(
            *(
                (f" {title} ", "$primary bold" if name == self.tab else "$boatyard-dim")
                for name, title in TABS
            ),
            (" [ ] ", "$accent"),
        )
        return ()

    def _tell_prompt(self, workspace: Workspace) -> None:
        busy = workspace.activity in (Activity.RUNNING, Activity.WAITING, Activity.ASKING)
        verb = "Queue for when the turn ends" if busy else "Write to the agent"
        obstacle = why_not("prompt", Situation(workspace=workspace))
        self._prompt.placeholder = (
            f"Not now: {obstacle}" if obstacle else f"{verb}: i, then Enter sends, Ctrl+J starts a new line"
        )
        queued = workspace.queued
        state = "paused" if workspace.queue_paused else "queued"
        self.composer.border_title = f" {queued} {state}, Q shows them " if queued else ""

    def _ticked(self) -> None:
        self._talk.operation_changed()

    def on_resize(self) -> None:
        self.tell()

    # Tabs

    def action_inner(self, step: int) -> None:
        names = [name for name, _ in TABS]
        self.show_tab(names[(names.index(self.tab) + step) % len(names)])

    def show_tab(self, tab: str) -> None:
        """Shows one of the inner tabs, and moves the focus there if it was in one."""
        if self.workspace is None:
            return
        had_focus = self.main.has_focus
        self.tab = tab
        self._arrange()
        self._show_tab_data()
        self.tell()
        if had_focus:
            self.main.focus()

    @property
    def main(self) -> Widget:
        """What gets the focus when the pane does."""
        return self._card if self.workspace is None else self.query_one(f"#{self.tab}")

    @property
    def prompt(self) -> Prompt:
        return self._prompt

    @property
    def entries(self) -> list[Entry]:
        """The conversation of the workspace in sight, as far as it has been read."""
        feed = self._feeds.get(self.workspace or "")
        return feed.entries if feed is not None else []

    @property
    def conversation(self) -> Conversation:
        return self._talk

    @property
    def approval(self) -> Approval | None:
        """The permission request that is on the screen."""
        return self._approval.current

    @property
    def rows(self) -> RowView | None:
        """The rows that have the focus, or would."""
        main = self.main
        return main if isinstance(main, RowView) else None

    def _show_tab_data(self) -> None:
        workspace = self._store.workspaces.get(self.workspace or "")
        if workspace is None:
            return
        process = self._chosen_process or workspace.process_id or ""
        if self.tab in ("out", "err"):
            view = self._out if self.tab == "out" else self._err
            view.show(process)
        elif self.tab == "processes":
            self._load_processes(workspace.name)

    @on(RowView.Chosen, "#processes")
    def _process_chosen(self) -> None:
        process = self._processes.current
        if process is not None:
            self.show_process(process.id)

    def show_process(self, process_id: str) -> None:
        """Shows the output of one process, and follows it."""
        self._chosen_process = process_id
        self.show_tab("out")
        self.main.focus()

    def show_place(self, process_id: str, stream: str, offset: int) -> None:
        """Shows the output of a process at a byte."""
        self._chosen_process = process_id
        (self._out if stream == "out" else self._err).show_place(process_id, offset)
        self.show_tab(stream)
        self.main.focus()

    async def show_entry(self, process_id: str, entry_id: str) -> bool:
        """Goes to an entry of the conversation, reading back as far as needed; whether it is there.

        Without an entry's id: to the prompt of the process's turn.
        """
        feed = self._feeds.get(self.workspace or "")
        while feed is not None and feed.workspace == self.workspace:
            if not feed.loaded:
                await self._load(feed).wait()
            if self._talk.show_entry(process_id, entry_id):
                self._talk.focus()
                return True
            if not feed.loaded or feed.start == 0:
                return False
            await self._load_older(feed).wait()
        return False

    # The store

    def _on_changes(self, changes: Changes) -> None:
        if changes.everything:
            self._read_again()
        for scratch in changes.scratches:
            self.composer.take(scratch)
        if changes.tags:
            self.composer.forget()
        for event in changes.entries:
            self._take_entry(event)
        name = self.workspace
        if name is None:
            return
        if name in changes.workspaces:
            self._workspace_changed(name)
        for view in (self._out, self._err):
            if view.process_id in changes.logs and view.display:
                view.grew(changes.logs[view.process_id])
        if changes.processes and self.tab == "processes":
            for id_ in changes.processes:
                process = self._store.processes[id_]
                if process.workspace == name:
                    self._processes.take(process)

    def _workspace_changed(self, name: str) -> None:
        workspace = self._store.workspaces.get(name)
        feed = self._feeds.get(name)
        if workspace is not None and feed is not None and feed.loaded:
            rewound = self._rewound(name)
            if workspace.session_id != feed.session_id or rewound not in ("", feed.rewound):
                feed.rewound = rewound
                self.composer.forget(name)
                self._load(feed)
            else:
                self._talk.operation_changed()
        elif feed is not None:
            self._talk.operation_changed()
        if workspace is not None and not self._chosen_process and self.tab in ("out", "err"):
            self._show_tab_data()
        self.tell()

    def _rewound(self, name: str) -> str:
        """The operation that took turns of the workspace away, or brought them back; empty: none did."""
        operation = self._store.operations.get(name)
        done = operation is not None and operation.status is OperationStatus.DONE
        return operation.id if operation and done and operation.kind in REWINDING else ""

    def _take_entry(self, event: EntryChanged) -> None:
        feed = self._feeds.get(event.workspace)
        if feed is None or not feed.loaded:
            return
        if feed.session_id != event.session_id:
            self._load(feed)
            return
        index = feed.apply(event)
        if index is None:
            self._load(feed)
        elif event.workspace == self.workspace:
            if feed.trim():
                self._talk.trimmed()
            else:
                self._talk.entry_changed(index)

    def _read_again(self) -> None:
        self.composer.drafts.forget()
        for feed in self._feeds.values():
            feed.loaded = False
        if self.workspace is not None and self.workspace in self._feeds:
            self._load(self._feeds[self.workspace])
            self.tell()

    # Calls

    @work(group="conversation")
    async def _load(self, feed: Feed) -> None:
        workspace = self._store.workspaces.get(feed.workspace)
        session = workspace.session_id if workspace else None
        try:
            conversation = await self._link.client.conversation(feed.workspace, limit=WINDOW)
        except BoatyardError:
            return  # The header tells; the conversation is read again when the engine is back.
        feed.load(conversation, session)
        if feed.workspace == self.workspace:
            self._talk.show(feed)

    @on(Conversation.WantsOlder)
    def _older(self) -> None:
        if self.workspace is not None:
            self._load_older(self._feeds[self.workspace])

    @work(group="conversation")
    async def _load_older(self, feed: Feed) -> None:
        try:
            older = await self._link.client.conversation(feed.workspace, end=feed.start, limit=WINDOW)
        except BoatyardError:
            older = None
        count = feed.prepend(older) if older is not None else 0
        if feed.workspace == self.workspace:
            self._talk.older_came(count)

    @on(FollowingRows.Told)
    def _unseen_changed(self, event: FollowingRows.Told) -> None:
        event.stop()
        self.tell()

    @work(group="processes", exclusive=True)
    async def _load_processes(self, name: str) -> None:
        try:
            processes = await self._link.client.processes(name)
        except BoatyardError:
            return
        if name == self.workspace:
            self._processes.show(processes)

    @on(LogView.Wants)
    def _log_wanted(self, event: LogView.Wants) -> None:
        event.stop()
        self._read_log(event)

    @work(group="log")
    async def _read_log(self, wanted: LogView.Wants) -> None:
        try:
            chunk = await self._link.client.log(
                wanted.process_id, stream=wanted.stream, offset=wanted.offset, limit=wanted.limit
            )
        except BoatyardError:
            wanted.view.failed()
            return
        wanted.view.take(wanted.process_id, chunk, wanted.older)

    # The prompt

    @on(Prompt.Left)
    def _left(self, event: Prompt.Left) -> None:
        event.stop()
        self.main.focus()
