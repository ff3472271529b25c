"""What the engine does for a while, waited for."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

from core.errors import error_from_document
from core.values.states import OperationStatus

if TYPE_CHECKING:
    from core.values.entities import Operation
    from tui.app import BoatyardApp

SLOW_SECONDS = 1.0
"""What takes longer is said to be under way."""


@contextmanager
def told_when_slow(app: BoatyardApp, told: str) -> Iterator[None]:
    """Says that something is under way if it takes longer than a second."""
    slow = app.set_timer(SLOW_SECONDS, partial(app.say, told))
    try:
        yield
    finally:
        slow.stop()


async def finished(app: BoatyardApp, asked: Awaitable[Operation], *, undoable: bool = True) -> Operation:
    """Waits for the end of what the engine is asked for.

    Until then an undo means this, if it is `undoable`, and waits; whoever then offers how, does so before
    awaiting anything else.

    Raises:
        BoatyardError: What made it fail.
    """
    with app.deed() if undoable else nullcontext():
        return await ended(app, await asked)


async def ended(app: BoatyardApp, operation: Operation) -> Operation:
    """Waits for the end.

    Raises:
        BoatyardError: What made it fail.
    """
    found = await app.client.wait_operation(operation.id)
    if found.status is not OperationStatus.DONE:
        raise error_from_document(dict(found.error or {}))
    return found
