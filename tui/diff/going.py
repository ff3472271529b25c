"""Going to a line of a file's diff by its number: it may be in a list, a page or a hunk that is not here yet.

A line that is in no hunk is shown by showing the whole of its file, as long as one stays in that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual import on, work

from core.errors import BoatyardError
from core.values.comments import Side
from tui.diff.folds import same_file
from tui.diff.seeking import DiffSeeking
from tui.diff.source import DiffSource
from tui.diff.view import WHOLE

if TYPE_CHECKING:
    from core.values.review import FileChange
    from tui.engine.link import Link
    from tui.engine.store import Store


class Wanted(NamedTuple):
    """A place to go to."""

    repo_id: str
    path: str
    side: Side
    line: int
    """From 1; 0: the file's beginning."""
    back: bool = False
    """Whether one was there before, and nothing is said or shown beside if it is not there any more."""


class DiffGoing(DiffSeeking):
    """The pane's part that goes to a place as soon as it is there."""

    def __init__(self, store: Store, link: Link, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(store, link, id=id)
        self._wanted: Wanted | None = None

    def go_to(self, repo_id: str, path: str, side: Side, line: int) -> None:
        """Shows a line of a file, as soon as it is there; `line` 0: the file."""
        self._wanted = Wanted(repo_id, path, side, line)
        self.add_class("-inside")
        self.view.focus()
        self._show_wanted()

    def keep_place(self) -> None:
        file = self.view.file
        if file is not None and self._wanted is None:
            self._wanted = Wanted(file.repo_id, file.path, Side.NEW, self.view.line_number(), back=True)

    @on(DiffSeeking.Loaded)
    def _list_came(self) -> None:
        wanted = self._wanted
        if wanted is not None and not self._show_wanted() and self.fresh:
            self._wanted = None
            if not wanted.back:
                self.say(f"{wanted.path} is no change of {self.workspace}")

    def _show_wanted(self) -> bool:
        """Shows the file of the place, where the list has it."""
        for at, file in enumerate(self.files.files):
            if self._wanted is not None and (file.repo_id, file.path) == self._wanted[:2]:
                self.show_file(at)
                self.page_came()
                return True
        return False

    def page_came(self) -> None:
        wanted, file, view = self._wanted, self.view.file, self.view
        if wanted is None or file is None or (file.repo_id, file.path) != wanted[:2]:
            return
        if not wanted.line:
            view.move_to(0)
        elif not view.go_to_place(wanted.side, wanted.line):
            if self.source is not None and view.settled:
                self._wanted = None
                self._seek_place(self.source, file, wanted)
            return
        self._wanted = None

    @work(group="diff-seek", exclusive=True)
    async def _seek_place(self, source: DiffSource, file: FileChange, wanted: Wanted) -> None:
        """Looks in all of the file's hunks, then in all of the file."""
        view, client = self.view, self._link.client
        try:
            for context in (view.context_lines, *([] if wanted.back else [WHOLE])):
                at = await source.line_of(client, file, context, wanted.side, wanted.line)
                if at is not None:
                    break
            else:
                if not wanted.back:
                    self.say(f"{wanted.path} has no line {wanted.line} any more")
                return
        except BoatyardError as error:
            self.say(error.message)
            return
        if source != self.source or view.file is None or not same_file(view.file, file):
            return
        if context == view.context_lines:
            view.go_to_line(at)
            return
        self._wanted = wanted
        view.widen()
        self._show(view.file)
