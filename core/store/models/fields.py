"""Column types that the models share, and the base that gives every row its id and its times."""

from __future__ import annotations

import time
import uuid
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec
import peewee


class _Typed:
    """Tells type checkers that on a row such a field is its value (Peewee's accessor, at run time)."""

    if TYPE_CHECKING:

        def __get__(self, row: Any, kind: Any = None) -> Any: ...

        def __set__(self, row: Any, value: Any) -> None: ...


class MillisecondsField(_Typed, peewee.BigIntegerField):
    """A time: seconds since 1970 UTC as a float in Python, whole milliseconds in the database."""

    def db_value(self, value: float | None) -> int | None:
        return None if value is None else round(value * 1000)

    def python_value(self, value: int | None) -> float | None:
        return None if value is None else value / 1000


class JSONField(_Typed, peewee.TextField):
    """Plain data (dicts, lists, text, numbers) as JSON text."""

    def db_value(self, value: Any) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def python_value(self, value: str | None) -> Any:
        return None if value is None else msgspec.json.decode(value)


def now() -> float:
    """The time as the database keeps it, so that what is told of a new row is what is read of it later."""
    return round(time.time(), 3)


def moment_after(latest: float | None) -> float:
    """The time of a row that comes behind another one, also where the clock was set back since.

    Args:
        latest: The other row's time; None: there is none.
    """
    return now() if latest is None else max(now(), round(latest + 0.001, 3))


def new_id() -> str:
    """A fresh random id: 32 hexadecimal digits of a UUID."""
    return uuid.uuid4().hex


def one_of(column: str, kind: type[StrEnum]) -> Any:
    """A check constraint that a column holds a member of `kind`."""
    members = ", ".join(f"'{member.value}'" for member in kind)
    return peewee.Check(f'"{column}" IN ({members})')


class Base(peewee.Model):
    """A table without an id of its own."""

    class Meta:
        legacy_table_names = False


class Entity(Base):
    """A table whose rows are known by a UUID."""

    id = peewee.CharField(32, primary_key=True, default=new_id)
    created_at = MillisecondsField(default=now)
