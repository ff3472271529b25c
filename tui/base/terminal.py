"""The terminal: what goes to it, what comes from it, and how it is left."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING

from textual import events
from textual.filter import LineFilter

from tui.base.looks import LooksApp
from tui.engine.preferences import write_preferences
from tui.keys.queue import KeyQueue, looks_at
from tui.terminal.attention import RESTORE_TITLE
from tui.terminal.driver import ThriftyDriver
from tui.terminal.hang_up import leave_terminal, when_terminal_goes
from tui.text.literal import Scrub

if TYPE_CHECKING:
    from core.paths import Home
    from tui.engine.form_drafts import FormDrafts
    from tui.looks.pictures import PictureWay


class TerminalApp(LooksApp, inherit_bindings=False):
    """An application that leaves its terminal as it found it, and lets nothing raw through."""

    def __init__(self, home: Home | None, theme: str, is_light: Callable[[], bool | None]) -> None:
        self._scrub = Scrub()
        super().__init__(home, theme, is_light)
        self._keys = KeyQueue(self)
        self.last_key_at = -1e9
        """When a key was last pressed, by `time.monotonic`; long ago: never. (Not `key_at`: Textual takes
        what is called `key_` and a key's name for what that key calls, and `at` is the name of @.)"""
        self.mouse = True
        """Whether clicks and the wheel are the interface's."""
        self._lent = False
        """Whether another program has the terminal."""
        self.forms: dict[str, FormDrafts] = {}
        """What is written in dialogs, by the kind of draft that the engine keeps of it."""

    def on_mount(self) -> None:
        self._listen_to_signals()
        self.app_suspend_signal.subscribe(self, lambda _: self._lend(True))
        self.app_resume_signal.subscribe(self, lambda _: self._lend(False))

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's filters, and last the one that lets no control character through."""
        return [*super().get_line_filters(), self._scrub]

    def opening(self) -> AbstractContextManager[None]:
        """While what a dialog begins with is asked for: keys typed meanwhile wait for it."""
        return self._keys.held()

    async def on_event(self, event: events.Event) -> None:
        """Keys from the terminal in order, each after the one before has done what it does."""
        if self.ready and isinstance(event, events.Key | events.MouseDown) and self._keys.begun:
            self.home.touched = True
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.last_key_at = time.monotonic()
            if not self._keys.begun and self._leaves(event):
                self.exit()
            else:
                await self._keys.take(event, self._deliver_key)
        else:
            if isinstance(event, events.MouseDown) and not event.is_forwarded and self.ready:
                self.home.dividers.take(event)
            await super().on_event(event)

    def _leaves(self, key: events.Key) -> bool:
        """Whether a key at the start says to leave; what is typed behind others may be meant for a dialog."""
        leave = self.keymap.keys("quit-now")
        return key.key in leave or (key.key in self.keymap.keys("quit") and not self._keys.waiting)

    async def _deliver_key(self, key: events.Event) -> None:
        """Does what a key means here: at once, unless one of the widgets on its way looks at it itself.

        Each that a key goes through takes a turn of the loop, and only behind the last one are the bindings.
        """
        assert isinstance(key, events.Key)
        if any(looks_at(node, key) for node in (self.focused or self.screen).ancestors_with_self):
            await super().on_event(key)
        else:
            self.app_focus = True
            if not await self._check_bindings(key.key, priority=True):
                await self._check_bindings(key.key)

    def _fatal_error(self) -> None:
        """A traceback without the values of variables: they may hold secrets."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()

    def on_unmount(self) -> None:
        if self.ready:
            self.write_to_terminal(RESTORE_TITLE)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            loop.add_signal_handler(signal.SIGTERM, self.exit)
            loop.add_signal_handler(signal.SIGHUP, self._hung_up)
            when_terminal_goes(partial(self._terminal_gone, loop))
        except (NotImplementedError, RuntimeError, ValueError):
            return  # Not on the main thread: whoever runs us there handles signals.

    def _terminal_gone(self, loop: asyncio.AbstractEventLoop) -> None:
        """Told by another thread."""
        with contextlib.suppress(RuntimeError):  # it is over anyway
            loop.call_soon_threadsafe(self._hung_up)

    def _hung_up(self) -> None:
        """The terminal goes, or somebody says so: what is there of it is put back, and nothing waited for."""
        self.keep_preferences()
        leave_terminal(getattr(self._driver, "attrs_before", None))
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGHUP)

    def keep_preferences(self) -> None:
        """Writes down drafts and choices; that they cannot be written stops nobody from leaving."""
        if self.ready:
            self.preferences.drafts = self.home.session.composer.drafts.unsaved
            self.preferences.forms = {kind: drafts.unsaved for kind, drafts in self.forms.items()}
        if self._preferences_path is not None:
            try:
                write_preferences(self._preferences_path, self.preferences)
            except OSError as error:
                self.log.error(f"preferences not written: {error}")

    def write_to_terminal(self, sequence: str) -> None:
        """Sends a control sequence of our own, unless the terminal is somebody else's just now."""
        if self._driver is not None and not self.is_headless and not self._lent:
            self._driver.write(sequence)

    async def picture_way(self) -> PictureWay:
        """How pictures are drawn; the terminal may be asked for that."""
        from core.config import PictureStyle
        from tui.files.picture_pane import style_of
        from tui.looks.pictures import PictureWay
        from tui.terminal.graphics import described, sixel_terminal

        wanted = self.interface.pictures if self.interface is not None else PictureStyle.AUTO
        colours = os.environ.get("NO_COLOR") is None
        style = style_of(wanted, colours=colours, blocks=self.glyphs.cut == "…")
        forced = wanted is PictureStyle.SIXEL
        if not forced and (wanted is not PictureStyle.AUTO or style != "blocks"):
            return PictureWay(style)
        if not isinstance(self._driver, ThriftyDriver) or self._lent:
            return PictureWay("sixel", described("", None)) if forced else PictureWay(style)
        terminal = await sixel_terminal(self._driver, forced=forced)
        return PictureWay("sixel", terminal) if terminal is not None else PictureWay(style)

    def use_mouse(self, wanted: bool) -> None:
        """Takes clicks and the wheel, or leaves them to the terminal, which selects text with them."""
        self.mouse = wanted
        if isinstance(self._driver, ThriftyDriver) and not self._lent:
            self._driver.use_mouse(wanted)

    def draw_again(self) -> None:
        """Draws all of the screen: something else wrote to the terminal."""
        if isinstance(self._driver, ThriftyDriver):
            self._driver.forget()
        self.home.refresh(layout=True)

    def _lend(self, lent: bool) -> None:
        self._lent = lent
