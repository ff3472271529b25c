"""The settings as rows: a heading for each section, then name, value, and who says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.values.configuration import SettingKind
from tui.looks.glyphs import Glyphs
from tui.text.inline import wrap_words
from tui.text.spans import Line, Span, width_of
from tui.widgets.card import Draw
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.configuration import Setting

NAME, VALUE = 25, 24
"""Cells of the columns; the sentence has the rest, where there is room for it."""
ROOM_FOR_HELP = 100
MOST_NAMED = 12
"""Choices that are named below the list; Enter shows all."""


@dataclass(frozen=True)
class SettingRow:
    """A setting, or the heading of those below it."""

    section: str
    setting: Setting | None = None
    source: str = ""
    """Who says it: `default`, `file`, `project`, or a variable of the environment."""

    @property
    def key(self) -> str:
        return self.setting.key if self.setting else self.section

    @property
    def name(self) -> str:
        """The key without the section's name."""
        return self.key.removeprefix(f"{self.section}.")


def section_of(key: str) -> str:
    """The table that a key is in, such as `agents.mine`; a key in none is among the `general` ones."""
    table, _, _ = key.rpartition(".")
    return table or "general"


def shown_value(setting: Setting) -> tuple[str, str]:
    """A value in words, and its token."""
    if setting.value in ("", "[]"):
        return "not set", "dim"
    if setting.kind is SettingKind.SWITCH:
        return ("yes", "success") if setting.value == "true" else ("no", "text")
    return setting.value, "text" if setting.in_file else "dim"


class SettingRows(RowView):
    """The rows that fit what is typed."""

    def __init__(self) -> None:
        super().__init__(id="settings")
        self._all: Sequence[SettingRow] = ()
        self.rows: list[SettingRow] = []
        self._wanted = ""

    def show(self, rows: Sequence[SettingRow]) -> None:
        """Shows these; the cursor stays on its setting."""
        self._all = rows
        self.narrow(self._wanted)

    def narrow(self, words: str) -> None:
        """Shows only those that have all the words in name, value, source or sentence."""
        at = self.current
        self._wanted = words
        found = [row for row in self._all if row.setting and _fits(row, words.casefold().split())]
        self.rows = []
        for row in found:
            if not self.rows or self.rows[-1].section != row.section:
                self.rows.append(SettingRow(row.section))
            self.rows.append(row)
        self.rows_changed()
        places = {(row.key, row.setting is None): index for index, row in enumerate(self.rows)}
        self.move_to(places.get((at.key, at.setting is None), 1) if at else 1)

    @property
    def current(self) -> SettingRow | None:
        """The row at the cursor."""
        return self.rows[self.cursor_row] if self.cursor_row < len(self.rows) else None

    @property
    def current_source(self) -> str:
        """Who says the setting at the cursor."""
        return self.current.source if self.current else ""

    def as_now(self, setting: Setting) -> Setting:
        """A setting as it was shown last."""
        found = (row.setting for row in self._all if row.setting and row.key == setting.key)
        return next(found, setting)

    def reveal(self, key: str) -> None:
        """Puts the cursor on a setting."""
        found = [number for number, row in enumerate(self.rows) if row.setting and row.key == key]
        if found:
            self.move_to(found[0])

    def row_count(self) -> int:
        return len(self.rows)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        row = self.rows[index]
        if row.setting is None:
            return ((f" {row.section}", "title"),), ()
        value, token = shown_value(row.setting)
        left: list[Span] = [(f"   {row.name:<{NAME}} ", "text"), (value, token)]
        if width >= ROOM_FOR_HELP:
            left.append((" " * max(2, NAME + 4 + VALUE - width_of(left)), "text"))
            left.append((row.setting.help, "dim"))
        return tuple(left), ((f"  {row.source} ", "dim" if row.source == "default" else "info"),)

    def empty_text(self) -> Line:
        return ((" No setting fits" if self._all else " Reading the settings", "dim"),)


def _fits(row: SettingRow, words: list[str]) -> bool:
    assert row.setting is not None
    text = f"{row.key} {row.setting.value} {row.source} {row.setting.help}".casefold()
    return all(word in text for word in words)


def told(row: SettingRow | None) -> Draw:
    """What there is to know of a setting, below the list."""

    def make(width: int, glyphs: Glyphs) -> list[Line]:
        if row is None or row.setting is None:
            return []
        setting = row.setting
        facts = [f"default: {setting.default or 'not set'}"]
        if setting.choices:
            facts.append("one of " + ", ".join(each or "(not set)" for each in setting.choices[:MOST_NAMED]))
        if setting.range:
            facts.append(f"a number {setting.range}")
        spans = ((setting.help, "text"),), (("; ".join(facts), "dim"),)
        lines = [line for each in spans for line in wrap_words(each, width - 2)]
        return [((" ", "text"), *line) for line in lines]

    return make
