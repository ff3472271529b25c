"""The inner tabs of a session, and how they are named."""

from __future__ import annotations

from textual.content import Content

from tui.text.spans import Span

TABS = (("talk", "Talk"), ("out", "Output"), ("err", "Errors"), ("processes", "Processes"))


def all_tabs(shown: str, keys: str) -> Content:
    """All of them, for a border, and the keys that go through them."""
    return Content.assemble(
        *((f" {title} ", "$primary bold" if name == shown else "$boatyard-dim") for name, title in TABS),
        (f" {keys} ", "$accent"),
    )


def step_at(column: int, previous: str, following: str) -> int:
    """Where the keys behind the tabs lead, by the column from the right: -1, 1, or 0 beside them."""
    if 1 <= column <= len(following):
        return 1
    return -1 if len(following) + 2 <= column < len(following) + 2 + len(previous) else 0


def tab_at(column: int) -> str:
    """The tab under a column of what `all_tabs` gives; empty: none."""
    for name, title in TABS:
        width = len(title) + 2
        if 0 <= column < width:
            return name
        column -= width
    return ""


def tab_in_sight(shown: str, keys: str) -> tuple[Span, ...]:
    """The one in sight, where there is no border."""
    number = [name for name, _ in TABS].index(shown)
    return (f" {TABS[number][1]} {number + 1}/{len(TABS)}", "dim"), (f" {keys} ", "key")
