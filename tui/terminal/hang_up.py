"""A terminal that goes away: how that is noticed, and leaving at once, with what is there of it put back."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import termios
import threading
import time
from collections.abc import Callable
from typing import Any

LEAVE = b"\x1b[m\x1b[<u\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?25h\x1b[?1049l"
"""Colours, keys, mouse, focus and pasting as they were, the cursor shown, and the other screen left."""


PATIENCE_SECONDS = 1.5
"""How long a terminal that is slow, and not gone, is waited for."""


def leave_terminal(attributes: list[Any] | None) -> None:
    """Puts the terminal back without the writer's queue; one that is gone, or takes nothing, is no error.

    Args:
        attributes: The terminal's settings before the interface began, if they are known.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError, termios.error):
        out = sys.__stderr__.fileno()  # type: ignore[union-attr]  # where Textual draws
        os.set_blocking(out, False)
        _write(out, LEAVE)
        if attributes is not None:
            termios.tcsetattr(out, termios.TCSANOW, attributes)


def _write(out: int, left: bytes) -> None:
    """Writes what the terminal takes within a moment: a frame may be on its way to it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left and select.select([], [out], [], max(0.0, deadline - time.monotonic()))[1]:
        with contextlib.suppress(BlockingIOError):
            left = left[os.write(out, left) :]


def when_terminal_goes(told: Callable[[], None]) -> None:
    """Has `told` called, on a thread of its own, when the terminal is gone.

    The system tells only those in the foreground of a terminal by a signal: who lent it to a shell, or was
    started by another program, hears nothing, and finds the end of the keys again and again (poll(2)).
    """
    streams = (sys.__stdin__, sys.__stderr__)  # where Textual reads, and where it draws
    ends = [stream.fileno() for stream in streams if stream is not None and stream.isatty()]
    if ends:
        threading.Thread(target=_wait_for_end, args=(ends, told), name="hang-up", daemon=True).start()


def _wait_for_end(ends: list[int], told: Callable[[], None]) -> None:
    end = select.poll()
    for each in ends:
        end.register(each, 0)  # nothing but errors and the end
    if end.poll():
        told()
