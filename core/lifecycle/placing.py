"""Bringing given commits into a workspace, over all its repos; the present is kept as a checkpoint first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Literal

from core.errors import BoatyardError, ConflictError, GitError
from core.git.restore_snapshot import CHANGED_MEANWHILE, folder_changes, restore_command
from core.git.snapshot import sandbox_paths
from core.lifecycle.checkpoint_records import RepoState, checkpoint_states
from core.lifecycle.context import Context
from core.lifecycle.copy_files import names_left_out
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.lifecycle.snapshots import SNAPSHOT_SECONDS, Snapshots
from core.lifecycle.unread import refuse_unread
from core.values.events import FilesChanged
from core.values.states import CheckpointKind

States = Mapping[str, RepoState]
"""By repo id; repos that are not named stay as they are."""


class Placing:
    """The steps that everything has in common that changes a workspace's files at once."""

    def __init__(self, context: Context, snapshots: Snapshots) -> None:
        self._context = context
        self._snapshots = snapshots

    async def keep(
        self, operation_id: str, name: str, wanted: States, message: str, seen: Sequence[RepoState] = ()
    ) -> None:
        """Keeps the present, with the ignored files that are in the way of what is to come; or what was
        `seen` of all repos, which is the present: `check` and `files` look whether it still is.

        Raises:
            ConflictError: Some of it cannot be read, so that nothing would bring it back.
        """
        kind = CheckpointKind.BEFORE_RESTORE
        if seen:
            facts = await self._context.store.read(workspace_facts, name)
            kept = await self._snapshots.keep(facts, kind, message, seen)
        else:
            coming = {repo_id: state.commit for repo_id, state in wanted.items()}
            kept = await self._snapshots.checkpoint(name, kind, message, coming)
        await self._context.operations.set_result(operation_id, before=kept.number)
        refuse_unread(await self._context.store.read(workspace_facts, name))

    async def check(self, operation_id: str, name: str, wanted: States) -> None:
        """Looks whether anything is in the way; changes nothing.

        Raises:
            ConflictError: Files have changed since they were kept.
            GitError: Something is in the way.
        """
        await self._all(operation_id, name, wanted, "check")

    async def files(self, operation_id: str, name: str, wanted: States) -> None:
        """Brings the files; may be repeated. Raises as `check` does."""
        try:
            await self._all(operation_id, name, wanted, "restore")
        except BoatyardError as error:
            before = (await self._context.operations.get(operation_id)).result.get("before")
            back = f"What was there is kept: boatyard workspace restore-to {name} {before}"
            error.hint = f"{error.hint} {back}".strip()
            raise
        finally:
            self._context.hub.publish(FilesChanged(workspace=name))

    async def _all(
        self, operation_id: str, name: str, wanted: States, mode: Literal["check", "restore"]
    ) -> None:
        facts = await self._context.store.read(workspace_facts, name)
        before = (await self._context.operations.get(operation_id)).result.get("before")
        if not isinstance(before, int):
            raise ConflictError("what was there has not been kept", hint="Try again.")
        present = await self._context.store.read(checkpoint_states, name, before)
        for repo in facts.repos:
            if repo.repo_id in wanted:
                states = wanted[repo.repo_id], present[repo.repo_id]
                await self._one(facts, repo, *states, mode=mode, token=operation_id)

    async def _one(
        self, facts: WorkspaceFacts, repo: RepoFacts, wanted: RepoState, present: RepoState, *,
        mode: Literal["check", "restore"], token: str,
    ) -> None:  # fmt: skip
        place = Place(self._context.home, facts.name)
        clone, runner = place.clone(repo.name), self._context.runners[facts.runner]
        left_out = await asyncio.to_thread(names_left_out, place.copied(repo.name))
        answer = await runner.exec(
            place.environment(facts),
            restore_command(
                *sandbox_paths(clone, container=runner.isolates), mode=mode, target=wanted.commit,
                head=wanted.head, branch=clone.branch, expected=present.commit, token=token,
            ),
            stdin=left_out.told + folder_changes(wanted.folders, present.folders),
            timeout_seconds=SNAPSHOT_SECONDS,
            needs="git",
        )  # fmt: skip
        if answer.exit_code == CHANGED_MEANWHILE:
            raise ConflictError(
                f"files of {repo.name} in {facts.name!r} changed meanwhile",
                hint="Stop what changes them, and try again.",
            )
        if answer.exit_code:
            said = answer.err.decode(errors="replace").strip()[-500:]
            raise GitError(
                f"the files of {repo.name} in {facts.name!r} cannot be brought: {said}",
                hint=f"Look at it there: boatyard workspace exec {facts.name} -- git status",
                details={"exit_code": answer.exit_code},
            )
