"""Colour themes, one TOML file each, and what a theme may say.

A theme names Textual's eleven colours and, where the derived ones do not please, single tokens of the
tables `[text]`, `[status]`, `[diff]` and `[syntax]`. A token is a Rich style such as `bold #7aa2f7`; a
`$name` in it stands for one of the theme's colours. Only the theme in use is read: reading all of them at
start would be paid for in first paint.
"""

from __future__ import annotations

from themes.theme_file import DEFAULT_THEME, ThemeFile, load_theme, theme_names

__all__ = ["DEFAULT_THEME", "ThemeFile", "load_theme", "theme_names"]
