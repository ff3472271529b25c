"""The conversation with an agent as rows: one block per entry, drawn again only when its entry changes."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.timer import Timer

from core.values.conversation import EntryKind
from core.values.states import OperationStatus, WorkspaceState
from tui.engine.store import Store
from tui.keys.actions import bindings
from tui.session.entry_rows import Drawing, EntryRow, entry_rows, foldable
from tui.session.feed import MAX_ENTRIES, Feed
from tui.session.step_rows import operation_rows
from tui.text.spans import Line
from tui.widgets.following import FollowingRows

if TYPE_CHECKING:
    from core.values.conversation import Entry

PATIENCE_SECONDS = 0.2
"""How long a conversation is read before one is told that it is."""


class Conversation(FollowingRows):
    """Follows its end until the user goes up."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("talk")]

    class WantsOlder(Message):
        """The top is in sight, and there is more before it."""

    def __init__(self, store: Store, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._store = store
        self._feed: Feed | None = None
        self._rows: list[EntryRow] = []
        self._starts: list[int] = []
        self._tail = 0
        """Where the rows of the entries end and those of the operation begin."""
        self._drawn: dict[tuple[str, str], tuple[Entry, Drawing, list[EntryRow]]] = {}
        """The rows of entries as they were drawn last: only what has changed since is drawn anew."""
        self._unfolded: set[tuple[str, str]] = set()
        self._asked_older = False
        self._quiet = True
        """Whether it is too early to say that something is being read."""
        self._patience: Timer | None = None

    # What is shown

    def show(self, feed: Feed | None) -> None:
        """Shows another conversation, at its end."""
        if feed is not self._feed:
            self._drawn.clear()
            self._wait_quietly()
        self._feed = feed
        self._asked_older = False
        self.following = True
        self.rebuild()

    def _wait_quietly(self) -> None:
        """Says nothing of reading that is over in a moment: two pictures in a row are unrest."""
        self._quiet = True
        if self._patience is not None:
            self._patience.stop()
        self._patience = self.set_timer(PATIENCE_SECONDS, self._say_what_is_waited_for)

    def _say_what_is_waited_for(self) -> None:
        self._quiet = False
        if self._feed is not None and not self._feed.loaded:
            self.rows_changed()

    def rebuild(self) -> None:
        """Draws everything anew, as for another width."""
        self._rows, self._starts = [], []
        self._extend(0)
        self._changed()

    def entry_changed(self, index: int) -> None:
        """An entry of the feed is new or different."""
        if index >= len(self._starts):
            index = len(self._starts)
        self._redraw_from(index)

    def _redraw_from(self, index: int) -> None:
        before = len(self._rows)
        if index < len(self._starts):
            del self._rows[self._starts[index] :]
            del self._starts[index:]
        else:
            del self._rows[self._tail :]
        self._extend(index)
        grown = len(self._rows) - before
        self._changed(max(0, grown))

    def older_came(self, count: int) -> None:
        """Older entries were put before; the cursor stays on what it was on."""
        before = len(self._rows)
        self._asked_older = False
        self._rows, self._starts = [], []
        self._extend(0)
        self.rows_changed()
        if count:
            self.shift_mark(len(self._rows) - before)
            self.place(self.cursor_row + len(self._rows) - before)

    def _extend(self, index: int) -> None:
        """Draws the entries from `index` on, and the operation after them."""
        feed = self._feed
        self._tail = len(self._rows)
        if feed is None:
            return
        for at in range(index, len(feed.entries)):
            self._starts.append(len(self._rows))
            before = feed.entries[at - 1].kind if at else None
            self._rows += self._rows_of(feed.entries[at], before)
        self._tail = len(self._rows)
        if feed.past is not None:
            return
        operation = self._store.operations.get(feed.workspace)
        workspace = self._store.workspaces.get(feed.workspace)
        if operation is not None and (
            operation.status in (OperationStatus.RUNNING, OperationStatus.FAILED)
            or (workspace is not None and workspace.state is WorkspaceState.CREATING)
            or not feed.entries
        ):
            self._rows += [EntryRow(())] if self._rows else []
            self._rows += operation_rows(operation, self._width, self.glyphs, self.look.keymap)

    def _rows_of(self, entry: Entry, before: EntryKind | None) -> list[EntryRow]:
        key, how = (entry.process_id, entry.id), self._how(entry, before)
        known = self._drawn.get(key)
        if known is not None and known[0] is entry and known[1] == how:
            return known[2]
        if len(self._drawn) > 2 * MAX_ENTRIES:
            self._drawn.clear()
        rows = entry_rows(entry, how)
        self._drawn[key] = (entry, how, rows)
        return rows

    def trimmed(self) -> None:
        """The oldest entries were let go; the cursor stays on what it was on."""
        before = len(self._rows)
        self._rows, self._starts = [], []
        self._extend(0)
        if not self.following:
            self.shift_mark(len(self._rows) - before)
            self.place(self.cursor_row - max(0, before - len(self._rows)))
        self._changed()

    def operation_changed(self) -> None:
        """The steps at the end are others now."""
        self._redraw_from(len(self._starts))

    def _changed(self, grown: int = 0) -> None:
        self.rows_changed()
        self.came(grown)

    @property
    def _width(self) -> int:
        return max(20, self.scrollable_content_region.width - 1)

    def _how(self, entry: Entry, before: EntryKind | None) -> Drawing:
        key = (entry.process_id, entry.id)
        pending = entry.approval_id is not None and entry.approval_id in self._store.approvals
        return Drawing(self._width, self.glyphs, key in self._unfolded, pending, before)

    # Rows

    def row_count(self) -> int:
        return len(self._rows)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        row = self._rows[index]
        return ((" ", "text"), *row.left), row.right

    def row_under(self, index: int) -> str:
        return super().row_under(index) or self._rows[index].under

    def empty_text(self) -> Line:
        if self._feed is None:
            return ((" Nothing selected", "dim"),)
        if not self._feed.loaded and self._quiet:
            return ()
        if not self._feed.loaded:
            return ((" Reading the conversation", "dim"), (self.glyphs.cut, "dim"))
        return (
            (" No turn yet. ", "dim"),
            (f"{self.look.keymap.hint('prompt')} ", "key"),
            ("writes to the agent", "dim"),
        )

    def on_resize(self) -> None:  # type: ignore[override]
        self.rebuild()

    def watch_cursor_row(self, old: int, new: int) -> None:
        super().watch_cursor_row(old, new)
        if self._moving:
            return
        if new == 0 and self._feed is not None and self._feed.start > 0 and not self._asked_older:
            self._asked_older = True
            self.post_message(self.WantsOlder())

    # The entry at the cursor

    @property
    def current(self) -> Entry | None:
        """The entry that the cursor is in."""
        at = self._at(self.cursor_row)
        if self._feed is None or at < 0 or self.cursor_row >= self._tail:
            return None
        return self._feed.entries[at]

    def _at(self, row: int) -> int:
        """The entry that a row is of."""
        return bisect.bisect_right(self._starts, row) - 1

    @property
    def answer(self) -> str:
        """All that the agent has said in the turn that the cursor is in, as Markdown."""
        at = self._at(self.cursor_row)
        if self._feed is None or at < 0:
            return ""
        entries = self._feed.entries
        first = last = min(at, len(entries) - 1)
        while first > 0 and entries[first].kind is not EntryKind.USER:
            first -= 1
        while last + 1 < len(entries) and entries[last + 1].kind is not EntryKind.USER:
            last += 1
        said = [entry.text for entry in entries[first : last + 1] if entry.kind is EntryKind.MESSAGE]
        return "\n\n".join(said)

    def action_turn(self, step: int) -> None:
        """To the prompt of the turn before or after."""
        if self._feed is None:
            return
        entries, at = self._feed.entries, self._at(self.cursor_row)
        if step < 0 and 0 <= at < len(entries) and self.cursor_row > self._prompt_row(at):
            at += 1  # from inside of a turn first to its own prompt
        places = range(at - 1, -1, -1) if step < 0 else range(at + 1, len(entries))
        found = next((n for n in places if entries[n].kind is EntryKind.USER), None)
        if found is not None:
            self._go_to(found)
        elif step > 0:
            self.action_bottom()
        else:
            self.move_to(0)

    def _prompt_row(self, at: int) -> int:
        return self._starts[at] + (1 if at else 0)

    def _go_to(self, at: int) -> None:
        """Puts the head of an entry at the top of the view."""
        row = self._prompt_row(at)
        self.move_to(row)
        self.scroll_to(y=max(0, row - 1), animate=False)

    def show_entry(self, process_id: str, entry_id: str) -> bool:
        """Goes to an entry, if it is held."""
        entries = self._feed.entries if self._feed is not None else []
        for at, entry in enumerate(entries):
            if entry.process_id == process_id and entry_id in ("", entry.id):
                self.following = False
                self._go_to(at)
                return True
        return False

    def action_choose(self) -> None:
        entry = self.current
        if entry is None or self._feed is None or not foldable(entry):
            return
        self._unfolded.symmetric_difference_update({(entry.process_id, entry.id)})
        at = self._feed.entries.index(entry)
        row = self._starts[at]
        self._rows, self._starts = [], []
        self._extend(0)
        self.rows_changed()
        self.place(row)
