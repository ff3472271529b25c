"""Which names and links a checkpoint's zip may have: none leaves the tree or reaches a git directory."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from core.errors import UsageError
from core.git.path_text import text_to_name

NAME_LIMIT = 4096
"""Bytes of a path."""
_GIT = (".git", "git~1")
_UNSEEN = dict.fromkeys((*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF))
"""Characters that HFS+ does not see in a name (git-config(1), protectHFS)."""


def refused(what: str, why: str) -> UsageError:
    """Says why a file is not imported; nothing has changed."""
    return UsageError(
        f"the file is not imported: {what[:200]!r} {why}", hint="Nothing was changed. Export it anew."
    )


def checked_path(text: str) -> bytes:
    """The path of a file below its repository's working tree.

    Raises:
        UsageError: It is absolute, climbs, is too long, or reaches a git directory.
    """
    try:
        name = text_to_name(text)
    except ValueError as error:
        raise refused(text, "is no name of a file") from error
    if not name or len(name) > NAME_LIMIT:
        raise refused(text, "is empty or too long")
    if name.startswith(b"/"):
        raise refused(text, "is an absolute path")
    for part in name.split(b"/"):
        if part in (b"", b".", b".."):
            raise refused(text, "leads out of its folder")
        if is_git_name(part):
            raise refused(text, "is a part of a git directory")
    return name


def is_git_name(part: bytes) -> bool:
    """Whether a part of a path means a git directory, on whatever file system."""
    text = part.decode("utf-8", "replace").translate(_UNSEEN)
    return text.partition(":")[0].rstrip(" .").lower() in _GIT


def check_link(text: str, target: bytes) -> None:
    """Refuses a symbolic link that leads out of its working tree or into a git directory.

    Args:
        text: The link's own path.
        target: What it points at.

    Raises:
        UsageError: It does.
    """
    if not target or b"\0" in target or len(target) > NAME_LIMIT:
        raise refused(text, "is a link without a target that can be")
    if target.startswith(b"/"):
        raise refused(text, "is a link to an absolute path")
    goal = posixpath.normpath(posixpath.join(posixpath.dirname(text_to_name(text)), target))
    if goal == b".." or goal.startswith(b"../"):
        raise refused(text, "is a link that leads out of its folder")
    if any(is_git_name(part) for part in goal.split(b"/")):
        raise refused(text, "is a link into a git directory")


def refuse_clashes(names: Iterable[bytes]) -> None:
    """Refuses a name that comes twice, or that is a file and a folder.

    Raises:
        UsageError: There is one.
    """
    seen: set[bytes] = set()
    for name in names:
        if name in seen:
            raise refused(name.decode(errors="replace"), "is there twice")
        seen.add(name)
    for name in seen:
        while (cut := name.rfind(b"/")) > 0:
            name = name[:cut]
            if name in seen:
                raise refused(name.decode(errors="replace"), "is a file and a folder")
