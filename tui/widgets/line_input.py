"""A line to type into whose size does not depend on what is in it."""

from __future__ import annotations

from typing import Self

from textual.geometry import Region
from textual.widgets import Input


class LineInput(Input):
    """Textual's input without the layout of the whole screen after every key.

    Textual lays out anew with each character, for an input that is as wide as its text; here all of them
    have the width of their place.
    """

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draws anew; lays out only where the width is the text's own."""
        of_text = self.styles.width is not None and self.styles.width.is_auto
        return super().refresh(
            *regions, repaint=repaint, layout=layout and (of_text or not self.is_mounted), recompose=recompose
        )
