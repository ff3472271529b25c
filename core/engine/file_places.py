"""Which repository of a workspace a path is in, and what the file is called there.

One rule for every path that somebody writes: it may begin with the folder of the repository, and need not
where it is clear which repository is meant.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from core.errors import NotFoundError
from core.git.path_text import text_to_name
from core.git.snapshot import is_folder_below
from core.lifecycle.facts import RepoFacts, WorkspaceFacts
from core.review.diff import Compared


def located(facts: WorkspaceFacts, path: str) -> tuple[RepoFacts, bytes]:
    """The repository that a path is in, and the name there.

    A path that begins with a repository's folder is always meant from there, whatever files there are: a
    file in a folder of the repository's own name has that name twice in its path. Any other path is
    one of the only repository.

    Args:
        facts: The workspace.
        path: From the workspace's folder, `REPO/PATH`; where it has one repository, `PATH` will do.

    Raises:
        NotFoundError: It is no path of a file in the workspace.
    """
    folder, _, inner = path.strip("/").partition("/")
    repo = next((each for each in facts.repos if each.name == folder), None)
    if repo is None and len(facts.repos) == 1 and not path.startswith("/"):
        repo, inner = facts.repos[0], path.rstrip("/")
    name = _name(inner)
    if repo is None or not name or not is_folder_below(name):
        names = ", ".join(f"{each.name}/…" for each in facts.repos)
        raise NotFoundError(
            f"{path[:200]!r} is no path of a file in {facts.name!r}", hint=f"Its files begin with {names}"
        )
    return repo, name


def on_disk(facts: WorkspaceFacts, code: Path, path: str) -> str:
    """The path of a file from the workspace's folder, where other things than repositories may be, too.

    What is in the folder wins; a path that begins with nothing there is one of the only repository.
    """
    first = _name(path.partition("/")[0])
    if len(facts.repos) != 1 or not first or os.path.lexists(code / os.fsdecode(first)):
        return path
    return f"{facts.repos[0].name}/{path}"


async def located_in_diff(sides: Sequence[Compared], repo: str, path: str) -> tuple[Compared, str]:
    """The repository that a path of a diff is in, and the path there.

    Where a repository is named, the path is one in it. Where none is, the path may begin with its folder,
    which it need not where there is one repository only; there, a file in a folder of the repository's own
    name wins, as the diff names it so.

    Args:
        sides: The diff.
        repo: Name or id; may be empty.
        path: The file.

    Raises:
        NotFoundError: The diff has no such repository, or several and none is named.
    """
    folder, _, inner = path.partition("/")
    for side in sides:
        if repo in (side.repo_id, side.name):
            return side, path
        if not repo and folder == side.name and inner:
            alone = len(sides) == 1
            return side, path if alone and await is_there(side, path) else inner
    if not repo and len(sides) == 1:
        return sides[0], path
    has = f"It has: {', '.join(side.name for side in sides)}."
    if repo:
        raise NotFoundError(f"the diff has no repo {repo[:80]!r}", hint=has)
    raise NotFoundError(f"{path[:200]!r} does not say which repository it is in", hint=has)


async def is_there(side: Compared, path: str) -> bool:
    """Whether either side of a diff has such a file, of whatever kind."""
    if not (name := _name(path)):
        return False
    for commit in (side.snapshot, side.base):
        place = f"{commit}:".encode() + name
        if not (await side.depot.git.run("rev-parse", "--verify", "--quiet", place, ok=(0, 1, 128))).code:
            return True
    return False


def _name(text: str) -> bytes:
    try:
        return text_to_name(text)
    except ValueError:
        return b""
