"""Review: a workspace's files, its diff against the target branches, and the merge."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from core.engine.comparing import Comparing, DiffRequest
from core.engine.file_places import on_disk
from core.engine.pushing import Pushes
from core.errors import ConflictError, NotFoundError
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts
from core.lifecycle.landing import Landing
from core.lifecycle.place import Place
from core.lifecycle.snapshots import Snapshots
from core.review.diff import Compared, FileDiffs, diff_summary, review_patch
from core.review.files import read_file_window
from core.review.folders import change_marks, described, scan_folder
from core.review.ignored import Ground, ignored_entries, snapshot_paths
from core.review.small_picture import SmallPictures
from core.review.walk import path_parts
from core.store import lookup
from core.store import models as m
from core.values.requests import MergeWorkspace
from core.values.review import (
    Change,
    DiffSummary,
    FileContent,
    FileDiff,
    FileNode,
    MergePreview,
    MergeResult,
    SixelTerminal,
    SmallPicture,
)
from core.values.states import MergeStyle, WorkspaceState

SEE_OUT_SECONDS = 10.0
"""How long a merge waits for an agent that has answered and is about to exit."""
KEPT_MARKS = 32
"""Workspaces whose change marks stay in memory."""
WINDOW_LIMIT = 20_000
"""Lines that one answer holds at most."""


class Review:
    """What a user can look at in a workspace, and its way into the target branches."""

    def __init__(self, context: Context, snapshots: Snapshots, landing: Landing, pushes: Pushes) -> None:
        self._context = context
        self._landing = landing
        self._pushes = pushes
        self.comparing = Comparing(context, snapshots, landing)
        self._file_diffs = FileDiffs()
        self._pictures = SmallPictures()
        self._marks: OrderedDict[str, tuple[tuple[str, ...], dict[str, Change]]] = OrderedDict()

    async def files(self, name: str, path: str, ignored: bool = False) -> tuple[FileNode, ...]:
        """The entries of one folder, folders first, marked by what the latest snapshot says of them.

        Args:
            name: The workspace.
            path: The folder, from the workspace's own.
            ignored: Whether to list those that git ignores, too.
        """
        facts = await self._live(name)
        marks = await self._change_marks(facts)
        code = Place(self._context.home, name).code
        ground, inner = self._ground(facts, path)
        if ground is None:
            entries, left_out = await scan_folder(code, path), frozenset[bytes]()
        else:
            entries, kept = await asyncio.gather(scan_folder(code, path), snapshot_paths(ground, inner))
            left_out = await ignored_entries(ground, inner, entries, kept)
        if not ignored:
            entries = [entry for entry in entries if entry.name not in left_out]
        return await described(code, path, entries, marks, left_out)

    def _ground(self, facts: WorkspaceFacts, path: str) -> tuple[Ground | None, bytes]:
        """The repository that a folder is in, as far as there is anything in it, and the folder in it."""
        top, *inner = path_parts(path) or [b""]
        repo = next((each for each in facts.repos if each.name.encode() == top), None)
        commit = (repo.snapshot or repo.base_commit) if repo else ""
        if repo is None or not commit:
            return None, b""
        place = Place(self._context.home, facts.name)
        clone = place.clone(repo.name)
        ground = Ground(place.depot(repo.repo_id), commit, clone.worktree, clone.git_dir)
        return ground, b"/".join(inner)

    async def file(self, name: str, path: str, start: int, limit: int) -> FileContent:
        """A window of a file's lines."""
        code = Place(self._context.home, name).code
        path = on_disk(await self._live(name), code, path)
        return await read_file_window(code, path, start=max(0, start), limit=max(1, min(limit, WINDOW_LIMIT)))

    async def picture(
        self,
        name: str,
        path: str,
        width: int,
        height: int,
        background: str,
        sixel: SixelTerminal | None = None,
    ) -> SmallPicture:
        """A picture among the files, made small enough for so many pixels; also as Sixel for a terminal.

        Raises:
            UsageError: It cannot be shown; it says why.
        """
        code = Place(self._context.home, name).code
        path = on_disk(await self._live(name), code, path)
        return await self._pictures.of_file(code, path, width, height, background, sixel)

    async def diff(
        self, name: str, request: DiffRequest, *, latest: bool = False, containing: str = "", repo: str = ""
    ) -> DiffSummary:
        """Lists what differs; takes a snapshot where the present is one of the sides.

        With `latest` it takes none where there is one: what it says comes at once, and may be old.
        With `containing` only files are listed in which a line with that text was added or removed, with
        `repo` (name or id) only those of one repo.

        Raises:
            NotFoundError: The workspace has no such repo.
        """
        sides = _only(await self.comparing.sides(name, request, fresh=not latest), repo)
        summary = await diff_summary(name, sides, request.shown, containing)
        if not containing:
            self._file_diffs.remember(sides, summary.files, request.shown)
        marks = await self._context.store.read(_reviewed, name)
        files = [
            msgspec.structs.replace(file, reviewed=True)
            if marks.get((file.repo_id, file.path)) == file.new_id
            else file
            for file in summary.files
        ]
        return msgspec.structs.replace(summary, files=tuple(files))

    async def file_diff(
        self, name: str, repo_key: str, path: str, start: int, limit: int, request: DiffRequest,
        whole: bool = True,
    ) -> FileDiff:  # fmt: skip
        """A window of one file's diff at the latest snapshot.

        Args:
            name: The workspace.
            repo_key: Name or id of the repo; empty where there is one only.
            path: The file, as `diff` gave it.
            start: Index of the first line wanted.
            limit: How many lines are wanted.
            request: What is compared, and how.
            whole: Whether to wait until all of it has been counted.
        """
        target = _one(await self.comparing.sides(name, request, fresh=False), repo_key)
        return await self._file_diffs.window(
            target, path, request.shown, start=max(0, start), limit=max(1, min(limit, WINDOW_LIMIT)),
            whole=whole,
        )  # fmt: skip

    async def patch(self, name: str, request: DiffRequest, *, repo: str = "") -> str:
        """The whole diff, or that of one repo, as git writes it.

        Raises:
            NotFoundError: The workspace has no such repo.
        """
        return await review_patch(_only(await self.comparing.sides(name, request), repo), request.shown)

    async def close(self) -> None:
        """Lets go of the diffs that are open."""
        await self._file_diffs.close()

    async def merge_preview(self, name: str, style: MergeStyle | None) -> MergePreview:
        """What a merge would do now, and what would keep it from being done; nothing changes."""
        await self._settled(name)
        return await self._landing.preview(name, style)

    async def merge(self, name: str, body: MergeWorkspace) -> MergeResult:
        """Merges into all target branches, or into none.

        Raises:
            ConflictError: An agent works, or there is a conflict or an obstacle. Nothing changed.
        """
        await self._settled(name)
        merges = await self._landing.merge(name, body.style, body.message, push=body.push)
        pushed = (await self._pushes.push_targets(name)).repos if body.push else ()
        return MergeResult(workspace=name, merges=merges, pushes=pushed)

    async def _settled(self, name: str) -> None:
        """Refuses to merge a moving target: what an agent is in the middle of is not ready."""
        facts = await self._live(name)
        if facts.state is WorkspaceState.CREATING:
            raise ConflictError(f"the workspace {name!r} is still being made", hint="Wait until it is open.")
        row = await self._context.store.read(lambda: lookup.live_workspace(name).update_halt)
        if row is not None:
            raise ConflictError(
                f"an update of {name!r} has stopped at conflicts",
                hint=f"Go on or give up first: boatyard workspace update {name} --continue, or --abort",
            )
        await self._context.supervisor.see_out(name, SEE_OUT_SECONDS)
        if self._context.supervisor.in_workspace(name):
            raise ConflictError(
                f"something still runs in {name!r}",
                hint=f"Wait for it, or stop it: boatyard workspace stop {name}",
            )

    async def _live(self, name: str) -> WorkspaceFacts:
        return await self.comparing.live(name)

    async def _change_marks(self, facts: WorkspaceFacts) -> dict[str, Change]:
        """By path; kept until there is another snapshot."""
        if not all(repo.snapshot for repo in facts.repos):
            return {}
        state = tuple(repo.snapshot for repo in facts.repos)
        kept = self._marks.get(facts.name)
        if kept is None or kept[0] != state:
            summary = await diff_summary(facts.name, await self._landing.targets(facts, refresh=False))
            folders = {repo.repo_id: repo.name for repo in facts.repos}
            kept = (state, await asyncio.to_thread(change_marks, summary.files, folders))
            self._marks[facts.name] = kept
            while len(self._marks) > KEPT_MARKS:
                self._marks.popitem(last=False)
        return kept[1]


def _reviewed(name: str) -> dict[tuple[str, str], str]:
    """Contents that were marked as read, by repo and path."""
    rows = m.ReviewedFile.select().where(m.ReviewedFile.workspace == lookup.live_workspace(name))
    return {(row.repo_id, row.path): row.content for row in rows}


def _only(targets: Sequence[Compared], key: str) -> Sequence[Compared]:
    return [_one(targets, key)] if key else targets


def _one(targets: Sequence[Compared], key: str) -> Compared:
    for target in targets:
        if key in (target.repo_id, target.name) or (not key and len(targets) == 1):
            return target
    names = ", ".join(target.name for target in targets)
    raise NotFoundError(f"the workspace has no repo {key[:80]!r}", hint=f"Its repos: {names}.")
