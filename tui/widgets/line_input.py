"""A line to type into whose size does not depend on what is in it."""

from __future__ import annotations

from typing import ClassVar, Self

from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.widgets import Input

from tui.keys.actions import bindings

_EDITING = [each for each in Input.BINDINGS if isinstance(each, Binding) and each.action != "submit"]
"""Textual's keys of a line, such as those to a word's end; they do nothing but move and write."""


class LineInput(Input, inherit_bindings=False):
    """Textual's input without the layout of the whole screen after every key.

    Textual lays out anew with each character, for an input that is as wide as its text; here all of them
    have the width of their place.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*_EDITING, *bindings("field")]

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draws anew; lays out only where the width is the text's own."""
        of_text = self.styles.width is not None and self.styles.width.is_auto
        return super().refresh(
            *regions, repaint=repaint, layout=layout and (of_text or not self.is_mounted), recompose=recompose
        )
