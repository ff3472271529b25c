"""Checkpoints as files of the user: out of the home's exchange folder, and into it."""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ConflictError, NotFoundError, StorageError
from core.values.entities import Checkpoint
from core.values.requests import ExportCheckpoint, ImportCheckpoint

if TYPE_CHECKING:
    from core.client.client import Client


async def export_to(client: Client, name: str, number: int, path: Path, *, replace: bool = False) -> int:
    """Writes a checkpoint into a file of the user's; gives its size in bytes.

    Raises:
        ConflictError: There is such a file already, and it is not to be replaced.
        StorageError: It cannot be written there.
    """
    if not replace and await asyncio.to_thread(os.path.lexists, path):
        raise ConflictError(f"{path} is there already", hint="Choose another name, or use --force.")
    answer = await client.export_checkpoint(name, ExportCheckpoint(number=number))
    try:
        await asyncio.to_thread(shutil.move, answer.path, path)
    except OSError as error:
        await asyncio.to_thread(Path(answer.path).unlink, missing_ok=True)
        raise StorageError(
            f"{path} cannot be written: {error.strerror}", hint="Choose another place."
        ) from error
    return answer.size


async def import_from(client: Client, name: str, path: Path) -> Checkpoint:
    """Makes a new checkpoint of a file that `export_to` wrote, of this home or another.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is not imported; nothing was changed.
    """
    exchange = Path((await client.engine_status()).home) / "exchange"
    copy = exchange / f"{uuid.uuid4().hex}.zip"
    try:
        await asyncio.to_thread(_copy, path, copy)
        return await client.import_checkpoint(name, ImportCheckpoint(file=copy.name))
    finally:
        await asyncio.to_thread(copy.unlink, missing_ok=True)


def _copy(path: Path, copy: Path) -> None:
    if not path.is_file():
        raise NotFoundError(f"there is no file {path}", hint="Name a zip that was exported before.")
    try:
        shutil.copyfile(path, copy)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}", hint="Check its rights.") from error
