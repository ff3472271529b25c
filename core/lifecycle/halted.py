"""Where an update of a workspace has stopped, as its row keeps it."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from core.review.update import Halt, Stage
from core.store import lookup
from core.store import models as m
from core.values.conflicts import Conflict, UpdateState


@dataclass(frozen=True)
class Halted:
    """An update that has stopped, as it is kept."""

    before: int
    halts: tuple[Halt, ...]

    def state(self) -> UpdateState:
        """As clients see it."""
        return UpdateState(
            style=self.halts[0].style,
            conflicts=tuple(
                Conflict(repo_id=halt.repo_id, path=path, kind=kind)
                for halt in self.halts
                for path, kind in halt.conflicts
            ),
            before=self.before,
            uncommitted=all(halt.stage is Stage.UNCOMMITTED for halt in self.halts),
        )


def read_halt(document: object) -> Halted | None:
    """What the workspace's row keeps of a stopped update."""
    if not isinstance(document, dict):
        return None
    return Halted(int(document["before"]), msgspec.convert(document["repos"], tuple[Halt, ...]))


def write_halt(name: str, halts: list[dict[str, object]], before: int) -> None:
    """Keeps where an update has stopped; nowhere, when there are none. Call on the store's thread.

    Args:
        name: The workspace.
        halts: One `Halt` per repo that has stopped, as plain data.
        before: Number of the checkpoint that was taken now; the first one of an update counts.
    """
    row = lookup.live_workspace(name)
    if not halts:
        row.update_halt = None
    else:
        first = int((row.update_halt or {}).get("before", before))
        state = Halted(first, msgspec.convert(halts, tuple[Halt, ...])).state()
        row.update_halt = {"before": first, "repos": halts, "state": msgspec.to_builtins(state)}
    row.save(only=[m.Workspace.update_halt])
