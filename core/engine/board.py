"""Places on the board: a column is all tasks of one status, whatever their projects, by position.

A task that is put between two others gets a number between theirs. Where there is none left, the whole
column is numbered anew with room in between, so that this happens seldom, however long the column is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.errors import ConflictError, UsageError
from core.store import models as m
from core.values.requests import POSITION_LIMIT
from core.values.states import TaskStatus

ROOM = 1024
"""Between two neighbours that are numbered anew."""


class Place(NamedTuple):
    """A task of a column and its number."""

    id: str
    position: int


def column(status: TaskStatus, without: m.Task) -> list[Place]:
    """The other tasks of a status in their order. Call on the store's thread."""
    query = m.Task.select(m.Task.id, m.Task.position).where(m.Task.status == status, m.Task.id != without.id)
    return [Place(*row) for row in query.order_by(m.Task.position, m.Task.created_at, m.Task.id).tuples()]


def index_in(places: Sequence[Place], before: m.Task | None, after: m.Task | None) -> int:
    """Where a task comes to stand: before or after another one, else at the end.

    Raises:
        UsageError: Both are given.
        ConflictError: The other one is not in this column.
    """
    if before is not None and after is not None:
        raise UsageError("a task cannot be put before one and after another", hint="Give one of them.")
    other = before or after
    if other is None:
        return len(places)
    at = next((index for index, place in enumerate(places) if place.id == str(other.id)), None)
    if at is None:
        raise ConflictError(
            f"the task {other.title[:60]!r} is not in that column",
            hint="Give the status of the task that it is to stand beside.",
        )
    return at if before is not None else at + 1


def numbers(places: Sequence[Place], at: int) -> tuple[int, dict[str, int]]:
    """The number for a task at an index of a column, and the new ones of those that must make room."""
    lower = places[at - 1].position if at else -1
    upper = places[at].position if at < len(places) else lower + 2
    if upper - lower >= 2 and lower < POSITION_LIMIT:
        return lower + (upper - lower) // 2, {}
    room = max(1, min(ROOM, POSITION_LIMIT // (len(places) + 2)))
    ids = [place.id for place in places]
    changed = {each: (index + (index >= at) + 1) * room for index, each in enumerate(ids)}
    return (at + 1) * room, changed
