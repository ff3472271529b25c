"""How everything looks: theme, signs, and what the user chose of them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App

from core.errors import BoatyardError
from themes import DEFAULT_THEME, load_theme, theme_names
from tui.engine.preferences import Preferences, read_preferences
from tui.keys.keymap import Keymap
from tui.looks.glyphs import choose_glyphs
from tui.looks.palette import Palette, textual_theme
from tui.terminal.driver import ThriftyDriver

if TYPE_CHECKING:
    from core.config import InterfaceSection
    from core.paths import Home
    from tui.home.screen import HomeScreen


THEME_SECONDS = 1.0
"""Between two looks at the file of the user's own theme."""


class LooksApp(App[None], inherit_bindings=False):
    """An application with themes."""

    home: HomeScreen
    """The one screen, once it is `ready`."""

    def __init__(self, home: Home | None, theme: str, is_light: Callable[[], bool | None]) -> None:
        """
        Args:
            home: Where preferences and the user's own themes are.
            theme: Name of the theme; empty: the preferred one.
            is_light: Tells whether the terminal's background is light; asked where no theme was chosen.
        """
        no_color = os.environ.get("NO_COLOR") is not None
        super().__init__(driver_class=ThriftyDriver, ansi_color=True if no_color else None)
        self.animation_level = "none"
        self._paths = home
        self.preferences = (
            read_preferences(self._preferences_path) if self._preferences_path else Preferences()
        )
        self.glyphs = choose_glyphs(os.environ.get("BOATYARD_GLYPHS") or self.preferences.glyphs)
        self.keymap = Keymap({})
        self.interface: InterfaceSection | None = None
        """What the settings say of the interface; None: nothing."""
        self._is_light = is_light
        self.ready = False
        """Whether the panes are there; until then `store`, `link` and `home` are not."""
        self.use_theme("ansi" if no_color else theme or self._wanted_theme(), remember=False)

    def fail(self, error: BoatyardError, *, severity: str = "error") -> None:
        """Shows what failed and what to do next."""
        raise NotImplementedError

    def follow_theme(self) -> None:
        """Draws anew whenever the user saves the theme in use."""
        self.set_interval(THEME_SECONDS, self._look_at_theme)

    @property
    def _preferences_path(self) -> Path | None:
        return self._paths.state / "interface.json" if self._paths else None

    def _wanted_theme(self) -> str:
        chosen = os.environ.get("BOATYARD_THEME") or self.preferences.theme
        if chosen:
            return chosen
        dark, light = ("ansi", "ansi-light") if self._has_few_colours else (DEFAULT_THEME, "boatyard-light")
        return light if self._is_light() else dark

    @property
    def _has_few_colours(self) -> bool:
        """Whether the terminal has 16 colours at most, by its name: of shades only greys are left."""
        return bool(os.environ.get("TERM")) and self.console.color_system == "standard"

    def theme_choices(self) -> list[str]:
        """Names of all themes, the user's own included."""
        return theme_names(self._own_themes)

    def use_theme(self, name: str, *, remember: bool = True) -> None:
        """Draws everything in another theme; one that cannot be read is told and not used."""
        self._theme_stamp = self._stamp_of(name)
        try:
            file = load_theme(name, self._own_themes)
        except BoatyardError as error:
            self.call_later(self.fail, error)
            if self.ready:  # what is drawn now can be read
                return
            file = load_theme(DEFAULT_THEME)
        self._wanted = name
        self.palette = Palette(file.tokens)
        self.register_theme(textual_theme(file))
        self.theme = file.name
        if remember:
            self.preferences.theme = name
        if self.ready:
            self.refresh_css(animate=False)
            self.home.theme_changed()

    def use_glyphs(self, name: str) -> None:
        """Draws the signs of states in `ascii` or `unicode`, now and from now on."""
        self.preferences.glyphs = name
        self.glyphs = choose_glyphs(name)
        self.home.theme_changed()

    @property
    def prefers_popups(self) -> bool:
        """Whether programs open over the interface inside tmux, not in a window."""
        return self.interface is None or self.interface.tmux == "popup"

    @property
    def _own_themes(self) -> Path | None:
        return self._paths.config / "themes" if self._paths else None

    def _stamp_of(self, name: str) -> tuple[int, int]:
        """Tells whether the user's own file of a theme has changed; zeros where there is none."""
        try:
            status = (self._own_themes / f"{name}.toml").stat() if self._own_themes else None
        except (OSError, ValueError):
            return 0, 0
        return (status.st_mtime_ns, status.st_size) if status else (0, 0)

    async def _look_at_theme(self) -> None:
        """Draws anew when the user has saved the theme in use; one that is wrong is told and not used."""
        stamp = await asyncio.to_thread(self._stamp_of, self._wanted)
        if stamp != self._theme_stamp and stamp != (0, 0):
            self.use_theme(self._wanted, remember=False)

    @property
    def paths(self) -> Home | None:
        """Where preferences and settings are; None where nothing is kept."""
        return self._paths
