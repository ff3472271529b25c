"""Keeps Python's garbage collector short.

A full collection looks at every object there is. Nearly all of them are modules, classes and functions that
live as long as the process: with those of the interface it takes 70 ms, every two or three seconds while
much is drawn, and stands between a key and its paint.
"""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 5_000
"""Objects made since the last collection, less those freed, that begin the next (`gc.set_threshold`)."""


def pause_while_loading() -> None:
    """Collects nothing until `leave_alone_what_is_loaded`: hundreds of modules are no garbage, and looking
    through them again and again is a sixth of what loading them takes."""
    gc.disable()


def leave_alone_what_is_loaded() -> None:
    """Takes all objects that there are now out of further collections (`gc.freeze`), and goes on collecting.

    Call it when what the process needs is loaded; later calls freeze no more, for what is cyclic garbage by
    then is never freed.
    """
    if gc.get_freeze_count() == 0:
        gc.freeze()
        gc.set_threshold(YOUNG_OBJECTS, 10, 10)
    gc.enable()
