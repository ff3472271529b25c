"""The second pane: what goes on in the selected workspace, and the prompt to its agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from core.errors import BoatyardError
from core.values.states import Activity
from tui.engine.changes import Changes
from tui.engine.link import Link
from tui.engine.store import Store
from tui.keys.actions import bindings
from tui.keys.situation import Situation, why_not
from tui.logs.view import LogView
from tui.looks.states import trouble_of, workspace_sign
from tui.session.approval_bar import ApprovalBar
from tui.session.composer import Composer
from tui.session.feed import Past
from tui.session.process_list import ProcessList
from tui.session.process_output import ProcessOutput
from tui.session.screen_preview import ScreenPreview
from tui.session.tabs import TABS, all_tabs, step_at, tab_at, tab_in_sight
from tui.session.talk import Talk
from tui.text.forecasts import clash_note
from tui.text.spans import Span, fit, width_of
from tui.widgets.bar import Bar
from tui.widgets.card import Card, Draw
from tui.widgets.following import FollowingRows
from tui.widgets.prompt import Prompt
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.entities import Approval, Workspace
    from tui.looks.look import Look

TICK_SECONDS = 1.0


class SessionPane(Vertical):
    """Conversation, output and processes of one workspace; a card where there is no workspace."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("session")]
    DEFAULT_CSS = """
    SessionPane #prompt-box { height: auto; border-top: blank $boatyard-rule; background: $background; }
    SessionPane.-front #prompt-box { border-top: solid $boatyard-rule; }
    SessionPane #prompt-box:focus-within { border-top: solid $primary; }
    SessionPane #facts { background: $background; }
    SessionPane #notice { background: $background; display: none; }
    SessionPane #notice.-shown { display: block; }
    """

    def __init__(self, store: Store, link: Link, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._store = store
        self._link = link
        self.workspace: str | None = None
        self.tab = "talk"
        self._chosen_process = ""

    def compose(self) -> ComposeResult:
        yield Bar(id="facts")
        yield Bar(id="notice")
        yield Card(id="card")
        yield Talk(self._store, self._link, id="talk")
        yield ScreenPreview(self._link, id="screen-preview")
        yield ProcessOutput(self._link, "out", id="out")
        yield ProcessOutput(self._link, "err", id="err")
        yield ProcessList(id="processes")
        yield ApprovalBar(id="approval")
        yield Composer(self._store, self._link, id="prompt-box")

    def on_mount(self) -> None:
        self._talk = self.query_one("#talk", Talk)
        self._preview = self.query_one(ScreenPreview)
        self._out = self.query_one("#out", ProcessOutput)
        self._err = self.query_one("#err", ProcessOutput)
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
        self._arrange()
        self._talk.show_workspace(name)
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
            self._preview.follow("")
            self._notice.remove_class("-shown")

    def tell(self) -> None:
        """Shows what the store says of the workspace now."""
        workspace = self._store.workspaces.get(self.workspace or "")
        if workspace is None:
            return
        glyphs = self._talk.glyphs
        sign, word = workspace_sign(workspace)
        narrow = self.screen.has_class("-narrow")
        keymap = cast("Look", self.app).keymap
        keys = f"{keymap.hint('inner-previous')} {keymap.hint('inner-next')}"
        if not narrow:
            self.border_subtitle = all_tabs(self.tab, keys)
        tabs = tab_in_sight(self.tab, keys) if narrow else ()
        rest: list[Span] = [(f"  {glyphs.state(sign)} {word}", sign)]
        agent = self._store.agent_title(workspace.agent)
        rest += [(f"  {agent}", "dim")] if agent else []
        main = self.main
        if isinstance(main, FollowingRows) and main.unseen:
            rest.append((f"  {glyphs.down} {main.unseen} new", "accent"))
        if isinstance(main, LogView) and main.filter_text:
            rest.append((f"  / {main.filter_text}", "accent"))
        room = self.size.width - width_of([*rest, *tabs]) - 4
        targets = " ".join(sorted({each.target_branch for each in workspace.repos}))
        forecast = self._store.forecasts.get(workspace.name)
        if note := clash_note(forecast, targets, glyphs, room - len(workspace.name) - 2):
            rest += [("  ", "text"), *note]
            room -= width_of(note) + 2
        name = fit(workspace.name, max(8, room), cut=glyphs.cut)
        self._facts.show(((f" {name}", "title"), *rest), tabs)
        notice = trouble_of(workspace, cast("Look", self.app).keymap)
        if (past := self._talk.past) is not None and self.tab == "talk":
            notice = keymap.fill(f"{past.words}; {{back}} goes back to the present")
        self._notice.set_class(bool(notice), "-shown")
        self._notice.show(((f" {glyphs.waiting} {notice}", "warning"),), ())
        self._approval.show(self._store.approvals_of(workspace.name), workspace.folder)
        self._tell_prompt(workspace)
        self._preview.follow(workspace.name if self.tab == "talk" and self._on_screen(workspace) else "")
        busy = (
            workspace.name in self._store.operations and not self._store.operations[workspace.name].ended_at
        )
        (self._tick.resume if busy else self._tick.pause)()

    def _on_screen(self, workspace: Workspace) -> bool:
        """Whether its agent works, and does so on a screen of its own."""
        agent = self._store.agents.get(workspace.agent)
        return agent is not None and agent.kind == "terminal" and workspace.activity is Activity.RUNNING

    def _tell_prompt(self, workspace: Workspace) -> None:
        busy = workspace.activity in (Activity.RUNNING, Activity.WAITING, Activity.ASKING)
        keys = cast("Look", self.app).keymap
        verb = "Queue for when the turn ends" if busy else "Write to the agent"
        obstacle = keys.fill(why_not("prompt", Situation(workspace=workspace)))
        self._prompt.placeholder = (
            f"Not now: {obstacle}"
            if obstacle
            else keys.fill(f"{verb}: {{prompt}}, then {{send}} sends, {{newline}} starts a new line")
        )
        queued = workspace.queued
        state = "paused" if workspace.queue_paused else "queued"
        self.composer.border_title = f" {queued} {state}, {keys.hint('queue')} shows them " if queued else ""

    def _ticked(self) -> None:
        self._talk.operation_changed()

    def on_resize(self) -> None:
        self.tell()

    # Tabs

    def action_inner(self, step: int) -> None:
        names = [name for name, _ in TABS]
        self.show_tab(names[(names.index(self.tab) + step) % len(names)])

    def on_click(self, event: events.Click) -> None:
        """On the tabs: in the lower edge, two cells and a blank before its corner, or at the head's end."""
        narrow = self.screen.has_class("-narrow")
        line = self._facts.region.y if narrow else self.region.bottom - 1
        end = self._facts.region.right if narrow else self.region.right - 3
        if event.screen_y != line:
            return
        keymap = cast("Look", self.app).keymap
        previous, following = keymap.hint("inner-previous"), keymap.hint("inner-next")
        begin = end - all_tabs(self.tab, f"{previous} {following}").cell_length
        if step := step_at(end - 1 - event.screen_x, previous, following):
            self.action_inner(step)
        elif not narrow and (tab := tab_at(event.screen_x - begin)):
            self.show_tab(tab)

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

    def show_past(self, past: Past) -> None:
        """Shows something earlier in place of the conversation of the workspace."""
        assert self.workspace is not None
        self.show_tab("talk")
        self._talk.show_past(self.workspace, past)
        self.tell()

    def step_back(self) -> bool:
        """Back from an earlier session to the present one; whether there was such a step."""
        if self.workspace is None or self._talk.past is None:
            return False
        self._talk.show_workspace(self.workspace)
        self.tell()
        return True

    @property
    def prompt(self) -> Prompt:
        return self._prompt

    @property
    def conversation(self) -> Talk:
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

    # The store

    def _on_changes(self, changes: Changes) -> None:
        if changes.everything:
            self._read_again()
        for scratch in changes.scratches:
            self.composer.take(scratch)
        if changes.tags:
            self.composer.forget()
        self._talk.take_entries(changes.entries)
        name = self.workspace
        if name is None:
            return
        if name in changes.workspaces:
            self._workspace_changed(name)
        elif name in changes.forecasts:
            self.tell()
        for view in (self._out, self._err):
            if view.process_id in changes.logs and view.display:
                view.grew(changes.logs[view.process_id])
            process = self._store.processes.get(view.process_id)
            if process is not None and process.id in changes.processes and process.status.ended:
                view.ended()
        if changes.processes and self.tab == "processes":
            for id_ in changes.processes:
                process = self._store.processes[id_]
                if process.workspace == name:
                    self._processes.take(process)

    def _workspace_changed(self, name: str) -> None:
        workspace = self._store.workspaces.get(name)
        if self._talk.workspace_changed(name):
            self.composer.forget(name)
        if workspace is not None and not self._chosen_process and self.tab in ("out", "err"):
            self._show_tab_data()
        self.tell()

    def _read_again(self) -> None:
        self.composer.drafts.forget()
        self._talk.read_again()
        self.tell()

    # Calls

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

    # The prompt

    @on(Prompt.Left)
    def _left(self, event: Prompt.Left) -> None:
        event.stop()
        self.main.focus()
