"""Budgets on the command line."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from core.values.entities import Budget, Spent, TaskUsage
from core.values.requests import SetBudget
from core.values.wording import counted


def declare_budget(parser: argparse.ArgumentParser) -> None:
    for name, kind, text in (
        ("minutes", float, "minutes that agents may work"),
        ("turns", int, "turns that they may have"),
        ("tokens", int, "tokens, in and out together"),
        ("cost", float, "US dollars"),
    ):
        parser.add_argument(
            f"--budget-{name}", type=_amount(kind), metavar="N", help=f"{text}, all together; none: no limit"
        )


def given_budget(args: argparse.Namespace) -> SetBudget:
    """What the options say; an option that was not given leaves its limit as it is."""

    def one(name: str) -> Any:
        value = getattr(args, f"budget_{name}")
        return UNSET if value is None else None if value == "none" else value

    return SetBudget(minutes=one("minutes"), turns=one("turns"), tokens=one("tokens"), cost=one("cost"))


def usage_lines(usage: TaskUsage) -> list[str]:
    """What was used, and of how much."""
    lines = [f"used        {_words(usage.total, usage.budget)}"]
    if len(usage.workspaces) > 1:
        lines += [f"  {name:<20} {_words(each, Budget())}" for name, each in usage.workspaces.items()]
    if usage.project_budget != Budget():
        lines.append(f"project     {_words(usage.project, usage.project_budget)}")
    return lines


def budget_words(budget: Budget) -> str:
    """The limits in a few words; empty when there are none."""
    parts = [
        counted(budget.turns, "turn") if budget.turns is not None else "",
        f"{budget.minutes:g} minutes" if budget.minutes is not None else "",
        f"{budget.tokens} tokens" if budget.tokens is not None else "",
        f"${budget.cost:.2f}" if budget.cost is not None else "",
    ]
    return ", ".join(filter(None, parts))


def _words(spent: Spent, budget: Budget) -> str:
    def of(limit: float | None, text: str = "{:g}") -> str:
        return "" if limit is None else " of " + text.format(limit)

    return (
        f"{spent.turns}{of(budget.turns)} turns, {spent.minutes:.1f}{of(budget.minutes)} minutes, "
        f"{spent.tokens}{of(budget.tokens, '{}')} tokens, ${spent.cost:.2f}{of(budget.cost, '${:.2f}')}"
    )


def _amount(kind: type[int] | type[float]) -> Callable[[str], int | float | str]:
    def read(text: str) -> int | float | str:
        if text == "none":
            return text
        try:
            value = kind(text[:30])
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is no amount") from error
        if not math.isfinite(value) or value < 0:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is no amount")
        return value

    return read
