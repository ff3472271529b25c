"""The conversations of workspaces as they are read from the engine: one in sight, the last ones kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on, work

from core.errors import BoatyardError
from core.values.states import OperationStatus
from tui.session.conversation import Conversation
from tui.session.feed import WINDOW, Feed, Past

if TYPE_CHECKING:
    from core.values.conversation import Conversation as Window
    from core.values.conversation import Entry
    from core.values.events import EntryChanged
    from tui.engine.link import Link
    from tui.engine.store import Store

KEPT_FEEDS = 20
REWINDING = frozenset({"rewind", "restore-to"})
"""Operations after which a conversation is another one."""


class Talk(Conversation):
    """A conversation that reads what it shows."""

    def __init__(self, store: Store, link: Link, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(store, id=id)
        self._link = link
        self._feeds: OrderedDict[str, Feed] = OrderedDict()

    def show_workspace(self, name: str) -> None:
        """Shows a workspace's conversation; at once when it was seen before."""
        feed = self._feeds.get(name)
        if feed is None:
            feed = self._feeds[name] = Feed(name)
            while len(self._feeds) > KEPT_FEEDS:
                self._feeds.popitem(last=False)
        self._feeds.move_to_end(name)
        self.show(feed)
        if not feed.loaded:
            self._load(feed)

    def show_past(self, workspace: str, past: Past) -> None:
        """Shows something earlier in place of the workspace's present conversation."""
        feed = Feed(workspace, past)
        self.show(feed)
        self._load(feed)

    @property
    def past(self) -> Past | None:
        """What is in sight in place of the present conversation."""
        return self._feed.past if self._feed is not None else None

    @property
    def entries(self) -> list[Entry]:
        """The conversation in sight, as far as it has been read."""
        return self._feed.entries if self._feed is not None else []

    def read_again(self) -> None:
        """After a time without the engine: what was read may be old."""
        for feed in self._feeds.values():
            feed.loaded = False
        if self._feed is not None:
            self._load(self._feed)

    def workspace_changed(self, name: str) -> bool:
        """Reads a conversation that has become another one; whether it has."""
        workspace, feed = self._store.workspaces.get(name), self._feeds.get(name)
        if feed is None:
            return False
        if workspace is not None and feed.loaded:
            rewound = self._rewound(name)
            if workspace.session_id != feed.session_id or rewound not in ("", feed.rewound):
                feed.rewound = rewound
                self._load(feed)
                return True
        self.operation_changed()
        return False

    def _rewound(self, name: str) -> str:
        """The operation that took turns of the workspace away, or brought them back; empty: none did."""
        operation = self._store.operations.get(name)
        done = operation is not None and operation.status is OperationStatus.DONE
        return operation.id if operation and done and operation.kind in REWINDING else ""

    def take_entries(self, events: Sequence[EntryChanged]) -> None:
        """Entries are new or different, in sight or not; what is in sight is drawn anew once for all."""
        changed = [index for index in map(self._take_entry, events) if index is not None]
        if changed and self._feed is not None:
            if self._feed.trim():
                self.trimmed()
            else:
                self.entry_changed(min(changed))

    def _take_entry(self, event: EntryChanged) -> int | None:
        """Takes in an entry; returns its index where it is in sight."""
        feed = self._feeds.get(event.workspace)
        if feed is None or not feed.loaded:
            return None
        index = feed.apply(event) if feed.session_id == event.session_id else None
        if index is None:
            self._load(feed)
        return index if feed is self._feed else None

    async def go_to(self, process_id: str, entry_id: str) -> bool:
        """Goes to an entry, reading back as far as needed; whether it is there.

        Without an entry's id: to the prompt of the process's turn.
        """
        feed = self._feed
        while feed is not None and feed is self._feed:
            if not feed.loaded:
                await self._load(feed).wait()
            if self.show_entry(process_id, entry_id):
                self.focus()
                return True
            if not feed.loaded or feed.start == 0:
                return False
            await self._load_older(feed).wait()
        return False

    @work(group="conversation")
    async def _load(self, feed: Feed) -> None:
        workspace = self._store.workspaces.get(feed.workspace)
        session = workspace.session_id if workspace else None
        try:
            conversation = await self._read(feed)
        except BoatyardError:
            return  # The header tells; the conversation is read again when the engine is back.
        feed.load(conversation, session)
        if feed is self._feed:
            self.show(feed)

    async def _read(self, feed: Feed, end: int | None = None) -> Window:
        """The window of a conversation that ends before the entry `end`."""
        session, turn = (feed.past.session, feed.past.turn) if feed.past is not None else ("", "")
        return await self._link.client.conversation(
            feed.workspace, end=end, limit=WINDOW, session=session, turn=turn
        )

    @on(Conversation.WantsOlder)
    def _older(self, event: Conversation.WantsOlder) -> None:
        event.stop()
        if self._feed is not None:
            self._load_older(self._feed)

    @work(group="conversation")
    async def _load_older(self, feed: Feed) -> None:
        try:
            older = await self._read(feed, feed.start)
        except BoatyardError:
            older = None
        count = feed.prepend(older) if older is not None else 0
        if feed is self._feed:
            self.older_came(count)
