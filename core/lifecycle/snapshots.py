"""Snapshots of a workspace: taken where its sandbox is, fetched into the depots, told to everybody."""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from dataclasses import dataclass

from core.errors import ConflictError, GitError
from core.git.changes import changed_files
from core.git.depot import WORKSPACES, Depot, RefChange
from core.git.merge import comparison_base, read_work
from core.git.snapshot import Snapshot, import_snapshot, parse_snapshot, sandbox_paths, snapshot_command
from core.lifecycle.context import Context
from core.lifecycle.copy_files import names_left_out
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.store import models as m
from core.store import views
from core.values.entities import Workspace
from core.values.events import FilesChanged, WorkspaceChanged
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
            facts = await self._context.store.read(workspace_facts, name)
            if facts.state in UNCHANGING:
                raise ConflictError(
                    f"the workspace {name!r} is {facts.state.value}", hint="Try again when it is ready."
                )
            taken = [await self._take_one(facts, repo) for repo in facts.repos]
            await self._record(facts, taken)
            return await self._context.store.read(workspace_facts, name)

    async def checkpoint(self, name: str, kind: CheckpointKind, message: str) -> int:
        """Takes a snapshot and keeps it under a number.

        Returns:
            The checkpoint's number.
        """
        facts = await self.take(name)

        def write() -> int:
            last = m.Checkpoint.select(m.Checkpoint.number).where(m.Checkpoint.workspace == facts.id)
            number = (last.order_by(m.Checkpoint.number.desc()).scalar() or 0) + 1
            row = m.Checkpoint.create(workspace=facts.id, number=number, kind=kind.value, message=message)
            for repo in facts.repos:
                m.CheckpointRepo.create(checkpoint=row, repo=repo.repo_id, commit=repo.snapshot)
            return number

        number = await self._context.store.write(write)
        for repo in facts.repos:
            ref = f"{WORKSPACES}/{name}/checkpoints/{number}"
            await self._depot(facts, repo).update_refs([RefChange(ref, repo.snapshot)])
        return number

    def _depot(self, facts: WorkspaceFacts, repo: RepoFacts) -> Depot:
        return Place(self._context.home, facts.name).depot(repo.repo_id)

    async def _take_one(self, facts: WorkspaceFacts, repo: RepoFacts) -> RepoSnapshot:
        place = Place(self._context.home, facts.name)
        clone, depot = place.clone(repo.name), place.depot(repo.repo_id)
        runner = self._context.runners[facts.runner]
        git_dir, worktree = sandbox_paths(clone, container=runner.isolates)
        out = await asyncio.to_thread(names_left_out, place.copied(repo.name))
        answer = await runner.exec(
            place.environment(facts),
            snapshot_command(git_dir, worktree, repo.base_commit, *map(os.fsdecode, out.folders)),
            stdin=out.listed,
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
                ).where(
                    m.WorkspaceRepo.workspace == facts.id, m.WorkspaceRepo.repo == each.facts.repo_id
                ).execute()
            return before, views.workspace(row)

        before, workspace = await self._context.store.write(write)
        if workspace != before:
            self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        if any(each.facts.snapshot != each.snapshot.commit for each in taken):
            self._context.hub.publish(FilesChanged(workspace=facts.name))
