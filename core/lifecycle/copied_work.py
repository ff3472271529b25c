"""Copied files in commits: added by force, they would come into the user's branches with the work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from core.errors import ConflictError
from core.git.path_text import name_to_text
from core.lifecycle.copy_files import names_left_out
from core.lifecycle.facts import WorkspaceFacts
from core.lifecycle.place import Place
from core.review.target import ReviewTarget
from core.values.states import MergeStyle


async def committed_copies(
    place: Place, facts: WorkspaceFacts, targets: Sequence[ReviewTarget], style: MergeStyle
) -> list[str]:
    """Sentences about copied files that would be merged, one for each repo.

    A squashed merge takes the work's files alone; the other styles take every commit of the workspace.
    """
    found = []
    for target in targets:
        names = await asyncio.to_thread(names_left_out, place.copied(target.name))
        paths = [name for name in (*names.files, *names.folders) if b"\n" not in name]
        if paths:
            held = await (_in_work if style is MergeStyle.SQUASH else _in_commits)(target, paths)
            shown = ", ".join(sorted(map(name_to_text, held))[:5])
            found += [f"commits in {target.name} hold files copied from beside git: {shown}"] if held else []
    return found


async def is_copied(place: Place, repo_name: str, path: str) -> bool:
    """Whether a file of a clone, as a diff names it, was copied there from beside git."""
    names = await asyncio.to_thread(names_left_out, place.copied(repo_name))
    folders = tuple(f"{name_to_text(folder)}/" for folder in names.folders)
    return path in map(name_to_text, names.files) or path.startswith(folders)


async def _in_commits(target: ReviewTarget, paths: Sequence[bytes]) -> set[bytes]:
    """Those that a commit of the workspace's own touches."""
    asked = [target.work.head.encode(), f"^{target.target}".encode(), b"--", *paths]
    answer = await target.depot.git.run(
        "log", "--stdin", "--format=", "--name-only", "-z", "--no-renames", stdin=b"\n".join(asked) + b"\n"
    )
    return {name.strip() for name in answer.out.split(b"\0") if name.strip()}


async def _in_work(target: ReviewTarget, paths: Sequence[bytes]) -> set[bytes]:
    """Those that the work's files have and the target's have not."""
    answer = await target.depot.git.run(
        "diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=AMT", target.target,
        target.snapshot,
    )  # fmt: skip
    changed = {name for name in answer.out.split(b"\0") if name}
    files, folders = set(paths), tuple(path + b"/" for path in paths)
    return {name for name in changed if name in files or name.startswith(folders)}


def refuse_copies(facts: WorkspaceFacts, found: Sequence[str]) -> None:
    """Refuses a merge that would bring copied files into the user's branches.

    Raises:
        ConflictError: There are any.
    """
    if found:
        raise ConflictError(
            f"{'; '.join(found)}",
            hint=f"In the workspace {facts.name}, take them out with 'git rm --cached' and commit; then "
            "merge with --style squash, or take them out of the earlier commits as well.",
            details={"blocked": list(found)},
        )
