"""Files of this machine as files of a template: read by the client, which is where they are."""

from __future__ import annotations

import os
from pathlib import Path

from core.errors import NotFoundError, UsageError
from core.values.entities import TemplateFile

FILES_LIMIT = 500
"""Files that are read of a folder at most; the engine takes no more."""


def folder_files(root: Path) -> list[TemplateFile]:
    """All files below a folder but git's own; links are not followed. Blocks while it reads.

    Raises:
        NotFoundError: There is no such folder, or a file cannot be read.
        UsageError: It has too many files.
    """
    if not root.is_dir():
        raise NotFoundError(f"there is no folder {root}", hint="Check the path.")
    files: list[TemplateFile] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name != ".git")
        for path in (Path(folder) / name for name in sorted(names)):
            if path.is_file() and not path.is_symlink():
                files.append(TemplateFile(path=path.relative_to(root).as_posix(), content=content_of(path)))
        if len(files) > FILES_LIMIT:
            raise UsageError(f"{root} has more than {FILES_LIMIT} files", hint="Name a smaller folder.")
    return files


def content_of(path: Path) -> bytes:
    """What is in a file.

    Raises:
        NotFoundError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFoundError(f"{path} cannot be read: {error.strerror}", hint="Check the path.") from error
