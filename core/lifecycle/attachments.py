"""Pictures that go with a prompt: stored once by their content, copied to where an agent sees them."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from pathlib import Path

import peewee

from core.errors import NotFoundError, StorageError
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts
from core.lifecycle.place import Place
from core.store import models as m
from core.values.conversation import Attachment

FOLDER = "files"
"""Below the run directories, which every sandbox sees under their own paths."""


class Attachments:
    """Brings stored pictures into workspaces."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def bring(self, facts: WorkspaceFacts, images: tuple[str, ...]) -> tuple[Attachment, ...]:
        """Copies pictures to where the workspace's agents see them; a copy that is there is taken.

        Raises:
            NotFoundError: One is not known.
            StorageError: The disk refused.
        """
        found = await self._context.store.read(_rows, images)
        folder = Place(self._context.home, facts.name).environment(facts).runs / FOLDER
        brought = []
        for name, mime_type, sha256 in found:
            source = self._context.home.images / sha256
            target = folder / f"{sha256[:12]}-{_plain(name)}"
            await asyncio.to_thread(_copy, source, target)
            brought.append(Attachment(path=str(target), mime_type=mime_type, name=name, source=str(source)))
        return tuple(brought)


def images_of_task(task_id: str) -> tuple[str, ...]:
    """Ids of the pictures of a task, in the order in which they were attached."""
    query = m.TaskImage.select(m.TaskImage.image).where(m.TaskImage.task == task_id)
    return tuple(image_id for (image_id,) in query.order_by(peewee.SQL("rowid")).tuples())


def _rows(images: tuple[str, ...]) -> list[tuple[str, str, str]]:
    found = {row.id: row for row in m.Image.select().where(m.Image.id.in_(images))}
    for image_id in images:
        if image_id not in found:
            raise NotFoundError(f"there is no image {image_id[:40]!r}", hint="Add it first: POST /images.")
    rows = [found[image_id] for image_id in dict.fromkeys(images)]
    return [(row.original_name, row.mime_type, row.sha256) for row in rows]


def _plain(name: str) -> str:
    """A file name of letters that no shell and no agent stumbles over."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[-80:] or "image"


def _copy(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(mode=0o700, exist_ok=True)
        # Whatever a sandbox has put there goes; the copy is written anew and never through a link.
        part = target.with_name(f".{target.name}.{os.getpid()}")
        part.unlink(missing_ok=True)
        with (
            source.open("rb") as read,
            open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as write,
        ):
            shutil.copyfileobj(read, write)
        os.replace(part, target)
    except OSError as error:
        raise StorageError(
            f"{target} cannot be written: {error.strerror}", hint="Check the disk's free space."
        ) from error
