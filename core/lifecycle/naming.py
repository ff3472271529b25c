"""A workspace's name: its identity, from which branch, container, folders and address derive."""

from __future__ import annotations

import re
import unicodedata

from core.errors import ConflictError, UsageError
from core.store import models as m

PATTERN = re.compile(r"[a-z][a-z0-9-]{0,61}[a-z0-9]")
FROM_TITLE = 40
"""Characters of a title that a name made from it keeps."""


def check_name(name: str) -> str:
    """The name, if it is a legal one.

    Raises:
        UsageError: It is not; the hint says what is.
    """
    if not PATTERN.fullmatch(name):
        raise UsageError(
            f"{name[:80]!r} cannot be a workspace's name",
            hint="Use 2 to 63 lower-case letters, digits and hyphens; begin with a letter, "
            "end with a letter or digit.",
        )
    return name


def free_name(wanted: str, title: str) -> str:
    """The wanted name if it is free, or one made from the title. Call on the store's thread.

    Raises:
        UsageError: The wanted name is illegal.
        ConflictError: It is taken.
    """
    if wanted:
        taken = m.Workspace.get_or_none(m.Workspace.name == check_name(wanted))
        if taken is not None:
            raise ConflictError(
                f"the workspace name {wanted!r} is taken"
                + (" by a removed workspace that can still be recovered" if taken.deleted_at else ""),
                hint="Choose another name, or leave it out to have one made.",
            )
        return wanted
    base = name_from_title(title)
    number = 1
    candidate = base
    while m.Workspace.select().where(m.Workspace.name == candidate).exists():
        number += 1
        candidate = f"{base}-{number}"
    return candidate


def name_from_title(title: str) -> str:
    """A legal name that recalls the title: `Fix the Größe bug!` gives `fix-the-grosse-bug`."""
    plain = unicodedata.normalize("NFKD", title.replace("ß", "ss")).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    cut = words[:FROM_TITLE].rpartition("-")[0] if len(words) > FROM_TITLE and "-" in words else words
    name = cut[:FROM_TITLE].strip("-")
    if not name or not name[0].isalpha():
        name = f"task-{name}".strip("-")
    return name if len(name) > 1 else f"{name}-1"
