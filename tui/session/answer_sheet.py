"""What an agent asks for, filled in: texts, numbers, yes or no, one or several of what it offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.keys.actions import bindings
from tui.text.literal import literal
from tui.text.spans import Line
from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.entities import Approval, FormField

HINTS = ("{option-accept} answer", "{pick} pick", "{sheet-next} next field", "{sheet-leave} later")
Answer = str | float | bool | tuple[str, ...]


class PickRows(RowView):
    """What is offered, one row each: space picks, and Enter takes what the cursor is on."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("picks")]

    def __init__(self, field: FormField, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._field = field
        given = field.default
        wanted = given if isinstance(given, tuple) else (str(given),) if given is not None else ()
        self.picked = {at for at, each in enumerate(field.choices) if each.value in wanted}

    @property
    def several(self) -> bool:
        """Whether more than one can be picked."""
        return self._field.kind == "choices"

    def row_count(self) -> int:
        return len(self._field.choices)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        choice = self._field.choices[index]
        mark = self.glyphs.running if index in self.picked else self.glyphs.todo
        token = "strong" if index in self.picked else "text"
        return ((f" {mark} ", "key"), (choice.title or choice.value, token)), ()

    def action_pick(self) -> None:
        """Picks what the cursor is on; where several can be, picks or leaves it."""
        if self.several:
            self.picked ^= {self.cursor_row}
        else:
            self.picked = {self.cursor_row}
        self.rows_changed()

    @property
    def values(self) -> tuple[str, ...]:
        """What is picked."""
        return tuple(self._field.choices[at].value for at in sorted(self.picked))


class AnswerSheet(Sheet[dict[str, Answer]]):
    """Gives the values by the names of the form's fields."""

    def __init__(self, approval: Approval) -> None:
        super().__init__("The agent asks", *HINTS)
        self._approval = approval

    def body(self) -> ComposeResult:
        yield Static(literal(f"{self._approval.title}\n", "bold", multiline=True))
        for number, field in enumerate(self._approval.form):
            with Vertical(classes="field"):
                yield from self._field(number, field)

    def _field(self, number: int, field: FormField) -> list[Widget]:
        wanted = "" if field.required else "  (may stay empty)"
        parts: list[Widget] = [Static(literal(f"{field.title or field.name}{wanted}", "bold"))]
        if field.description:
            parts.append(Static(literal(field.description, multiline=True)))
        default = "" if field.default is None else str(field.default)
        if field.kind in ("choice", "choices"):
            rows = PickRows(field, id=f"field-{number}")
            rows.styles.height = min(8, max(1, len(field.choices)))
            parts.append(rows)
            if field.open:
                parts.append(LineInput(placeholder="or something else", id=f"other-{number}", compact=True))
        elif field.kind == "boolean":
            options: list[tuple[str, str, bool | None]] = [("yes", "", True), ("no", "", False)]
            if not field.required and field.default is None:
                options.insert(0, ("not said", "", None))
            at = 1 if field.default is False else 0
            parts.append(Choice(options, at=at, id=f"field-{number}"))
        else:
            parts.append(LineInput(default, id=f"field-{number}", compact=True))
        return parts

    def on_mount(self) -> None:
        for rows in self.query(PickRows):
            rows.call_after_refresh(rows.move_to, min(rows.picked, default=0))
        self.query_one("#field-0").focus()

    @on(RowView.Chosen)
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        if isinstance(event.view, PickRows) and not (event.view.several and event.view.picked):
            event.view.action_pick()
        self.submit()

    @on(Choice.Submitted)
    def submit(self) -> None:
        values: dict[str, Answer] = {}
        for number, field in enumerate(self._approval.form):
            try:
                value = self._value(number, field)
            except ValueError as error:
                self.problem(f"{field.title or field.name}: {error}")
                self.query_one(f"#field-{number}").focus()
                return
            if value is not None:
                values[field.name] = value
        self.dismiss(values)

    def _value(self, number: int, field: FormField) -> Answer | None:
        """What a field says; None: nothing.

        Raises:
            ValueError: Something is missing or no number; the message says so.
        """
        widget = self.query_one(f"#field-{number}")
        if isinstance(widget, Choice):
            return None if widget.value is None else bool(widget.value)
        if isinstance(widget, PickRows):
            others = [each.value.strip() for each in self.query(f"#other-{number}").results(Input)]
            found = (*widget.values, *(other for other in others if other))
            if not found and field.required:
                raise ValueError(self.filled("pick one with {pick}."))
            if widget.several:
                return found or None
            return found[-1] if found else None
        text = self.query_one(f"#field-{number}", Input).value.strip()
        if not text:
            if field.required:
                raise ValueError("an answer is needed.")
            return None
        return _number(text, field.kind) if field.kind in ("number", "integer") else text


def _number(text: str, kind: str) -> float:
    try:
        return int(text) if kind == "integer" else float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no {'whole ' if kind == 'integer' else ''}number.") from None
