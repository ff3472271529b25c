"""Queries that are asked again and again, each time for other rows.

Building the SQL of one takes Peewee several times as long as SQLite needs to answer it: here that is done
once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

import msgspec
import peewee

from core.store.models.fields import JSONField, MillisecondsField

_IDS = object()
"""Stands in a query's parameters for the ids that come later."""
_READ_ANEW = (JSONField, MillisecondsField, peewee.BooleanField)


class Prepared:
    """A query over a list of ids. Call on the store's thread."""

    def __init__(self, build: Callable[[Any], Any]) -> None:
        """
        Args:
            build: Makes the query of what stands for the list, to be used as `field.in_(ids)`.
        """
        self._build = build

    def tuples(self, ids: Iterable[str]) -> Iterator[tuple[Any, ...]]:
        """The rows for these ids, each value as its field reads it."""
        model, sql, given, readers = self._made
        listed = msgspec.json.encode(list(ids)).decode()
        rows = model._meta.database.execute_sql(sql, [listed if each is _IDS else each for each in given])
        return map(_reading(readers), rows) if readers else iter(rows)

    @cached_property
    def _made(self) -> tuple[Any, str, list[Any], dict[int, Callable[[Any], Any]]]:
        query = self._build(peewee.SQL("(SELECT value FROM json_each(?))", [_IDS]))
        sql, given = query.sql()
        columns = enumerate(query.selected_columns)
        readers = {place: each.python_value for place, each in columns if isinstance(each, _READ_ANEW)}
        return query.model, sql, given, readers


def _reading(
    readers: dict[int, Callable[[Any], Any]],
) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    def read(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(readers[at](value) if at in readers else value for at, value in enumerate(row))

    return read
