"""Bringing a workspace back to a checkpoint, over all its repos; the present is kept as another one first."""

from __future__ import annotations

import asyncio
from typing import Literal

from core.errors import BoatyardError, ConflictError, GitError
from core.git.restore_snapshot import CHANGED_MEANWHILE, folder_changes, restore_command
from core.git.snapshot import sandbox_paths
from core.lifecycle.checkpoint_records import RepoState, checkpoint_states
from core.lifecycle.context import Context
from core.lifecycle.copy_files import names_left_out
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.operation import Step
from core.lifecycle.place import Place
from core.lifecycle.rewinding import give_back, take_back
from core.lifecycle.snapshots import SNAPSHOT_SECONDS, Snapshots
from core.lifecycle.telling import tell_workspace
from core.values.entities import Operation
from core.values.events import FilesChanged
from core.values.states import CheckpointKind

RESTORE_TO_STEPS = (
    ("keep", "keep the present as a checkpoint"),
    ("check", "look whether anything is in the way"),
    ("files", "bring the files back"),
    ("record", "record where the workspace is"),
)
REWIND_STEPS = (
    *RESTORE_TO_STEPS[:3],
    ("drop", "take the turns back"),
    RESTORE_TO_STEPS[3],
)


class Restoring:
    """The steps of going back to a checkpoint."""

    def __init__(self, context: Context, snapshots: Snapshots) -> None:
        self._context = context
        self._snapshots = snapshots

    def steps(self, operation: Operation, number: int) -> list[Step]:
        labels, name = dict(RESTORE_TO_STEPS), operation.workspace
        return [
            Step("keep", labels["keep"], lambda: self._keep(operation.id, name, number)),
            Step("check", labels["check"], lambda: self._all(operation.id, name, number, "check")),
            Step("files", labels["files"], lambda: self._files(operation.id, name, number), keeps=True),
            Step("record", labels["record"], lambda: self._record(name, number), keeps=True),
        ]

    def rewind_steps(self, operation: Operation, number: int, process_id: str) -> list[Step]:
        """The steps of going back to before a turn, which is taken back with all later ones."""
        *before, record = self.steps(operation, number)

        async def drop() -> None:
            await self._context.store.write(take_back, operation.id, process_id)

        return [*before, Step("drop", dict(REWIND_STEPS)["drop"], drop, keeps=True), record]

    async def _keep(self, operation_id: str, name: str, number: int) -> None:
        states = await self._context.store.read(checkpoint_states, name, number)
        coming = {repo_id: state.commit for repo_id, state in states.items()}
        message = f"before going back to {number}"
        kept = await self._snapshots.checkpoint(name, CheckpointKind.BEFORE_RESTORE, message, coming)
        await self._context.operations.set_result(operation_id, before=kept.number)

    async def _files(self, operation_id: str, name: str, number: int) -> None:
        try:
            await self._all(operation_id, name, number, "restore")
        except BoatyardError as error:
            before = (await self._context.operations.get(operation_id)).result.get("before")
            back = f"What was there is kept: boatyard workspace restore-to {name} {before}"
            error.hint = f"{error.hint} {back}".strip()
            raise
        finally:
            self._context.hub.publish(FilesChanged(workspace=name))

    async def _all(
        self, operation_id: str, name: str, number: int, mode: Literal["check", "restore"]
    ) -> None:
        facts = await self._context.store.read(workspace_facts, name)
        before = (await self._context.operations.get(operation_id)).result.get("before")
        if not isinstance(before, int):
            raise ConflictError("what was there has not been kept", hint="Go back again.")
        wanted = await self._context.store.read(checkpoint_states, name, number)
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
                f"files of {repo.name} in {facts.name!r} changed while it was to go back",
                hint="Stop what changes them, and try again.",
            )
        if answer.exit_code:
            said = answer.err.decode(errors="replace").strip()[-500:]
            raise GitError(
                f"{repo.name} in {facts.name!r} cannot go back to the checkpoint: {said}",
                hint=f"Look at it there: boatyard workspace exec {facts.name} -- git status",
                details={"exit_code": answer.exit_code},
            )

    async def _record(self, name: str, number: int) -> None:
        await self._snapshots.take(name)
        await self._context.store.write(give_back, name, number)
        await tell_workspace(self._context, name)
