"""Containers that are nothing but an arrangement: no border, no padding, and what is in them covers them.

Textual draws every container line by line below what is in it, and cuts every line at each edge on it; of
the lines of a screen most are such ones, which nobody sees. Here one line stands for all.
"""

from __future__ import annotations

from rich.style import Style
from textual.containers import Horizontal
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


def bare_lines(widget: Widget, crop: Region) -> list[Strip]:
    """What such a container draws: one blank line, as often as it is asked for."""
    base, background = widget.background_colors
    line = Strip.blank(crop.width, Style(bgcolor=(base + background).rich_color))
    for line_filter in widget.get_line_filters():
        line = line.apply_filter(line_filter, background)
    return [line] * crop.height


class BareHorizontal(Horizontal):
    """Its children side by side."""

    def render_lines(self, crop: Region) -> list[Strip]:
        return bare_lines(self, crop)
