"""The checkpoints of a workspace, the latest first: looked at, compared, gone back to, and new ones taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from core.errors import BoatyardError
from core.values.states import CheckpointKind
from core.values.wording import counted
from tui.keys.actions import bindings
from tui.looks.durations import age
from tui.text.spans import Line, Span
from tui.widgets.line_input import LineInput
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.entities import Checkpoint
    from tui.engine.changes import Changes
    from tui.engine.link import Link
from tui.engine.store import Store

KINDS: dict[CheckpointKind, tuple[str, str]] = {
    CheckpointKind.BEFORE_TURN: ("todo", "before turn"),
    CheckpointKind.AFTER_TURN: ("review", "after turn"),
    CheckpointKind.MANUAL: ("done", "by hand"),
    CheckpointKind.BEFORE_RESTORE: ("idle", "before restore"),
}
"""How each kind is shown: its glyph, which is also the token, and its words."""
WORDS_FROM = 70
"""Cells from which on the kind is told in words, too."""


@dataclass(frozen=True)
class Choice:
    """What was decided in the timeline."""

    what: Literal["diff", "restore", "new", "export", "import"]
    since: int = 0
    """A checkpoint, or the one to go back to; 0: the one before `until`."""
    until: int = 0
    """A checkpoint; 0: the present."""


class CheckpointRows(RowView):
    """One row per checkpoint."""

    def __init__(self) -> None:
        super().__init__(id="checkpoints")
        self.checkpoints: list[Checkpoint] = []
        self.marked = 0
        self.note = "Reading the checkpoints"

    def show(self, checkpoints: tuple[Checkpoint, ...]) -> None:
        """Shows these; the cursor stays on the checkpoint that it was on."""
        at = self.current.number if self.current else 0
        self.checkpoints = sorted(checkpoints, key=lambda each: -each.number)
        self.note = self.look.keymap.fill(
            "No checkpoint yet: {checkpoint-new} keeps everything as it is now; each turn makes two"
        )
        self.styles.height = min(max(3, len(self.checkpoints)), 24)
        self.rows_changed()
        numbers = [each.number for each in self.checkpoints]
        if at in numbers:
            self.move_to(numbers.index(at))

    @property
    def current(self) -> Checkpoint | None:
        """The checkpoint at the cursor."""
        return self.checkpoints[self.cursor_row] if self.cursor_row < len(self.checkpoints) else None

    def row_count(self) -> int:
        return len(self.checkpoints)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        each = self.checkpoints[index]
        sign, words = KINDS[each.kind]
        mark = self.glyphs.mark if each.number == self.marked else " "
        left: list[Span] = [
            (f"{mark}", "key"), (f"{each.number:>4} ", "strong"), (f"{self.glyphs.state(sign)} ", sign),
        ]  # fmt: skip
        if width >= WORDS_FROM:
            left.append((f"{words:<14} ", "dim"))
        left.append((each.message, "text"))
        return tuple(left), (*self._changes(each), (f" {age(each.created_at):>4} ", "dim"))

    def _changes(self, each: Checkpoint) -> Line:
        if not each.files:
            return (("" if each.files is None else "no change", "dim"),)
        files = counted(each.files, "file")
        return (
            (f" {files}", "dim"), (f" +{each.added}", "added"),
            (f" {self.glyphs.minus}{each.removed}", "removed"),
        )  # fmt: skip

    def empty_text(self) -> Line:
        return ((f" {self.note}", "dim"),)


HINTS = (
    "{checkpoint-mark} mark", "{checkpoint-compare} compare",
    "{checkpoint-restore} restore", "{checkpoint-new} new", "{checkpoint-export} zip",
    "{checkpoint-import} import",
)  # fmt: skip


class Timeline(Sheet[Choice]):
    """Gives what is to be done; the list follows what happens meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("timeline")]

    def __init__(self, link: Link, store: Store, workspace: str, *, since: bool = False) -> None:
        """
        Args:
            since: Enter shows what was done since a checkpoint; else what it brought.
        """
        super().__init__(
            f"Checkpoints of {workspace}", "{choose} since" if since else "{choose} diff", *HINTS
        )
        self._since = since
        self._link = link
        self._store = store
        self._workspace = workspace

    def body(self) -> ComposeResult:
        yield CheckpointRows()

    def on_mount(self) -> None:
        self._rows = self.query_one(CheckpointRows)
        self._rows.focus()
        self._store.watch(self._on_changes)
        self._load()

    def on_unmount(self) -> None:
        self._store.unwatch(self._on_changes)

    def _on_changes(self, changes: Changes) -> None:
        if changes.everything or self._workspace in changes.checkpoints:
            self._load()

    @work(exclusive=True)
    async def _load(self) -> None:
        try:
            found = await self._link.client.checkpoints(self._workspace)
        except BoatyardError as error:
            self._rows.note = "They cannot be read"
            self._rows.rows_changed()
            self.problem(f"{error.message}\n{error.hint}".strip())
            return
        self.problem("")
        self._rows.show(found)

    def acts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "checkpoint-mark": self._mark, "checkpoint-compare": self._compare,
            "checkpoint-new": self._new, "checkpoint-import": self._import,
            "checkpoint-restore": lambda: self._of_current("restore"),
            "checkpoint-export": lambda: self._of_current("export"),
        }  # fmt: skip

    def _mark(self) -> None:
        current = self._rows.current
        if current is not None:
            self._rows.marked = 0 if self._rows.marked == current.number else current.number
            self._rows.rows_changed()

    def _compare(self) -> None:
        """The marked one with the one at the cursor; without a mark, that one with the present."""
        current, marked = self._rows.current, self._rows.marked
        if current is None:
            return
        if marked in (0, current.number):
            self.dismiss(Choice("diff", current.number))
        else:
            self.dismiss(Choice("diff", *sorted((marked, current.number))))

    def _of_current(self, what: Literal["restore", "export"]) -> None:
        if self._rows.current is not None:
            self.dismiss(Choice(what, self._rows.current.number))

    def _import(self) -> None:
        self.dismiss(Choice("import"))

    def _new(self) -> None:
        self.dismiss(Choice("new"))

    @on(RowView.Chosen)
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        if self._since:
            self._compare()
        else:
            self.dismiss(Choice("diff", until=self._rows.checkpoints[event.index].number))


class LineSheet(Sheet[str]):
    """Asks for one line; an empty one is an answer, too."""

    def __init__(
        self, title: str, label: str, placeholder: str, value: str = "", *, add: bool = False, why: str = ""
    ) -> None:
        """
        Args:
            add: What is typed goes behind the value; else it replaces it.
            why: What was wrong with this value, for people.
        """
        super().__init__(title, "{accept} do it", "{sheet-leave} cancel")
        self._label, self._why = label, why
        self._input = LineInput(value, placeholder=placeholder, compact=True, select_on_focus=not add)

    def body(self) -> ComposeResult:
        yield self.field(self._label, self._input)

    def on_mount(self) -> None:
        self._input.focus()
        self.problem(self._why)

    def submit(self) -> None:
        self.dismiss(self._input.value.strip())
