"""The two barriers between text from outside and the screen.

`literal` is the only way for outside text into a widget that would read markup: a task titled `[/]` must
neither crash the program nor be clickable. `Scrub` is the last filter before the terminal: whatever
slipped past everything else cannot send a control sequence.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from core.values.text import safe_text

_FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NO_STYLE = Style()


def plain(text: str) -> str:
    """`text` as one printable line: nothing hidden, tabs as spaces."""
    if text.isascii() and text.isprintable():
        return text
    return _sign(text) if len(text) <= SIGN else safe_text(text).expandtabs(4)


SIGN = 4
"""Characters of texts that are the same again and again: a glyph, with a blank or two."""


@lru_cache(1024)
def _sign(text: str) -> str:
    return safe_text(text).expandtabs(4)


def literal(text: str, style: str = "", *, multiline: bool = False) -> Content:
    """`text` as content that is shown as it is, never read as markup."""
    if multiline:
        return Content(safe_text(text, multiline=True).expandtabs(4)).stylize(style)
    return Content(plain(text)).stylize(style)


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    spaced = text.replace("\t", " ")
    return "".join(char for char in spaced if unicodedata.category(char) not in _FORBIDDEN)


class Scrub(LineFilter):
    """Deletes what a terminal would obey instead of show, in every line of every widget."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with control, bidirectional and invisible characters taken out."""
        return [
            Segment(_printable(segment.text), segment.style or _NO_STYLE)
            for segment in segments
            if not segment.control
        ]
