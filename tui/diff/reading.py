"""What the diff's pane asks the engine for, and what it does with the answers.

A diff that is opened shows at once what was there when somebody last looked, then what is there now, for
which the engine takes a snapshot. While a workspace is only in sight, the first page of what was there last
is read ahead; it is shown as such until the look at what is there now has ended. While an agent works and
somebody looks, what is there is looked at again and again.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message
from textual.timer import Timer

from core.errors import BoatyardError
from core.values.states import Activity
from tui.diff.folds import content_of, same_file
from tui.diff.lines import PAGE
from tui.diff.remarks import DiffRemarks
from tui.diff.source import DiffSource
from tui.diff.view import DiffView

if TYPE_CHECKING:
    from core.values.review import DiffSummary, FileChange
    from tui.engine.link import Link
    from tui.engine.store import Store

TARGET = "against the target branch"
FIRST_PAGE_SECONDS = 1.0
"""How long the first page may keep the look at what is new waiting."""
AHEAD_SECONDS = 0.25
"""How long a workspace is in sight before its diff is read ahead."""
LIVE_SECONDS = 2.0
"""How long after a look comes the next one, while an agent works."""
LIVE_SHARE = 4
"""And so many times as long as the look took: it is a snapshot of all that is there."""
HAND_SECONDS, HAND_SHARE = 10.0, 20
"""The same while the user is at the files with a program of their own, which may stay open for days."""


class DiffReading(DiffRemarks):
    """The pane's part that reads summary and pages."""

    class Loaded(Message):
        """The list of changed files is known."""

        def __init__(self, summary: DiffSummary) -> None:
            super().__init__()
            self.summary = summary

    class Moved(Message):
        """The cursor is in another file or hunk."""

    def __init__(self, store: Store, link: Link, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(store, link, id=id)
        self.summary: DiffSummary | None = None
        self.fresh = False
        """Whether the summary says what is there now, as far as is known."""
        self.watched = False
        """Whether somebody else shows the list of files too, so that it is read out of sight."""
        self._stale = True
        self._ahead: Timer | None = None
        self._live: Timer | None = None
        """Until the next look by itself, and while it takes place; None: there is none."""
        self._by_hand: Counter[str] = Counter()
        """How many shells and editors are open, by workspace."""
        self._page_here = asyncio.Event()
        """Whether a page of the workspace's diff has come."""

    # When it is read

    def look_again(self, *, opening: bool = False) -> None:
        """Reads what may be old, if anybody looks or, with `opening`, is about to."""
        looked_at = opening or (self.display and self.is_on_screen)
        if self._stale and self.source is not None and (looked_at or self.watched):
            self._stale = False
            self._read_summary(self.source, ahead=False)
            self._read_comments(self.source.workspace)

    def may_be_old(self) -> None:
        """It was out of sight: what changed by hand, or by a command, told nobody."""
        self._stale = True

    def read_again(self) -> None:
        """Reads it all anew: it is known to be another one now."""
        self._stale = True
        self.look_again()
        self._soon_ahead()

    def _read_source(self, source: DiffSource | None, note: str) -> None:
        """Shows another diff as soon as it is there; until then `note`."""
        self.source, self.summary = source, None
        self._stale, self.fresh = True, False
        self._page_here.clear()
        self.files.show(None, note)
        self.view.show(None, " ")
        self.look_again()
        self._soon_ahead()

    def _soon_ahead(self) -> None:
        if self._ahead is not None:
            self._ahead.stop()
            self._ahead = None
        if self._stale:
            self.fresh = False
            self._ahead = self.set_timer(AHEAD_SECONDS, self._look_ahead)

    @property
    def sides(self) -> set[str]:
        """The workspaces whose work is on one of the two sides."""
        other = self.source.compared.other if self.source is not None else ""
        return {name for name in (self.workspace, other) if name}

    @property
    def looks_by_itself(self) -> bool:
        """Whether it is looked at again and again, for an agent works."""
        return self._live is not None and self._at_work

    @property
    def _at_work(self) -> bool:
        found = (self._store.workspaces.get(name) for name in self.sides)
        return any(each and each.activity is Activity.RUNNING for each in found)

    @contextlib.contextmanager
    def changed_by_hand(self, name: str) -> Iterator[None]:
        """While a program that tells the engine nothing is open beside the interface, in a workspace."""
        self._by_hand[name] += 1
        self.look_while_at_work()
        try:
            yield
        finally:
            self._by_hand[name] -= 1

    def files_changed(self) -> None:
        """Reads it anew: at once, or where it is looked at by itself with the next look, which may have been
        what told of it."""
        if self.looks_by_itself:
            self._stale = True
        else:
            self.read_again()

    def look_while_at_work(self, took: float = 0.0) -> None:
        """Looks again after a while, if an agent or the user works on either side; `took`: seconds of the
        last look."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        if self.source is not None and self.source.compared.until:
            return  # The past stays as it is.
        if self._at_work:
            self._live = self.set_timer(max(LIVE_SECONDS, LIVE_SHARE * took), self._look_live)
        elif any(self._by_hand[name] for name in self.sides):
            self._live = self.set_timer(max(HAND_SECONDS, HAND_SHARE * took), self._look_live)

    def _look_live(self) -> None:
        self._stale = True
        if self.display and self.is_on_screen:
            self.look_again()
        else:
            self._live, self.fresh = None, False  # it is read when it comes into sight

    def _look_ahead(self) -> None:
        """Reads what was there last, if there is any: no snapshot is taken of what nobody looks at."""
        workspace = self._store.workspaces.get(self.workspace or "")
        known = workspace is not None and (workspace.added or workspace.removed)
        if known and self._stale and self.source is not None:
            self._read_summary(self.source, ahead=True)

    @work(group="diff", exclusive=True)
    async def _read_summary(self, source: DiffSource, *, ahead: bool) -> None:
        """What differs; with `ahead` as it was last, else also as it is now."""
        looks = [True] if ahead else [False] if self.summary or source.compared.until else [True, False]
        for latest in looks:
            began = time.monotonic()
            try:
                summary = await source.summary(self._link.client, latest=latest)
            except BoatyardError as error:
                if source == self.source and not latest:
                    self._stale, self.summary = True, None
                    self.keep_place()
                    told = f"{error.message}. {error.hint}" if error.hint else error.message
                    self.files.show(None, told)
                    self.view.show(None, told)
                continue
            if source != self.source:
                return
            self.fresh = not latest
            if not latest or summary.files:
                self._take_summary(summary)
            if latest:
                await self._first_page_is_here()
        if not ahead:
            self.look_while_at_work(time.monotonic() - began)

    async def _first_page_is_here(self) -> None:
        """What is shown at once comes before the look at what is new, which takes a snapshot."""
        file = self.view.file
        if file is not None and not (file.binary or self.view.folded):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._page_here.wait(), FIRST_PAGE_SECONDS)

    # What comes

    def _take_summary(self, summary: DiffSummary) -> None:
        if summary != self.summary:
            self.summary = summary
            self.files.show(summary, "Nothing changed")
            against = "between the two" if self.compared.base or self.compared.until else TARGET
            if not summary.files:
                self.view.show(None, f"Nothing changed {against}")
            else:
                self._show_news(summary)
        self.post_message(self.Loaded(summary))

    def _show_news(self, summary: DiffSummary) -> None:
        """The shown file as it is now, where one was reading; the one at the cursor when it is gone."""
        shown = self.view.file
        now = next((each for each in summary.files if shown and same_file(each, shown)), None)
        if shown is None or now is None:
            self._show(self.files.current)
        elif now.new_id and content_of(now) == content_of(shown) and now.old_id == shown.old_id:
            if now.reviewed != shown.reviewed:
                self._show_folded(now)
            self.view.tell(now)
        else:
            self._show(now)

    def _show(self, file: FileChange | None) -> None:
        """A file's diff, from its beginning where it is another one."""
        self.view.comments = self._comments_on(file)
        self.view.show(file, folded=self._folds.folded(file) if file else False)
        self.post_message(self.Moved())

    def _show_folded(self, file: FileChange) -> None:
        """The file again, folded or not."""
        self.view.show(file, folded=self._folds.folded(file))
        self.view.move_to(0)
        self.post_message(self.Moved())

    @on(DiffView.Wants)
    def _page_wanted(self, event: DiffView.Wants) -> None:
        if self.source is not None:
            self._read_page(self.source, event)

    @work(group="diff-page")
    async def _read_page(self, source: DiffSource, wanted: DiffView.Wants) -> None:
        """A page as soon as its lines are there; then how many there are in all."""
        for partial in (True, False):
            try:
                diff = await source.window(
                    self._link.client, wanted.file, wanted.page * PAGE, PAGE, wanted.context, partial=partial
                )
            except BoatyardError as error:
                if source == self.source:
                    self.view.fail(wanted, error.message)
                    self._page_here.set()
                return
            if source == self.source:
                self.view.take(wanted, diff)
                self._page_here.set()
                self.page_came()
                self.post_message(self.Moved())
            if diff.complete:
                return

    def page_came(self) -> None:
        """A window of the shown file is here."""

    def keep_place(self) -> None:
        """What is shown goes away for now; one comes back to its place."""
