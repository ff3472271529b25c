"""Attempts at one task side by side: what each changed, how its check ended, what it cost, what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from core.errors import BoatyardError
from core.values.attempts import CheckState
from core.values.wording import counted
from tui.engine.store import Store
from tui.keys.actions import bindings
from tui.looks.durations import MINUTE, lasted, size
from tui.text.prose import prose
from tui.text.spans import Line, Span, fit, fit_spans, width_of
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.attempts import Attempt
    from core.values.entities import Task
    from tui.engine.changes import Changes
    from tui.engine.link import Link

MOST = 4
"""Attempts beside each other."""
LABEL = 10
GAP = 2
"""Cells of a column that stay empty: one on each side."""
LEAST = 22
"""Cells of a column below which the attempts are shown one at a time."""
CHECKS: dict[CheckState, tuple[str, str]] = {
    CheckState.NONE: ("todo", "not checked"), CheckState.RUNNING: ("running", "running"),
    CheckState.PASSED: ("done", "passed"), CheckState.FAILED: ("failed", "failed"),
}  # fmt: skip


class AttemptRows(RowView):
    """A table: one column per attempt, one row per fact."""

    shows_cursor = False

    def __init__(self) -> None:
        super().__init__(id="attempts")
        self.attempts: tuple[Attempt, ...] = ()
        self.at = 0
        """The attempt in hand."""
        self.first = 0
        """The first one in sight."""
        self.note = "Measuring the attempts"
        self.checking: set[str] = set()
        """The workspaces whose check was asked for here and has not ended."""
        self._rows: list[Line] = []

    def show(self, attempts: tuple[Attempt, ...]) -> None:
        """Shows these."""
        self.attempts, self.note = attempts, "No workspace yet"
        self.at = min(self.at, max(0, len(attempts) - 1))
        self.build()

    @property
    def current(self) -> Attempt | None:
        """The attempt in hand."""
        return self.attempts[self.at] if self.attempts else None

    def build(self) -> None:
        """Draws the table for the present width."""
        room = self.scrollable_content_region.width - LABEL - 1
        fitting = max(1, min(MOST, room // LEAST))
        self.first = max(0, min(self.first, self.at), self.at - fitting + 1)
        shown = self.attempts[self.first : self.first + fitting]
        self._rows = self._table(shown, max(8, room // max(1, len(shown)) - 1)) if shown else []
        self.rows_changed()

    def _table(self, shown: tuple[Attempt, ...], width: int) -> list[Line]:
        common = _shared(self.attempts)
        rows: list[Line] = []
        columns: list[tuple[str, list[list[Line]]]] = [
            ("", [self._who(each) for each in shown]),
            ("agent", [[((each.agent or "none", "text"),)] for each in shown]),
            ("changes", [[self._changes(each)] for each in shown]),
            ("size", [[((size(each.size), "text"),)] for each in shown]),
            ("check", [[self._check(each)] for each in shown]),
            ("time", [[self._time(each)] for each in shown]),
            ("tokens", [[_reported(each, each.spent.tokens, "{:,}")] for each in shown]),
            ("cost", [[_reported(each, each.spent.cost, "${:.2f}")] for each in shown]),
            ("conflicts", [[self._conflicts(each)] for each in shown]),
            ("says", [self._says(each, width) for each in shown]),
            ("files", [self._files(each, common, width) for each in shown]),
        ]  # fmt: skip
        for label, cells in columns:
            rows += _side_by_side(label, cells, width, self.glyphs.cut, self.glyphs.bar)
            rows += [()] if label in ("", "conflicts", "says") else []
        which: Span = (fit(f" {self._which(len(shown))}", LABEL).ljust(LABEL), "dim")
        return [(which, *rows[0][1:]), *rows[1:]]

    def _which(self, shown: int) -> str:
        """Which of the attempts are in sight; empty: all."""
        if shown == len(self.attempts):
            return ""
        last = self.first + shown
        return (
            f"{self.first + 1}-{last} of {len(self.attempts)}"
            if shown > 1
            else f"{last} of {len(self.attempts)}"
        )

    def _who(self, each: Attempt) -> list[Line]:
        here = each is self.current
        mark = self.glyphs.mark if here else " "
        landed: Line = ((f" {self.glyphs.done} landed", "done"),) if each.landed else ()
        return [((f"{mark}{each.workspace}", "title" if here else "text"), *landed)]

    def _changes(self, each: Attempt) -> Line:
        return (
            (f"{counted(each.files, 'file')} ", "text"), (f"+{each.added} ", "added"),
            (f"{self.glyphs.minus}{each.removed}", "removed"),
        )  # fmt: skip

    def _check(self, each: Attempt) -> Line:
        runs = each.workspace in self.checking
        sign, word = CHECKS[CheckState.RUNNING if runs else each.check]
        stale = ", before the last changes" if each.check_stale and not runs else ""
        return ((f"{self.glyphs.state(sign)} {word}{stale}", sign),)

    @staticmethod
    def _time(each: Attempt) -> Line:
        return ((f"{lasted(each.spent.minutes * MINUTE)}, {counted(each.spent.turns, 'turn')}", "text"),)

    def _says(self, each: Attempt, width: int) -> list[Line]:
        said = " ".join(each.summary.split())[:600]
        return prose(said, width - GAP, self.glyphs) if said else [(("nothing", "dim"),)]

    def _conflicts(self, each: Attempt) -> Line:
        if not each.conflicts:
            return (("none with target", "dim"),)
        return ((f"{each.conflicts} with target", "warning"),)

    def _files(self, each: Attempt, common: set[str], width: int) -> list[Line]:
        """Where there is no room for a path, its end is what tells it from others."""
        shown = [fit(path, width - GAP, cut=self.glyphs.cut, keep_end=True) for path in each.paths]
        tokens = ["dim" if path in common else "text" for path in each.paths]
        return [(span,) for span in zip(shown, tokens, strict=True)]

    def row_count(self) -> int:
        return len(self._rows)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        return self._rows[index], ()

    def empty_text(self) -> Line:
        return ((f" {self.note}", "dim"),)

    def on_resize(self) -> None:  # type: ignore[override]
        self.build()

    def action_choose(self) -> None:
        self.post_message(self.Chosen(self, self.at))  # also where there is none yet: that is said then

    def action_cursor(self, step: int) -> None:
        self.scroll_relative(y=step, animate=False)


def _reported(each: Attempt, number: float, form: str) -> Line:
    """What the agent told of its use; one that told nothing has not used nothing."""
    if number or not each.spent.turns:
        return ((form.format(number), "text"),)
    return (("not reported", "dim"),)


def _shared(attempts: tuple[Attempt, ...]) -> set[str]:
    """Files that all of them changed."""
    sets = [set(each.paths) for each in attempts]
    return set.intersection(*sets) if len(sets) > 1 else set()


def _side_by_side(label: str, cells: list[list[Line]], width: int, cut: str, bar: str) -> list[Line]:
    rows: list[Line] = []
    for at in range(max(1, *(len(cell) for cell in cells))):
        spans: list[Span] = [(f" {label if not at else '':<{LABEL - 1}}", "dim")]
        for number, cell in enumerate(cells):
            piece = fit_spans(cell[at], width - GAP, cut=cut) if at < len(cell) else []
            lead = " " if label or at else ""
            spans += [(f"{bar if number else ' '}{lead}", "dim"), *piece]
            spans.append((" " * (width - width_of(piece) - len(lead)), "text"))
        rows.append(tuple(spans))
    return rows


HINTS = (
    "{attempt-previous} {attempt-next} choose", "{choose} go", "{attempt-diff} diff with next",
    "{attempt-check} check", "{attempt-log} log", "{attempt-keep} keep", "{sheet-leave}",
)  # fmt: skip


class AttemptsSheet(Sheet[tuple[str, str]]):
    """Gives what to do (`go`, `diff`, `choose`, `log`) and with which workspace, or process."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("attempts")]

    def __init__(self, link: Link, store: Store, task: Task) -> None:
        super().__init__(f"Attempts at {task.title}", *HINTS)
        self._link, self._store, self._task_id = link, store, task.id

    def body(self) -> ComposeResult:
        yield AttemptRows()

    def on_mount(self) -> None:
        self._rows = self.query_one(AttemptRows)
        self._rows.focus()
        self._store.watch(self._on_changes)
        self._load()

    def on_unmount(self) -> None:
        self._store.unwatch(self._on_changes)

    def _on_changes(self, changes: Changes) -> None:
        names = {each.workspace for each in self._rows.attempts}
        if changes.everything or names & (changes.workspaces | changes.files):
            self._load()

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        try:
            found = await self._link.client.attempts(self._task_id)
        except BoatyardError as error:
            self._rows.note = "They cannot be measured"
            self._rows.rows_changed()
            self.problem(f"{error.message}\n{error.hint}".strip())
            return
        if not self._rows.attempts:
            self.problem("")  # What was asked of them before they were there.
        self._rows.show(found)

    def acts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "attempt-previous": lambda: self._step(-1), "attempt-next": lambda: self._step(1),
            "attempt-diff": self._diff, "attempt-check": self._check, "attempt-log": self._log,
            "attempt-keep": lambda: self._give("choose"),
        }  # fmt: skip

    def _step(self, step: int) -> None:
        if self._in_hand() is not None:
            self._rows.at = (self._rows.at + step) % len(self._rows.attempts)
            self._rows.build()

    def _in_hand(self) -> Attempt | None:
        """The attempt in hand; says so where there is none, or none yet."""
        current = self._rows.current
        if current is None:
            self.problem(f"{self._rows.note}.")
        return current

    def _give(self, what: str) -> None:
        if (current := self._in_hand()) is not None:
            self.dismiss((what, current.workspace))

    def _diff(self) -> None:
        rows = self._rows
        if (current := self._in_hand()) is None:
            return
        other = rows.attempts[(rows.at + 1) % len(rows.attempts)]
        if other is current:
            self.problem("There is only one attempt.")
        else:
            self.dismiss(("diff", f"{current.workspace} {other.workspace}"))

    def _log(self) -> None:
        if (current := self._in_hand()) is None:
            return
        if current.check_process:
            self.dismiss(("log", f"{current.workspace} {current.check_process}"))
        else:
            self.problem("No check has run there.")

    @work(group="check")
    async def _check(self) -> None:
        current, rows = self._in_hand(), self._rows
        if current is None or current.workspace in rows.checking:
            return
        self.problem("")
        rows.checking.add(current.workspace)
        rows.build()
        try:
            answer = await self._link.client.check(current.workspace)
            if not answer.passed:
                self.problem(f"{answer.workspace}: {answer.reason}")
        except BoatyardError as error:
            self.problem(f"{error.message}\n{error.hint}".strip())
        finally:
            rows.checking.discard(current.workspace)
            self._load()

    @on(RowView.Chosen)
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self._give("go")
