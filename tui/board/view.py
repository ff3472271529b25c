"""The columns of the board, drawn by the line API: only cards in sight are ever drawn.

Every column scrolls by itself and remembers its place. Moving the cursor repaints two cards, so ten thousand
tasks cost what ten do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.values.states import TaskStatus
from tui.board.card import CARD_LINES, card, head
from tui.board.columns import Columns, Filter, build, read_filter
from tui.keys.actions import bindings
from tui.text.spans import Line, draw

if TYPE_CHECKING:
    from core.values.entities import Task
    from tui.engine.changes import Changes
    from tui.engine.store import Store
    from tui.looks.look import Look

NARROWEST = 24
"""Cells of a column; where there is no room for all of them, one is shown at a time."""
HEAD_LINES = 2


class BoardView(Widget, can_focus=True):
    """Cards in columns, with a cursor on one of them."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("rows", "board")]
    DEFAULT_CSS = "BoardView { height: 1fr; }"

    class Highlighted(Message):
        """The cursor is on another card, or the card looks different."""

    class Chosen(Message):
        """Enter was pressed on a card, or it was clicked twice."""

    def __init__(self, store: Store, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._store = store
        self.columns = Columns({})
        self.filter_text = ""
        self.note = ""
        """What is filtered and marked."""
        self._filter = Filter()
        self.cancelled = False
        """Whether the column of cancelled tasks is shown."""
        self.marked: dict[str, None] = {}
        """Ids, in the order of marking."""
        self.status = TaskStatus.TODO
        """The column that the cursor is in."""
        self._rows: dict[TaskStatus, int] = {}
        """Where the cursor was, or is, in each column."""
        self._tops: dict[TaskStatus, int] = {}
        """The first card in sight of each column."""
        self._at = ""
        self._needle = ""
        self._strips: dict[tuple[str, int, bool, bool], tuple[Strip, Strip]] = {}

    def on_mount(self) -> None:
        self._store.watch(self._on_changes)
        self.rebuild()

    # The store

    def _on_changes(self, changes: Changes) -> None:
        if changes.everything or changes.structure or changes.tasks or changes.projects:
            self.rebuild()
        elif changes.workspaces:
            if self._filter.states:
                self.rebuild()
            else:
                self.cards_changed()

    def rebuild(self) -> None:
        """The columns anew; the cursor stays on its task, wherever that is now."""
        self.columns = build(self._store, self._filter, cancelled=self.cancelled)
        self.marked = {id_: None for id_ in self.marked if id_ in self._store.tasks}
        if self.status not in self.columns.tasks:
            self.status = TaskStatus.TODO
        task = self._store.tasks.get(self._at)
        ids = self.columns.tasks.get(task.status, []) if task is not None else []
        if self._at in ids and task is not None:
            self.status = task.status
            self._rows[self.status] = ids.index(self._at)
        self._settle()
        self.cards_changed()

    def cards_changed(self) -> None:
        """Draws all cards in sight anew."""
        self._strips.clear()
        self.refresh()
        self.post_message(self.Highlighted())

    def tell(self, note: str) -> None:
        """Says something below the heads where one column is shown at a time, without a border."""
        if note != self.note:
            self.note = note
            self.refresh(Region(0, 1, self.size.width, 1))

    def narrow(self, text: str) -> None:
        """Shows only what a filter lets through; from an empty column it goes to the first that is not."""
        self.filter_text, self._filter = text, read_filter(text)
        self.rebuild()
        if text and not self.ids:
            full = (status for status, ids in self.columns.tasks.items() if ids)
            self.status = next(full, self.status)
            self._settle()
            self.cards_changed()

    # Where the cursor is

    @property
    def statuses(self) -> list[TaskStatus]:
        """The columns, from left to right."""
        return list(self.columns.tasks)

    @property
    def ids(self) -> Sequence[str]:
        """The tasks of the column at the cursor."""
        return self.columns.tasks.get(self.status, [])

    @property
    def row(self) -> int:
        return self._rows.get(self.status, 0)

    @property
    def current(self) -> Task | None:
        """The task at the cursor."""
        return self._store.tasks.get(self.ids[self.row]) if self.row < len(self.ids) else None

    def chosen(self) -> list[Task]:
        """The marked tasks in the order of the board, else the one at the cursor."""
        if not self.marked:
            return [self.current] if self.current else []
        everywhere = [id_ for ids in self.columns.tasks.values() for id_ in ids]
        shown = [id_ for id_ in everywhere if id_ in self.marked]
        hidden = [id_ for id_ in self.marked if id_ not in set(shown)]
        return [task for id_ in (*shown, *hidden) if (task := self._store.tasks.get(id_))]

    def reveal(self, task_id: str) -> None:
        """Puts the cursor on a task, if it is shown."""
        self._at = task_id
        self.rebuild()

    def go(self, row: int) -> None:
        """Puts the cursor on a card of the column."""
        before, top = self.row, self._tops.get(self.status, 0)
        self._rows[self.status] = max(0, min(row, len(self.ids) - 1))
        self._settle()
        if top == self._tops.get(self.status, 0):
            self._refresh_card(before)
            self._refresh_card(self.row)
        else:
            self.refresh(self._region(self.status))
        self.post_message(self.Highlighted())

    def _settle(self) -> None:
        """Keeps cursor and scrolling within what there is."""
        for status, ids in self.columns.tasks.items():
            row = self._rows[status] = max(0, min(self._rows.get(status, 0), len(ids) - 1))
            top = min(self._tops.get(status, 0), max(0, len(ids) - self.page))
            self._tops[status] = min(row, max(top, row - self.page + 1))
        self._at = self.current.id if self.current else self._at

    # Geometry

    @property
    def page(self) -> int:
        """Cards that a column has room for."""
        return max(1, (self.size.height - HEAD_LINES + 1) // CARD_LINES)

    @property
    def alone(self) -> bool:
        """Whether one column is shown at a time."""
        return self.size.width < NARROWEST * len(self.columns.tasks)

    def _shown(self) -> list[tuple[TaskStatus, int, int]]:
        """The columns in sight, with the cell where each begins and its width."""
        if self.alone:
            return [(self.status, 0, self.size.width)]
        count = max(1, len(self.columns.tasks))
        edges = [self.size.width * number // count for number in range(count + 1)]
        return [
            (status, edges[at], edges[at + 1] - edges[at]) for at, status in enumerate(self.columns.tasks)
        ]

    def _region(self, status: TaskStatus) -> Region:
        place = next(((x, width) for each, x, width in self._shown() if each is status), (0, self.size.width))
        return Region(place[0], 0, place[1], self.size.height)

    def _refresh_card(self, row: int) -> None:
        x, _, width, _ = self._region(self.status)
        y = HEAD_LINES + (row - self._tops.get(self.status, 0)) * CARD_LINES
        self.refresh(Region(x, y, width, 2))

    # Drawing

    def render_line(self, y: int) -> Strip:
        if y == 0:
            return self._heads()
        if y < HEAD_LINES or not self.columns.tasks:
            noted = self.note if y == 1 and self.alone else ""
            return self._plain(((f" {noted}", "dim"),) if noted else (), self.size.width)
        return Strip.join(self._piece(status, y - HEAD_LINES, width) for status, _, width in self._shown())

    def _heads(self) -> Strip:
        glyphs = cast("Look", self.app).glyphs
        heads = {
            status: head(status, len(ids), glyphs, at=status is self.status)
            for status, ids in self.columns.tasks.items()
        }
        if self.alone:
            spans = tuple(span for line in heads.values() for span in (*line, ("  ", "text")))
            return self._plain(spans, self.size.width)
        return Strip.join(self._plain(heads[status], width) for status, _, width in self._shown())

    def _plain(self, line: Line, width: int) -> Strip:
        look = cast("Look", self.app)
        return draw(look.palette, line, width=width, base=self.rich_style, cut=look.glyphs.cut)

    def _piece(self, status: TaskStatus, y: int, width: int) -> Strip:
        """What one column has on a line of the screen."""
        ids = self.columns.tasks[status]
        index = self._tops.get(status, 0) + y // CARD_LINES
        if not ids and y == 0:
            return self._plain((("   nothing here", "dim"),), width)
        if index >= len(ids) or y % CARD_LINES == CARD_LINES - 1:
            return self._plain((), width)
        task = self._store.tasks.get(ids[index])
        if task is None:  # gone, and not told yet
            return self._plain((), width)
        at = status is self.status and index == self.row
        return self._card(task, width, at)[y % CARD_LINES]

    def _card(self, task: Task, width: int, at: bool) -> tuple[Strip, Strip]:
        key = (task.id, width, at, self.has_focus)
        found = self._strips.get(key)
        if found is None:
            if len(self._strips) > 500:
                self._strips.clear()
            look = cast("Look", self.app)
            under = ("cursor" if self.has_focus else "cursor-blurred") if at else ""
            marked = task.id in self.marked
            lines = card(self._store, self.columns, task, look.glyphs, marked=marked)
            first, second = (
                draw(look.palette, line, (), width=width - 1, base=self.rich_style, under=under,
                     cut=look.glyphs.cut)
                for line in lines
            )  # fmt: skip
            gap = self._plain((), 1)
            found = self._strips[key] = (Strip.join([first, gap]), Strip.join([second, gap]))
        return found

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def on_resize(self) -> None:
        self._settle()
        self.cards_changed()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    # Keys and mouse

    def action_cursor(self, step: int) -> None:
        self.go(self.row + step)

    def action_top(self) -> None:
        self.go(0)

    def action_bottom(self) -> None:
        self.go(len(self.ids) - 1)

    def action_half(self, direction: int) -> None:
        self.go(self.row + direction * max(1, self.page // 2))

    def action_page(self, direction: int) -> None:
        self.go(self.row + direction * max(1, self.page - 1))

    def action_choose(self) -> None:
        if self.current is not None:
            self.post_message(self.Chosen())

    def action_column(self, step: int) -> None:
        statuses = self.statuses
        at = max(0, min(statuses.index(self.status) + step, len(statuses) - 1))
        self.status = statuses[at]
        self._settle()
        self.refresh()
        self.post_message(self.Highlighted())

    def action_mark(self) -> None:
        if self.current is None:
            return
        if self.marked.pop(self.current.id, False) is False:
            self.marked[self.current.id] = None
        self._strips.clear()
        self.go(self.row + 1)

    def action_cancelled(self) -> None:
        self.cancelled = not self.cancelled
        self.rebuild()

    def unmark(self) -> bool:
        """Takes all marks away; whether there were any."""
        there, self.marked = bool(self.marked), {}
        if there:
            self.cards_changed()
        return there

    def on_click(self, event: events.Click) -> None:
        found = self._under(event.x, event.y)
        if found is not None:
            self.status = found[0]
            self.refresh()
            self.go(found[1])
            if event.chain == 2:
                self.action_choose()

    def _under(self, x: int, y: int) -> tuple[TaskStatus, int] | None:
        """The column and the card under the pointer."""
        for status, begin, width in self._shown():
            if begin <= x < begin + width and y >= HEAD_LINES:
                row = self._tops.get(status, 0) + (y - HEAD_LINES) // CARD_LINES
                return (status, row) if row < len(self.columns.tasks[status]) else None
        return None

    def _wheel(self, event: events.MouseEvent, step: int) -> None:
        event.stop()
        for status, begin, width in self._shown():
            if begin <= event.x < begin + width:
                self.status = status
                self.refresh()
                self.go(self.row + step)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -1)
