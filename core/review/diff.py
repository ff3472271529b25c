"""The diff of a workspace: everything that a merge would bring, committed or not, over all its repos."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.errors import BoatyardError, NotFoundError
from core.git.changes import changed_files, holding
from core.git.depot import Depot
from core.git.diff import WHOLE, Shown, file_pages, patch_text
from core.git.patch_pages import PatchPages, PatchShelf
from core.review.file_facts import with_facts
from core.values.review import DiffSummary, FileChange, FileDiff


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


async def diff_summary(
    workspace: str, targets: Sequence[Compared], shown: Shown = WHOLE, containing: str = ""
) -> DiffSummary:
    """All changed files, repository after repository; or those with a changed line that contains a text."""
    options = (*shown.options(), *holding(containing))
    files: list[FileChange] = []
    for target in targets:
        found = await changed_files(target.depot, target.repo_id, target.base, target.snapshot, options)
        files += await with_facts(target.depot, found)
    return DiffSummary(
        workspace=workspace,
        snapshot={target.repo_id: target.snapshot for target in targets},
        files=tuple(files),
        added=sum(file.added for file in files),
        removed=sum(file.removed for file in files),
    )


Key = tuple[str, str, str, str, Shown]
Listed = tuple[str, str, str, bool]
LISTS_KEPT = 8
"""Summaries whose files are remembered."""


class FileDiffs:
    """The diffs of single files, kept while they are looked at page by page."""

    def __init__(self) -> None:
        self._shelf = PatchShelf[Key]()
        self._changes: dict[Key, FileChange] = {}
        self._listed: OrderedDict[Listed, dict[str, FileChange]] = OrderedDict()

    def remember(self, targets: Sequence[Compared], files: Sequence[FileChange], shown: Shown) -> None:
        """Keeps what a summary listed, so that no file has to be looked for again."""
        for target in targets:
            mine = {file.path: file for file in files if file.repo_id == target.repo_id}
            self._listed[_listed(target, shown)] = mine
        while len(self._listed) > LISTS_KEPT:
            self._listed.popitem(last=False)

    async def window(
        self, target: Compared, path: str, shown: Shown, *, start: int, limit: int, whole: bool = True
    ) -> FileDiff:
        """A window of one file's diff; `path` as the summary gave it.

        Args:
            target: The two sides.
            path: The file.
            shown: How.
            start: Index of the first line wanted.
            limit: How many lines are wanted.
            whole: Whether to wait until all of it has been read and counted.

        Raises:
            NotFoundError: That file is not changed.
            GitError: git failed.
        """
        key = (str(target.depot.path), target.base, target.snapshot, path, shown)
        change = self._changes.get(key) or await self._change(target, path, shown)
        pages = await self._open(key, target, change, shown)
        try:
            found = await pages.window(start, limit, whole=whole)
        except BoatyardError:
            await self._shelf.drop(key)
            raise
        return FileDiff(
            file=change, lines=found.lines, total=found.total, start=start, complete=found.complete,
            truncated=found.truncated,
        )  # fmt: skip

    async def close(self) -> None:
        await self._shelf.close()

    async def _open(self, key: Key, target: Compared, change: FileChange, shown: Shown) -> PatchPages:
        found = self._shelf.find(key)
        if found is None:
            pages = await file_pages(target.depot, target.base, target.snapshot, change, shown)
            found = await self._shelf.put(key, pages)
            self._changes = {k: v for k, v in self._changes.items() if self._shelf.find(k)} | {key: change}
        return found

    async def _change(self, target: Compared, path: str, shown: Shown) -> FileChange:
        listed = self._listed.get(_listed(target, shown), {})
        if path in listed:
            return listed[path]
        files = await changed_files(
            target.depot, target.repo_id, target.base, target.snapshot, shown.options()
        )
        change = next((file for file in files if file.path == path), None)
        if change is None:
            raise NotFoundError(f"{path!r} is not changed in {target.name}", hint="Look at the diff anew.")
        return (await with_facts(target.depot, [change]))[0]


def _listed(target: Compared, shown: Shown) -> Listed:
    return str(target.depot.path), target.base, target.snapshot, shown.whitespace


async def review_patch(targets: Sequence[Compared], shown: Shown = WHOLE) -> str:
    """One patch of it all. With several repositories, paths begin with the repository's folder."""
    several = len(targets) > 1
    parts = [
        await patch_text(target.depot, target.base, target.snapshot, target.name if several else "", shown)
        for target in targets
    ]
    return "".join(parts)
