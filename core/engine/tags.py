"""Tags: texts that `@name` in a prompt stands for."""

from __future__ import annotations

import re

from msgspec import UNSET

from core.engine.texts import check_text
from core.errors import ConflictError, UsageError
from core.lifecycle.context import Context
from core.lifecycle.prompts import TAG_NAME
from core.store import lookup
from core.store import models as m
from core.values.answers import RemovedAnswer
from core.values.events import Removed, TagChanged
from core.values.prompting import Tag
from core.values.requests import AddTag, UpdateTag

CONTENT_LIMIT = 64 * 1024
"""Characters of a tag's text."""


class Tags:
    """What a user can do with tags."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list(self) -> tuple[Tag, ...]:
        """All of them, by name."""

        def read() -> tuple[Tag, ...]:
            return tuple(_view(row) for row in m.Tag.select().order_by(m.Tag.name))

        return await self._context.store.read(read)

    async def get(self, key: str) -> Tag:
        return await self._context.store.read(lambda: _view(lookup.tag(key)))

    async def add(self, body: AddTag) -> Tag:
        """Adds a tag.

        Raises:
            UsageError: Its name cannot be written behind an `@`, or its text is too long.
            ConflictError: There is one of this name.
        """

        def write() -> Tag:
            name, content = _free_name(body.name), _checked(body.content)
            return _view(m.Tag.create(name=name, content=content))

        return self._tell(await self._context.store.write(write))

    async def update(self, key: str, body: UpdateTag) -> Tag:
        """Changes a tag's name or text; prompts that were sent before keep what they were sent with."""

        def write() -> Tag:
            row = lookup.tag(key)
            if body.name is not UNSET and body.name != row.name:
                row.name = _free_name(str(body.name))
            if body.content is not UNSET:
                row.content = _checked(str(body.content))
            row.save()
            return _view(row)

        return self._tell(await self._context.store.write(write))

    async def remove(self, key: str) -> RemovedAnswer:
        def write() -> str:
            row = lookup.tag(key)
            row.delete_instance()
            return str(row.id)

        removed = await self._context.store.write(write)
        self._context.hub.publish(Removed(entity="tag", id=removed))
        return RemovedAnswer(removed=removed)

    def _tell(self, tag: Tag) -> Tag:
        self._context.hub.publish(TagChanged(tag=tag))
        return tag


def _view(row: m.Tag) -> Tag:
    return Tag(id=row.id, name=row.name, content=row.content)


def _checked(content: str) -> str:
    return check_text("the tag's text", content, CONTENT_LIMIT)


def _free_name(name: str) -> str:
    if not re.fullmatch(TAG_NAME, name):
        raise UsageError(
            f"{name[:80]!r} cannot be the name of a tag",
            hint="Use up to 64 letters, digits, dashes and underscores, and begin with a letter or a digit.",
        )
    if m.Tag.get_or_none(m.Tag.name == name) is not None:
        raise ConflictError(f"there is a tag named {name!r} already", hint=f"boatyard tag set {name}")
    return name
