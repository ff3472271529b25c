"""How much agents may use for a task or a project: minutes, turns, tokens, money; and what they have used."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Input, Static

from core.values.requests import SetBudget
from core.values.wording import counted
from tui.text.literal import literal
from tui.widgets.line_input import LineInput
from tui.widgets.sheet import Sheet, form_hints

if TYPE_CHECKING:
    from core.values.entities import Budget, Spent

FIELDS = ("turns", "minutes", "tokens", "cost")
_LABELS = {"turns": "Turns", "minutes": "Minutes", "tokens": "Tokens", "cost": "US dollars"}
_WHOLE = frozenset({"turns", "tokens"})


def amount(text: str, *, whole: bool) -> float | int | None:
    """A limit as typed; None: none.

    Raises:
        ValueError: It is no amount; the message says what to do.
    """
    if not text.strip():
        return None
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = -1
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"{text.strip()[:40]!r} is no amount: write a number, or nothing for no limit.")
    return value


class BudgetSheet(Sheet[SetBudget]):
    """Gives the new limits."""

    def __init__(self, subject: str, budget: Budget, spent: Spent | None) -> None:
        super().__init__(f"Budget of {subject}", *form_hints("keep"))
        self._budget = budget
        self._spent = spent

    def body(self) -> ComposeResult:
        text = (
            "What its agents may use, all together; empty is no limit. At a limit, work pauses and says so."
        )
        yield Static(literal(text + "\n", multiline=True))
        for name in FIELDS:
            limit = getattr(self._budget, name)
            used = f"{getattr(self._spent, name):g} used" if self._spent is not None else "no limit"
            field = LineInput(
                "" if limit is None else f"{limit:.15g}", placeholder=used, id=name, compact=True
            )
            yield self.field(_LABELS[name], field)
        if self._spent is not None:
            spent = self._spent
            used = f"Used: {counted(spent.turns, 'turn')}, {spent.minutes:.1f} minutes, {spent.tokens} tokens"
            yield Static(literal(f"{used}, ${spent.cost:.2f}", multiline=True))

    def on_mount(self) -> None:
        self.query_one("#turns").focus()

    def submit(self) -> None:
        found: dict[str, float | int | None] = {}
        for name in FIELDS:
            try:
                found[name] = amount(self.query_one(f"#{name}", Input).value, whole=name in _WHOLE)
            except ValueError as error:
                self.problem(f"{_LABELS[name]}: {error}")
                self.query_one(f"#{name}").focus()
                return
        self.dismiss(SetBudget(**found))  # type: ignore[arg-type]
