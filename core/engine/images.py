"""Pictures for prompts and tasks: read once, recognised by their content, stored once by their bytes."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

import peewee

from core.errors import NotFoundError, StorageError, UsageError
from core.lifecycle.context import Context
from core.store import lookup
from core.store import models as m
from core.values.answers import RemovedAnswer
from core.values.prompting import Image
from core.values.requests import AddImage, AttachImage

SIZE_LIMIT = 20 * 2**20
"""Bytes of a picture; more is taken by no model."""
NAME_LIMIT = 200


@dataclass(frozen=True)
class Picture:
    name: str
    mime_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Images:
    """What a user can do with pictures."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def add(self, body: AddImage) -> Image:
        """Takes in a picture from a file of this machine; the file is not needed any more then.

        Raises:
            NotFoundError: There is no such file.
            UsageError: It is no regular file, too large, or no picture that models take.
        """
        picture = await asyncio.to_thread(_read, body.path)
        await asyncio.to_thread(_keep, self._context.home.images, picture)

        def write() -> Image:
            row, _ = m.Image.get_or_create(
                sha256=picture.sha256,
                defaults={
                    "path": picture.sha256,
                    "original_name": picture.name,
                    "mime_type": picture.mime_type,
                    "size": len(picture.content),
                },
            )
            return _view(row)

        return await self._context.store.write(write)

    async def get(self, key: str) -> Image:
        return await self._context.store.read(lambda: _view(lookup.image(key)))

    async def of_task(self, task: str) -> tuple[Image, ...]:
        """A task's pictures, in the order in which they were attached."""
        return await self._context.store.read(lambda: _of_task(lookup.task(task)))

    async def attach(self, task: str, body: AttachImage) -> tuple[Image, ...]:
        """Attaches a picture to a task; an agent that starts on it gets it with its prompt."""

        def write() -> tuple[Image, ...]:
            row = lookup.task(task)
            m.TaskImage.get_or_create(task=row, image=lookup.image(body.image))
            return _of_task(row)

        return await self._context.store.write(write)

    async def detach(self, task: str, image: str) -> RemovedAnswer:
        """Takes a picture from a task; the picture itself stays.

        Raises:
            NotFoundError: The task does not have it.
        """

        def write() -> str:
            row, wanted = lookup.task(task), lookup.image(image)
            links = m.TaskImage.delete().where(m.TaskImage.task == row, m.TaskImage.image == wanted)
            if not links.execute():
                raise NotFoundError("the task does not have this picture", hint="boatyard task show")
            return str(wanted.id)

        return RemovedAnswer(removed=await self._context.store.write(write))


def check_images(images: tuple[str, ...]) -> None:
    """
    Raises:
        NotFoundError: One of the ids is no picture's. Call on the store's thread.
    """
    for image_id in images:
        if m.Image.get_or_none(m.Image.id == image_id) is None:
            raise NotFoundError(f"there is no image {image_id[:40]!r}", hint="Add it first: POST /images.")


def mime_type(content: bytes) -> str:
    """What a picture is by its first bytes; empty when it is none that models take."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return ""


def _read(text: str) -> Picture:
    """Reads a file without waiting at a FIFO, and never more than a picture may have."""
    path = Path(text)
    if not path.is_absolute() or "\0" in text:
        raise UsageError(f"{text[:200]!r} is no absolute path", hint="Give the whole path.")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no file {text[:200]!r}", hint="Check the path.") from error
    except OSError as error:
        raise UsageError(
            f"{text[:200]!r} cannot be read: {error.strerror}", hint="Name a picture's file."
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UsageError(f"{text[:200]!r} is no regular file", hint="Name a picture's file.")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(SIZE_LIMIT + 1)
    if len(content) > SIZE_LIMIT:
        raise UsageError(f"{text[:200]!r} has more than {SIZE_LIMIT >> 20} MiB", hint="Make it smaller.")
    found = mime_type(content)
    if not found:
        raise UsageError(
            f"{text[:200]!r} is no PNG, JPEG, GIF or WebP picture",
            hint="Name other files in the prompt by their paths.",
        )
    name = path.name.encode("utf-8", "replace").decode("utf-8", "replace")[:NAME_LIMIT]
    return Picture(name, found, content)


def _keep(folder: Path, picture: Picture) -> None:
    target = folder / picture.sha256
    if target.exists():
        return
    part = folder / f".{picture.sha256}.{os.urandom(4).hex()}"
    try:
        with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(picture.content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(
            f"the picture cannot be kept: {error.strerror}", hint="Check the disk's free space."
        ) from error


def _view(row: m.Image) -> Image:
    return Image(id=row.id, name=row.original_name, mime_type=row.mime_type, size=row.size, sha256=row.sha256)


def _of_task(task: m.Task) -> tuple[Image, ...]:
    query = m.Image.select().join(m.TaskImage).where(m.TaskImage.task == task)
    return tuple(_view(row) for row in query.order_by(peewee.SQL('"t2".rowid')))
