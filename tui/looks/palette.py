"""The styles of the theme in use, by the name of what is shown."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual.theme import Theme

from themes import ThemeFile
from themes.tokens import COLOURS
from tui.looks.pen import style_of

MOST_STYLES = 4000
"""That are kept: programs can make as many colours as they like."""


class Palette:
    """Rich styles by token, parsed when first asked for.

    A token may be several in one, such as `"dim added"`: later ones win. One that begins with `@` is a
    program's own (see `tui.text.ansi`). Every style is a real `Style`,
    never None, because Textual's colour filters fail on segments without one.
    """

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._tokens = tokens
        self._styles: dict[tuple[str, str, Style | None], Style] = {}

    def style(self, token: str, under: str = "", base: Style | None = None) -> Style:
        """The style of `token`, laid over the one of `under` (a row's background, say), over `base`."""
        style = self._styles.get((token, under, base))
        if style is None:
            style = (base or Style()) + Style.parse(self._tokens["text"])
            for name in f"{under} {token}".split():
                style += style_of(name) if name[0] == "@" else Style.parse(self._tokens[name])
            if len(self._styles) >= MOST_STYLES:
                self._styles.clear()
            self._styles[token, under, base] = style
        return style


def textual_theme(file: ThemeFile) -> Theme:
    """The same theme for Textual's style sheets; the mixed colours become `$boatyard-…` variables."""
    base = {name: value for name, value in file.colours.items() if name in COLOURS}
    mixed = {f"boatyard-{name}": value for name, value in file.colours.items() if name not in COLOURS}
    primary = base.pop("primary")
    return Theme(
        name=file.name,
        primary=primary,
        dark=file.dark,
        ansi=file.ansi,
        variables=mixed | file.variables,
        **base,  # type: ignore[arg-type]
    )
