"""Bringing a workspace back to a checkpoint, over all its repos; the present is kept as another one first."""

from __future__ import annotations

from core.lifecycle.checkpoint_records import RepoState, checkpoint_states
from core.lifecycle.context import Context
from core.lifecycle.operation import Step
from core.lifecycle.placing import Placing
from core.lifecycle.rewinding import give_back, take_back
from core.lifecycle.snapshots import Snapshots
from core.lifecycle.telling import tell_workspace
from core.values.entities import Operation

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

    def __init__(self, context: Context, snapshots: Snapshots, placing: Placing) -> None:
        self._context = context
        self._snapshots = snapshots
        self._placing = placing

    def steps(self, operation: Operation, number: int) -> list[Step]:
        labels, name, placing = dict(RESTORE_TO_STEPS), operation.workspace, self._placing

        async def wanted() -> dict[str, RepoState]:
            return await self._context.store.read(checkpoint_states, name, number)

        async def keep() -> None:
            await placing.keep(operation.id, name, await wanted(), f"before going back to {number}")

        async def check() -> None:
            await placing.check(operation.id, name, await wanted())

        async def files() -> None:
            await placing.files(operation.id, name, await wanted())

        return [
            Step("keep", labels["keep"], keep),
            Step("check", labels["check"], check),
            Step("files", labels["files"], files, keeps=True),
            Step("record", labels["record"], lambda: self._record(name, number), keeps=True),
        ]

    def rewind_steps(self, operation: Operation, number: int, process_id: str) -> list[Step]:
        """The steps of going back to before a turn, which is taken back with all later ones."""
        *before, record = self.steps(operation, number)

        async def drop() -> None:
            await self._context.store.write(take_back, operation.id, process_id)

        return [*before, Step("drop", dict(REWIND_STEPS)["drop"], drop, keeps=True), record]

    async def _record(self, name: str, number: int) -> None:
        await self._snapshots.take(name)
        await self._context.store.write(give_back, name, number)
        await tell_workspace(self._context, name)
