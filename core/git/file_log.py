"""The commits that changed one file, the latest first, through renames (git-log(1), `--follow`)."""

from __future__ import annotations

import asyncio
import re
from contextlib import aclosing
from dataclasses import dataclass
from itertools import pairwise

from core.errors import GitError
from core.git.changes import FOLLOW_OPTIONS, RawChange, parse_changes
from core.git.depot import Depot

SECONDS = 20.0
"""Longer is not looked; what was found by then is told."""
_FORMAT = "--format=%x01%H%x00%P%x00%ct%x00%an%x00%s"
_BEGIN = re.compile(rb"(?:\A|(?<=\0))\x01(?=[0-9a-f]{40}(?:[0-9a-f]{24})?\0)")
_FIELDS = 5


@dataclass(frozen=True)
class LoggedChange:
    """What one commit did to the file."""

    commit: str
    parent: str
    """The first; empty where it has none."""
    at: float
    author: str
    subject: str
    change: RawChange
    lines: tuple[int, int] | None
    """Added and removed; None of a binary file."""


async def file_log(depot: Depot, tip: str, name: bytes, limit: int) -> tuple[list[LoggedChange], bool]:
    """The latest commits that changed a file, and whether there are more.

    Args:
        depot: Where they are.
        tip: The commit to begin at.
        name: What the file is called there.
        limit: Commits at most.

    Raises:
        GitError: git's answer cannot be read.
    """
    options = ("--follow", "--no-merges", "--raw", "--numstat", "-z", "--encoding=UTF-8", "--no-mailmap")
    argv = ("log", _FORMAT, *options, *FOLLOW_OPTIONS, tip, "--", name)
    out, begins, late = b"", list[int](), False
    try:
        async with asyncio.timeout(SECONDS), aclosing(depot.git.stream(*argv)) as chunks:
            async for chunk in chunks:
                out += chunk
                begins = [found.start() for found in _BEGIN.finditer(out)]
                if len(begins) > limit + 1:
                    break
    except TimeoutError:
        late = True  # the last one may be cut off in the middle
    whole = list(pairwise([*begins, len(out)]))[: -1 if late else None]
    found = [_logged(out[begin:end]) for begin, end in whole[:limit]]
    return [each for each in found if each is not None], late or len(whole) > limit


def _logged(text: bytes) -> LoggedChange | None:
    """One commit; None where it says nothing of the file."""
    *fields, rest = text[1:].split(b"\0", _FIELDS)
    if len(fields) != _FIELDS or not fields[2].isdigit():
        raise GitError("git's history of a file cannot be read", hint="Check git's version.")
    raw, counts = parse_changes(rest.lstrip(b"\n") or b"")
    if not raw:
        return None
    commit, parents, at, author, subject = (field.decode("utf-8", "replace") for field in fields)
    return LoggedChange(
        commit, parents.split(" ")[0], float(at), author, subject, raw[0], counts.get(raw[0].name)
    )
