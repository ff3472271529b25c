"""What the supervisor tells everybody: a process and its workspace as they are now, and growth."""

from __future__ import annotations

from collections.abc import Iterable

from core.store import Store
from core.supervision import records
from core.supervision.hub import EventHub
from core.supervision.live import LiveProcess
from core.values.entities import Approval, Process
from core.values.events import ApprovalChanged, EntryChanged, LogGrew, ProcessChanged, WorkspaceChanged


class Bulletin:
    """Publishes what the store holds of processes."""

    def __init__(self, store: Store, hub: EventHub) -> None:
        self._store = store
        self._hub = hub

    async def tell(self, process_id: str) -> Process:
        """Publishes a process and its workspace as they are now."""
        process, workspace = await self._store.read(records.process_and_workspace, process_id)
        self._hub.publish(ProcessChanged(process=process))
        self._hub.publish(WorkspaceChanged(workspace=workspace))
        return process

    def approvals(self, approvals: Iterable[Approval]) -> None:
        """Publishes what has become of requests."""
        for approval in approvals:
            self._hub.publish(ApprovalChanged(approval=approval))

    def growth(self, live: LiveProcess) -> None:
        """Publishes how large the log is now, and the entries that have changed."""
        self._hub.publish(LogGrew(workspace=live.workspace, process_id=live.id, size=live.size))
        if live.turn is not None:
            for entry, keep in live.turn.untold():
                self._hub.publish(
                    EntryChanged(workspace=live.workspace, session_id=live.session_id, entry=entry, keep=keep)
                )
