"""Which names git would ignore, asked without a working tree.

The rules are data: they are laid out in a folder of our own, in which there is nothing else, and git's own
matcher reads them there (git-check-ignore(1)). No tree that a sandbox can write is looked at.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from core.git.depot import Depot

SECONDS = 10.0
"""Longer takes only a rule that was made to take long."""


async def ignored_names(
    depot: Depot, names: Iterable[bytes], rules: Mapping[bytes, bytes], own: bytes = b""
) -> frozenset[bytes]:
    """Those of the names that the rules leave out, whether they are tracked or not.

    Args:
        depot: Whose settings of git count.
        names: From the top of the working tree; with `/` at the end, a folder.
        rules: What `.gitignore` says, by the folder that it is in; the topmost one is empty.
        own: What the clone's `info/exclude` says.

    Raises:
        GitError: The rules cannot be matched in a reasonable time.
    """
    with tempfile.TemporaryDirectory(prefix="boatyard-rules-") as folder:
        top = Path(folder, "tree")
        for place, text in rules.items():
            below = top / os.fsdecode(place)
            below.mkdir(parents=True, exist_ok=True)
            (below / ".gitignore").write_bytes(text)
        top.mkdir(exist_ok=True)
        exclude = Path(folder, "exclude")
        exclude.write_bytes(own)
        git = depot.git.without("GIT_LITERAL_PATHSPECS").having(
            {"GIT_WORK_TREE": str(top)}, config={"core.bare": "false", "core.excludesFile": str(exclude)}
        )
        # `./` keeps a name that begins with `:` from being read as a pathspec with magic.
        asked = b"".join(b"./" + name + b"\0" for name in names)
        argv = ("check-ignore", "--no-index", "-z", "--stdin")
        answer = await git.run(*argv, stdin=asked, ok=(0, 1), seconds=SECONDS)
    return frozenset(name.removeprefix(b"./") for name in answer.out.split(b"\0") if name)
