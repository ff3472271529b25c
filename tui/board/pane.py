"""The board's pane: the columns, and what there is to know of the task at the cursor below them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from tui.board.card import details
from tui.board.view import BoardView
from tui.text.literal import literal
from tui.widgets.card import Card

if TYPE_CHECKING:
    from core.values.entities import Task
    from tui.engine.store import Store


class BoardPane(Vertical):
    """Columns by status over all projects."""

    class Moved(Message):
        """The cursor is on another task."""

    def __init__(self, store: Store, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._store = store
        self.main = BoardView(store, id="columns-of-tasks")
        self.moving = asyncio.Lock()
        """Held while a card is moved: a second press is about where the first has put it."""

    def compose(self) -> ComposeResult:
        yield self.main
        yield Card(id="task-details")

    @property
    def current(self) -> Task | None:
        """The task at the cursor."""
        return self.main.current

    @on(BoardView.Highlighted)
    def _highlighted(self, event: BoardView.Highlighted) -> None:
        event.stop()
        self.tell()
        self.post_message(self.Moved())

    def tell(self) -> None:
        """Shows what is chosen, filtered and marked."""
        board, card = self.main, self.query_one("#task-details", Card)
        task = board.current
        if task is not None and card.is_on_screen:
            card.show(details(self._store, board.columns, task))
        elif task is None:
            card.show(lambda width, glyphs: [])
        told = [f"{len(board.marked)} marked"] if board.marked else []
        if board.filter_text:
            told.append(f"{board.filter_text}: {board.columns.left_out} left out")
        note = "   ".join(told)
        self.border_subtitle = literal(f" {note} ") if note else ""
        board.tell(note)

    def step_back(self) -> bool:
        """Takes the marks, then the filter away; whether there was one of them."""
        if self.main.unmark():
            return True
        if self.main.filter_text:
            self.main.narrow("")
            return True
        return False
