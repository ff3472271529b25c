"""Snapshots of a workspace: taken where its sandbox is, fetched into the depots, told to everybody."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import ConflictError, GitError
from core.git.changes import changed_files
from core.git.depot import WORKSPACES, RefChange
from core.git.merge import comparison_base, read_work
from core.git.snapshot import Snapshot, import_snapshot, parse_snapshot, sandbox_paths, snapshot_command
from core.lifecycle.checkpoint_records import RepoState, count_of, insert_checkpoint, latest_commits
from core.lifecycle.context import Context
from core.lifecycle.copy_files import names_left_out
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.store import models as m
from core.store import views
from core.values.entities import Checkpoint, Workspace
from core.values.events import CheckpointTaken, FilesChanged, WorkspaceChanged
from core.values.states import CheckpointKind, WorkspaceState

SNAPSHOT_SECONDS = 300.0
UNCHANGING = (WorkspaceState.CREATING, WorkspaceState.DELETED)


@dataclass(frozen=True)
class RepoSnapshot:
    """One repo's snapshot, and how much it differs from the target."""

    facts: RepoFacts
    snapshot: Snapshot
    added: int
    removed: int

    def kept(self) -> RepoState:
        """What a checkpoint keeps of it."""
        return RepoState(self.facts.repo_id, self.snapshot.commit, self.snapshot.head, self.snapshot.folders)


@dataclass(frozen=True)
class Wanted:
    """What a snapshot is taken for."""

    folders: bool = False
    coming: Mapping[str, str] = field(default_factory=dict)


class Snapshots:
    """Takes snapshots, one at a time per workspace."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def take(self, name: str) -> WorkspaceFacts:
        """Brings the workspace's work into the depots and records where it is.

        Returns:
            The workspace with its new heads and snapshots.

        Raises:
            ConflictError: The workspace is still being made, or was removed.
            GitError: git failed inside the workspace.
        """
        async with self._locks[name]:
            await self._take(name, Wanted())
            return await self._context.store.read(workspace_facts, name)

    async def take_whole(self, name: str) -> tuple[WorkspaceFacts, tuple[RepoState, ...]]:
        """As `take`; also what a checkpoint of it keeps, with the empty folders, for `keep`."""
        async with self._locks[name]:
            _, taken = await self._take(name, Wanted(folders=True))
            facts = await self._context.store.read(workspace_facts, name)
            return facts, tuple(each.kept() for each in taken)

    async def checkpoint(
        self, name: str, kind: CheckpointKind, message: str, coming: Mapping[str, str] | None = None
    ) -> Checkpoint:
        """Takes a snapshot and keeps it under the next number, with its empty folders.

        Args:
            name: The workspace.
            kind: Why it is taken.
            message: A line for people.
            coming: What is about to be restored, as commits by repo id: ignored files that are in its way
                are taken in.
        """
        async with self._locks[name]:
            facts, taken = await self._take(name, Wanted(folders=True, coming=coming or {}))
            return await self._keep(facts, kind, message, [each.kept() for each in taken])

    async def keep(
        self, facts: WorkspaceFacts, kind: CheckpointKind, message: str, states: Sequence[RepoState]
    ) -> Checkpoint:
        """Keeps commits that the depots have already under the next number."""
        async with self._locks[facts.name]:
            return await self._keep(facts, kind, message, states)

    async def _keep(
        self, facts: WorkspaceFacts, kind: CheckpointKind, message: str, states: Sequence[RepoState]
    ) -> Checkpoint:
        place = Place(self._context.home, facts.name)
        last = await self._context.store.read(latest_commits, facts)
        files = [
            change
            for state in states
            if (old := last[state.repo_id]) != state.commit
            for change in await changed_files(place.depot(state.repo_id), state.repo_id, old, state.commit)
        ]
        checkpoint = await self._context.store.write(
            insert_checkpoint, facts, kind, message, states, count_of(files)
        )
        ref = f"{WORKSPACES}/{facts.name}/checkpoints/{checkpoint.number}"
        for state in states:
            await place.depot(state.repo_id).update_refs([RefChange(ref, state.commit)])
        self._context.hub.publish(CheckpointTaken(checkpoint=checkpoint))
        return checkpoint

    async def _take(self, name: str, wanted: Wanted) -> tuple[WorkspaceFacts, list[RepoSnapshot]]:
        facts = await self._context.store.read(workspace_facts, name)
        if facts.state in UNCHANGING:
            raise ConflictError(
                f"the workspace {name!r} is {facts.state.value}", hint="Try again when it is ready."
            )
        taken = [await self._take_one(facts, repo, wanted) for repo in facts.repos]
        await self._record(facts, taken)
        return facts, taken

    async def _take_one(self, facts: WorkspaceFacts, repo: RepoFacts, wanted: Wanted) -> RepoSnapshot:
        place = Place(self._context.home, facts.name)
        clone, depot = place.clone(repo.name), place.depot(repo.repo_id)
        runner = self._context.runners[facts.runner]
        git_dir, worktree = sandbox_paths(clone, container=runner.isolates)
        out = await asyncio.to_thread(names_left_out, place.copied(repo.name))
        coming = wanted.coming.get(repo.repo_id, "")
        answer = await runner.exec(
            place.environment(facts),
            snapshot_command(git_dir, worktree, repo.base_commit, folders=wanted.folders, coming=coming),
            stdin=out.told,
            timeout_seconds=SNAPSHOT_SECONDS,
            needs="git",
        )
        if answer.exit_code:
            raise GitError(
                f"a snapshot of {repo.name} in the workspace {facts.name!r} failed: "
                + answer.err.decode(errors="replace").strip()[-500:],
                hint=f"Look at it there: boatyard workspace exec {facts.name} -- git status",
                details={"exit_code": answer.exit_code},
            )
        snapshot = parse_snapshot(answer.out)
        if snapshot.commit != repo.snapshot or snapshot.head != repo.head:
            await import_snapshot(depot, clone, snapshot)
        work = await read_work(depot, facts.name)
        target = await depot.target(repo.target_branch)
        base = await comparison_base(depot, target, work) if work else repo.base_commit
        files = await changed_files(depot, repo.repo_id, base, snapshot.commit)
        added, removed = sum(file.added for file in files), sum(file.removed for file in files)
        return RepoSnapshot(repo, snapshot, added, removed)

    async def _record(self, facts: WorkspaceFacts, taken: list[RepoSnapshot]) -> None:
        def write() -> tuple[Workspace, Workspace]:
            row = m.Workspace.get_by_id(facts.id)
            before = views.workspace(row)
            for each in taken:
                m.WorkspaceRepo.update(
                    head=each.snapshot.head,
                    snapshot=each.snapshot.commit,
                    added=each.added,
                    removed=each.removed,
                    unread=list(each.snapshot.missing) or None,
                ).where(
                    m.WorkspaceRepo.workspace == facts.id, m.WorkspaceRepo.repo == each.facts.repo_id
                ).execute()
            return before, views.workspace(row)

        before, workspace = await self._context.store.write(write)
        if workspace != before:
            self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        if any(each.facts.snapshot != each.snapshot.commit for each in taken):
            self._context.hub.publish(FilesChanged(workspace=facts.name))
