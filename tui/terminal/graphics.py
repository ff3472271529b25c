"""Whether the terminal draws Sixel, and how large its cells are: asked of it before the first picture.

Inside tmux it is tmux that answers, whatever the terminal around it can: one without Sixel would show a box
of signs in place of each picture. That one is asked of tmux.
"""

from __future__ import annotations

import fcntl
import os
import re
import struct
import termios
from typing import Protocol

from core.values.review import SixelTerminal
from tui.terminal.tmux import in_tmux, tmux_says

USUAL_CELL = (10, 20)
"""Pixels, where nobody says: those of the VT340, and of terminals that scale Sixel to their own."""
MOST_COLOURS = 256
_ATTRIBUTES = re.compile(r"\x1b\[\?([\d;]*)c")
_CELL = re.compile(r"\x1b\[6;(\d+);(\d+)t")
_COLOURS = re.compile(r"\x1b\[\?1;0;(\d+)S")
CELL_QUESTION, COLOUR_QUESTION = "\x1b[16t", "\x1b[?1;1;0S"


class Terminal(Protocol):
    """The driver, as far as it matters here."""

    fileno: int
    draws_sixel: bool | None
    """None: not asked yet."""

    async def ask(self, question: str) -> str:
        """What the terminal answers to a question, and to that for its attributes behind it."""
        ...


def has_sixel(answer: str) -> bool:
    """Whether a terminal's attributes say so."""
    told = _ATTRIBUTES.search(answer)
    return told is not None and "4" in told[1].split(";")[1:]


def described(answer: str, window: tuple[int, int] | None) -> SixelTerminal:
    """What a terminal says of its cells and colours.

    Args:
        answer: To both questions; any of it may be missing.
        window: Width and height of a cell as the kernel was told of the window; None: it was not.
    """
    cell, colours = _CELL.search(answer), _COLOURS.search(answer)
    told = (int(cell[2]), int(cell[1])) if cell else (0, 0)
    width, height = told if all(told) else window or USUAL_CELL
    most = min(int(colours[1]), MOST_COLOURS) if colours else MOST_COLOURS
    return SixelTerminal(cell_width=width, cell_height=height, colours=most if most > 1 else MOST_COLOURS)


def cell_of_window(descriptor: int) -> tuple[int, int] | None:
    """Pixels of a cell by the size of the window (TIOCGWINSZ); None where it does not say."""
    try:
        told = fcntl.ioctl(descriptor, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        return None
    rows, columns, width, height = struct.unpack("HHHH", told)
    return (width // columns, height // rows) if width >= columns > 0 and height >= rows > 0 else None


async def sixel_terminal(driver: Terminal, *, forced: bool) -> SixelTerminal | None:
    """The terminal as one that draws Sixel; None: it does not.

    Args:
        driver: By which it is asked.
        forced: Whether it does is not asked, but said by the user.
    """
    if not forced:
        if driver.draws_sixel is None:
            driver.draws_sixel = has_sixel(await driver.ask("")) and await _is_not_tmux_alone()
        if not driver.draws_sixel:
            return None
    answer = await driver.ask(CELL_QUESTION + COLOUR_QUESTION)
    return described(answer, cell_of_window(driver.fileno))


async def _is_not_tmux_alone() -> bool:
    if not os.environ.get("TMUX"):
        return True
    return in_tmux() and "sixel" in (await tmux_says("#{client_termfeatures}")).split(",")
