"""The diff of a workspace: everything that a merge would bring, committed or not, over all its repos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.errors import NotFoundError
from core.git.changes import changed_files
from core.git.depot import Depot
from core.git.diff import file_diff, patch_text
from core.values.review import DiffSummary, FileDiff


class Compared(Protocol):
    """Two sides in one repository: a `ReviewTarget`, or `Sides`."""

    @property
    def repo_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def depot(self) -> Depot: ...
    @property
    def base(self) -> str: ...
    @property
    def snapshot(self) -> str: ...


@dataclass(frozen=True)
class Sides:
    """Any two commits of a depot, such as two checkpoints."""

    repo_id: str
    name: str
    """The repository's folder in the workspace."""
    depot: Depot
    base: str
    snapshot: str


async def diff_summary(workspace: str, targets: Sequence[Compared]) -> DiffSummary:
    """All changed files, repository after repository."""
    files = [
        change
        for target in targets
        for change in await changed_files(target.depot, target.repo_id, target.base, target.snapshot)
    ]
    return DiffSummary(
        workspace=workspace,
        snapshot={target.repo_id: target.snapshot for target in targets},
        files=tuple(files),
        added=sum(file.added for file in files),
        removed=sum(file.removed for file in files),
    )


async def review_file(
    target: Compared, path: str, *, start: int = 0, limit: int = 2000, context: int = 3
) -> FileDiff:
    """A window of one file's diff; `path` as the summary gave it.

    Raises:
        NotFoundError: That file is not changed.
    """
    files = await changed_files(target.depot, target.repo_id, target.base, target.snapshot)
    change = next((file for file in files if file.path == path), None)
    if change is None:
        raise NotFoundError(f"{path!r} is not changed in {target.name}", hint="Look at the diff anew.")
    return await file_diff(
        target.depot, target.base, target.snapshot, change, start=start, limit=limit, context=context
    )


async def review_patch(targets: Sequence[Compared]) -> str:
    """One patch of it all. With several repositories, paths begin with the repository's folder."""
    several = len(targets) > 1
    parts = [
        await patch_text(target.depot, target.base, target.snapshot, target.name if several else "")
        for target in targets
    ]
    return "".join(parts)
