"""The screen of settings: all of them, who says each, and how to change it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from core.errors import BoatyardError
from core.values.configuration import SettingKind
from tui.keys.actions import bindings
from tui.settings.rows import SettingRow, SettingRows, told
from tui.widgets.card import Card
from tui.widgets.line_input import LineInput
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.configuration import Setting

HINTS = (
    "{choose} change", "{setting-default} default", "{setting-undo} undo", "{setting-find} find",
    "{setting-key} keys", "{setting-limits} limits", "{setting-edit} file", "{sheet-leave}",
)  # fmt: skip
DEFAULTS = "\0defaults"
"""What the sheet gives where the user wants the form of limits."""


class Book(Protocol):
    """Where the settings are read from and written to."""

    async def rows(self) -> Sequence[SettingRow]: ...

    async def change(self, setting: Setting) -> str:
        """Asks for another value and writes it; gives the key that was changed, or nothing."""
        ...

    async def unset(self, setting: Setting) -> None: ...

    async def undo(self) -> None: ...

    async def add_key(self) -> str: ...

    async def edit_file(self, setting: Setting | None) -> None: ...


class SettingsSheet(Sheet[str]):
    """Gives `DEFAULTS` where the form of limits is wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("settings")]

    def __init__(self, book: Book, at: str = "") -> None:
        super().__init__("Settings", *HINTS)
        self._book = book
        self._at = at
        """The setting that the cursor begins at."""

    def body(self) -> ComposeResult:
        yield LineInput(placeholder="words that a setting has", id="needle", compact=True)
        yield SettingRows()
        yield Card(id="note")

    def on_mount(self) -> None:
        self._rows = self.query_one(SettingRows)
        self._note = self.query_one("#note", Card)
        self._note.can_focus = False
        self._input = self.query_one(Input)
        self._input.display = False
        self._rows.focus()
        self._load(self._at)

    @work(exclusive=True, group="load")
    async def _load(self, at: str = "") -> None:
        await self._try(lambda: self._show(at))

    async def _show(self, at: str) -> None:
        self._rows.show(await self._book.rows())
        if at:
            self._rows.reveal(at)
        self._note.show(told(self._rows.current))

    async def _try(self, call: Callable[[], Awaitable[object]]) -> bool:
        try:
            await call()
        except BoatyardError as error:
            self.problem(f"{error.message}\n{error.hint}".strip())
            return False
        self.problem("")
        return True

    @on(SettingRows.Highlighted)
    def _moved(self) -> None:
        self._note.show(told(self._rows.current))

    # Filtering

    @on(Input.Changed, "#needle")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._rows.narrow(event.value)
        self._moved()

    def submit(self) -> None:
        """Enter in the filter: it stays, and the rows have the keys."""
        self._input.display = bool(self._input.value)
        self._rows.focus()

    def action_leave(self) -> None:
        """Out of the filter first, then out of the dialog."""
        if self._input.display:
            self._input.value = ""
            self.submit()
        else:
            self.dismiss(None)

    def _filter(self) -> None:
        self._input.display = True
        self._input.focus()

    # Doing

    def acts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "setting-find": self._filter, "setting-undo": self._undo, "setting-edit": self._edit,
            "setting-default": self._unset, "setting-key": self._add_key,
            "setting-limits": lambda: self.dismiss(DEFAULTS),
        }  # fmt: skip

    @on(SettingRows.Chosen)
    def _chosen(self, event: SettingRows.Chosen) -> None:
        event.stop()
        self._change()

    @work(group="change")
    async def _change(self) -> None:
        setting = self._setting()
        if setting is None:
            return
        if setting.kind is SettingKind.TABLE and self._rows.current_source == "file":
            self.problem("It is a table: change it in the file.")
            return
        await self._in_turn(setting, self._book.change)

    async def _then_show(self, change: Awaitable[object]) -> None:
        key = await change
        await self._show(key if isinstance(key, str) else "")

    @work(group="change")
    async def _unset(self) -> None:
        setting = self._setting()
        if setting is not None:
            await self._in_turn(setting, self._book.unset)

    async def _in_turn(self, setting: Setting, does: Callable[[Setting], Awaitable[object]]) -> None:
        """Does something about a setting as it is when what the keys before asked for is done; the cursor
        stays where it is by then."""

        async def done() -> None:
            await does(self._rows.as_now(setting))
            await self._show("")

        async with self.in_turn:
            await self._try(done)

    @work(group="change")
    async def _undo(self) -> None:
        async with self.in_turn:
            await self._try(lambda: self._then_show(self._book.undo()))

    @work(group="change")
    async def _add_key(self) -> None:
        async with self.in_turn:
            await self._try(lambda: self._then_show(self._book.add_key()))

    @work(group="change")
    async def _edit(self) -> None:
        await self._try(lambda: self._then_show(self._book.edit_file(self._setting())))

    def _setting(self) -> Setting | None:
        return self._rows.current.setting if self._rows.current else None


class ValueSheet(Sheet[str]):
    """One value as text; stays open, and says why, while `write` refuses what was typed."""

    def __init__(self, title: str, value: str, note: str, write: Callable[[str], Awaitable[None]]) -> None:
        """
        Args:
            title: The key.
            value: What the field holds at first.
            note: What can be written.
            write: Takes what was typed.
        """
        super().__init__(title, "{accept} keep", "{sheet-leave} cancel")
        self._value = value
        self._text = note
        self._write = write

    def body(self) -> ComposeResult:
        from textual.widgets import Static

        from tui.text.literal import literal

        yield Static(literal(f"{self._text}\n", multiline=True))
        yield LineInput(self._value, id="value", compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    @work(exclusive=True, group="write")
    async def submit(self) -> None:  # type: ignore[override]
        text = self.query_one(Input).value.strip()
        try:
            await self._write(text)
        except BoatyardError as error:
            self.problem(f"{error.message}\n{error.hint}".strip())
        else:
            self.dismiss(text)
