"""The screen of settings: what `config.toml` says, what this interface remembers, and changes of both."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from core.errors import BoatyardError, ConfigError
from core.values.configuration import Setting, SettingKind
from core.values.requests import SetConfig
from tui.commands.containers import defaults
from tui.commands.places import theme
from tui.commands.project_settings import (
    change_override,
    change_style,
    is_of_project,
    rows_of_project,
)
from tui.keys.actions import ACTIONS
from tui.keys.keymap import resolve
from tui.settings.rows import SettingRow, section_of
from tui.settings.sheet import DEFAULTS, SettingsSheet, ValueSheet
from tui.settings.values import as_toml, line_of, written
from tui.terminal.attention import NOTIFICATIONS
from tui.terminal.programs import edit_file
from tui.widgets.finder import Finder, Found
from tui.widgets.menu import Menu, Option, numbered

if TYPE_CHECKING:
    from tui.app import BoatyardApp

INTERFACE = {
    "interface.theme": ("The colours; seen at once while you choose.", "BOATYARD_THEME"),
    "interface.glyphs": ("The signs of states; not set: what the terminal can show.", "BOATYARD_GLYPHS"),
    "interface.notify": ("How you are told that something needs you.", ""),
}  # fmt: skip
"""What this interface remembers, what it is for, and the variable that goes before it."""
_KEY = "The key, or several with blanks between them, as in: f9 ctrl+t N"
Undo = Callable[[], Awaitable[None]]


async def show(app: BoatyardApp) -> None:
    """All settings; the form of limits comes back to them."""
    book = SettingsBook(app)
    while await app.ask(SettingsSheet(book)) == DEFAULTS:
        await defaults(app)


class SettingsBook:
    """Reads and writes them; what was changed here is taken back here, step by step."""

    def __init__(self, app: BoatyardApp) -> None:
        self._app = app
        self._changed = 0
        """Steps that were done since the screen was opened."""

    async def rows(self) -> list[SettingRow]:
        """All of them, this interface's own first."""
        settings = [*self._own(), *await self._app.client.settings()]
        rows = [SettingRow(section_of(each.key), each, self._source(each)) for each in settings]
        rows[len(INTERFACE) : len(INTERFACE)] = await rows_of_project(self._app)
        order = list(dict.fromkeys(row.section for row in rows))
        return sorted(rows, key=lambda row: order.index(row.section))

    def _own(self) -> list[Setting]:
        remembered = self._app.preferences
        choices = {"theme": (), "glyphs": ("", "unicode", "ascii"), "notify": NOTIFICATIONS}
        found = []
        for key, (text, _) in INTERFACE.items():
            name = key.partition(".")[2]
            value = self._app.theme if name == "theme" else str(getattr(remembered, name))
            default = {"notify": "bell", "theme": "by the terminal's background"}.get(name, "")
            found.append(Setting(key=key, kind=SettingKind.CHOICE, value=value, default=default, help=text,
                                 in_file=getattr(remembered, name) not in ("", default),
                                 choices=choices[name]))  # fmt: skip
        return found

    @staticmethod
    def _source(setting: Setting) -> str:
        variable = INTERFACE.get(setting.key, ("", ""))[1]
        if variable and os.environ.get(variable):
            return variable
        return ("interface" if setting.key in INTERFACE else "file") if setting.in_file else "default"

    # Changing

    async def change(self, setting: Setting) -> str:
        """Asks for another value, and writes it."""
        if setting.key in INTERFACE:
            await self._change_own(setting)
        elif is_of_project(self._app, setting):
            await self._change_of_project(setting)
        elif setting.kind is SettingKind.SWITCH:
            await self._write(setting, "false" if setting.value == "true" else "true")
        elif setting.choices:
            chosen = await self._choose(setting)
            if chosen is not None:
                await self._write(setting, json.dumps(chosen) if chosen else None)
        else:
            await self._type(setting)
        return setting.key

    async def _change_of_project(self, setting: Setting) -> None:
        if setting.kind is SettingKind.TABLE:
            await change_override(self._app, setting)
            return
        chosen = await self._choose(setting)
        if chosen and chosen != setting.value:
            await change_style(self._app, chosen)
            self._done(f"{setting.key} is {chosen}", partial(change_style, self._app, setting.value))

    async def _choose(self, setting: Setting) -> str | None:
        options = [
            Option(numbered(n + 1), each or "not set", each or "\0",
                   "now" if each == setting.value else "")
            for n, each in enumerate(setting.choices)
        ]  # fmt: skip
        at = setting.choices.index(setting.value) if setting.value in setting.choices else 0
        chosen = await self._app.ask(Menu(setting.key, setting.help, options, at=at))
        return None if chosen is None else chosen.removeprefix("\0")

    async def _type(self, setting: Setting) -> None:
        listed = setting.kind is SettingKind.LIST
        value = shlex.join(json.loads(setting.value or "[]")) if listed else setting.value
        note = [setting.help, f"A number {setting.range}." if setting.range else ""]
        note.append("Words with blanks between them; quotes around one that has blanks." if listed else "")

        async def write(text: str) -> None:
            await self._write(setting, as_toml(setting, text))

        title = f"{setting.key}"
        await self._app.ask(ValueSheet(title, value, "\n".join(filter(None, note)), write))

    async def unset(self, setting: Setting) -> None:
        """Takes it out of the file, so that the default holds."""
        if setting.key in INTERFACE:
            raise ConfigError("the interface remembers that", hint="Enter chooses another one.")
        if is_of_project(self._app, setting):
            raise ConfigError("the project says that itself", hint="Enter changes it.")
        if setting.in_file:
            await self._write(setting, None)

    async def _write(self, setting: Setting, value: str | None) -> None:
        """Writes a value as TOML, or takes it out."""
        before = written(setting) if setting.in_file else None
        await self._send(setting.key, value)

        async def back() -> None:
            await self._send(setting.key, before)

        self._done(f"{setting.key} is {'as by default' if value is None else value}", back)

    async def _send(self, key: str, value: str | None) -> None:
        await self._app.client.set_config(SetConfig(key=key, value=value))
        if key.startswith("keys."):
            await self._app.take_keys()

    def _done(self, told: str, back: Undo) -> None:
        self._app.can_undo(told, back, quiet=True)
        self._changed += 1

    async def undo(self) -> None:
        """Takes back what was changed last on this screen."""
        if not self._changed:
            raise BoatyardError("nothing was changed here yet")
        self._changed -= 1
        await self._app.undo_last()

    # This interface's own

    async def _change_own(self, setting: Setting) -> None:
        variable = INTERFACE[setting.key][1]
        if variable and os.environ.get(variable):
            raise ConfigError(f"{variable} says it", hint="Take that variable out of the environment first.")
        before = setting.value
        if setting.key == "interface.theme":
            await theme(self._app)
            if self._app.theme != before:
                self._done(f"colours {self._app.theme}", lambda: self._take("interface.theme", before))
            return
        chosen = await self._choose(setting)
        if chosen is not None and chosen != before:
            await self._take(setting.key, chosen)
            self._done(f"{setting.key} is {chosen}", lambda: self._take(setting.key, before))

    async def _take(self, key: str, value: str) -> None:
        match key:
            case "interface.theme":
                self._app.use_theme(value)
            case "interface.glyphs":
                self._app.use_glyphs(value)
            case _:
                self._app.preferences.notify = value
        self._app.keep_preferences()

    # Keys and the file

    async def add_key(self) -> str:
        """Asks for an action and the key that it is to have."""
        names = self._app.keymap.names
        found = [
            Found(each.help, each.id, each.id, names(each.id), each.group) for each in ACTIONS if each.label
        ]
        action = await self._app.ask(Finder("Another key for", found, "find an action"))
        if action is None:
            return ""
        key = f"keys.map.{action}"
        known = next((each for each in await self._app.client.settings() if each.key == key), None)
        setting = known or Setting(
            key=key, kind=SettingKind.LIST, value="[]", default="", in_file=False, help=_KEY
        )
        preset = next(each.value for each in await self._app.client.settings() if each.key == "keys.preset")

        async def write(text: str) -> None:
            _, troubles = resolve(preset, {action: shlex.split(text)})
            if wrong := next((each for each in troubles if not each.warning), None):
                raise ConfigError(wrong.message, hint=wrong.hint)
            await self._write(setting, as_toml(setting, text))

        await self._app.ask(ValueSheet(key, names(action), _KEY, write))
        return key

    async def edit_file(self, setting: Setting | None) -> None:
        """Opens the file at the setting, and takes in what was changed there."""
        home = self._app.paths
        if home is None:
            raise BoatyardError("there is no settings file here")
        path = home.config / "config.toml"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            await edit_file(self._app, "settings", path, line_of(path, setting.key if setting else ""))
        finally:
            await self._app.take_keys()
