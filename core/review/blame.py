"""Which step of a workspace's history brought each line of a file (git-blame(1), "THE PORCELAIN FORMAT").

A workspace's checkpoints are trees, not a history of commits: they are put one behind the other as commits
made for the purpose, and git's own blame is asked about that line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import GitError, NotFoundError
from core.git.depot import Depot
from core.git.merge_tree import scaffold

_HEADER = re.compile(rb"^([0-9a-f]{40}(?:[0-9a-f]{24})?) \d+ (\d+)(?: \d+)?$")
SECONDS = 60.0


@dataclass(frozen=True)
class Brought:
    """Lines that one step brought."""

    first: int
    """From 1."""
    last: int
    step: int
    """Index of the commit; 0: they were there at the beginning."""


async def blame(depot: Depot, commits: Sequence[str], name: bytes) -> list[Brought]:
    """Which of the commits brought each line of a file that the last one has.

    Args:
        depot: Where they are.
        commits: Commits or trees, the oldest first.
        name: The file's name from the top.

    Raises:
        NotFoundError: The last one has no such file.
        GitError: git's answer is not understood.
    """
    chain = [await scaffold(depot, commits[0])]
    for commit in commits[1:]:
        chain.append(await scaffold(depot, commit, chain[-1]))
    span = f"{chain[0]}..{chain[-1]}" if len(chain) > 1 else chain[0]
    options = ("--porcelain", "--no-progress", "-M")
    answer = await depot.git.run("blame", *options, span, "--", name, ok=(0, 128), seconds=SECONDS)
    if answer.code:
        shown = name.decode("utf-8", "backslashreplace")
        raise NotFoundError(f"{shown!r} is no file that has lines", hint="Look at the files anew.")
    # A step that changed nothing has the id of another tree on another parent, so ids tell steps apart.
    steps = {commit.encode(): index for index, commit in enumerate(chain)}
    return _ranges(answer.out, steps)


def _ranges(output: bytes, steps: dict[bytes, int]) -> list[Brought]:
    found: list[Brought] = []
    step: int | None = None
    line = 0
    for row in output.split(b"\n"):
        if row.startswith(b"\t"):
            if step is None:
                raise GitError("git's blame cannot be read", hint="Check git's version.")
            if found and found[-1].step == step and found[-1].last == line - 1:
                found[-1] = Brought(found[-1].first, line, step)
            else:
                found.append(Brought(line, line, step))
            step = None
        elif step is None and (header := _HEADER.match(row)):
            step, line = steps.get(header[1], 0), int(header[2])
    return found
