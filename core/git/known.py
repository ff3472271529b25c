"""Ids of commits that come from outside."""

from __future__ import annotations

import re

from core.errors import NotFoundError, UsageError
from core.git.depot import Depot

EMPTY_TREES = {40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
               64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"}  # fmt: skip
"""By length of an id: what was there before the first commit. git knows them without having them."""
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


async def known_commit(depot: Depot, id_: str) -> str:
    """The id, if it is a whole one, and the depot has the commit; or that of the empty tree.

    Raises:
        UsageError: It is no id.
        NotFoundError: There is no such commit.
    """
    if not _ID.fullmatch(id_):
        raise UsageError(f"{id_[:80]!r} is no id of a commit", hint="Take it from the file's history.")
    if id_ in EMPTY_TREES.values():
        return id_
    kind = await depot.git.run("cat-file", "-t", id_, ok=(0, 1, 128))
    if kind.code or kind.text != "commit":
        raise NotFoundError(f"there is no commit {id_[:12]}", hint="Look at the history anew.")
    return id_
