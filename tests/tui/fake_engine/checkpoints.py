"""Checkpoints of the engine in memory."""

from __future__ import annotations

import msgspec

from core.errors import ConflictError
from core.values import events as told
from core.values import requests as ask
from core.values.answers import ExportAnswer
from core.values.entities import (
    Checkpoint,
    Operation,
)
from core.values.states import (
    CheckpointKind,
)
from tests.tui.fake_engine.state import State
from tests.tui.fake_engine.values import NOW, done


class Checkpoints(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    async def checkpoints(self, name: str) -> tuple[Checkpoint, ...]:
        self._asked("checkpoints", name)
        return tuple(self.checkpoints_)

    async def take_checkpoint(self, name: str, body: ask.TakeCheckpoint) -> Checkpoint:
        self._asked("take_checkpoint", (name, body.message))
        return self.put_checkpoint(name, CheckpointKind.MANUAL, body.message)

    def put_checkpoint(self, name: str, kind: CheckpointKind, message: str, files: int = 0) -> Checkpoint:
        number = len(self.checkpoints_) + 1
        checkpoint = Checkpoint(
            workspace=name, number=number, message=message, kind=kind, files=files, added=files,
            created_at=NOW,
        )  # fmt: skip
        self.checkpoints_.append(checkpoint)
        self.emit(told.CheckpointTaken(checkpoint=checkpoint))
        return checkpoint

    async def export_checkpoint(self, name: str, body: ask.ExportCheckpoint) -> ExportAnswer:
        self._asked("export_checkpoint", (name, body.number))
        raise ConflictError("the disk is full", hint="Free some space.")

    async def restore_to(self, name: str, body: ask.RestoreTo) -> Operation:
        self._asked("restore_to", (name, body.number))
        before = self.put_checkpoint(name, CheckpointKind.BEFORE_RESTORE, f"before {body.number}")
        return self.put_operation(
            msgspec.structs.replace(done("restore-to", name), result={"before": before.number})
        )

    async def rewind(self, name: str, body: ask.RewindWorkspace) -> Operation:
        self._asked("rewind", (name, body))
        kept = self.entries.get(name, [])
        first = next(at for at, each in enumerate(kept) if each.process_id == body.process)
        self.entries[name] = kept[:first]
        return self.put_operation(msgspec.structs.replace(done("rewind", name), result={"before": 7}))

    async def wait_operation(self, operation: str) -> Operation:
        return next(each for each in self.operations_.values() if each.id == operation)
