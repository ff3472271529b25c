"""How pictures are drawn on this terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.values.review import SixelTerminal


class PictureWay(NamedTuple):
    """One of the ways that there are."""

    style: str
    """`kitty`, `sixel`, `blocks` or `none`."""
    sixel: SixelTerminal | None = None
    """The terminal, where it is Sixel."""
