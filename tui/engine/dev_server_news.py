"""What becomes of dev servers: at what address one that was started here is found, and which have failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.values.states import ProcessStatus, RunReason

if TYPE_CHECKING:
    from core.values.entities import Process
    from tui.engine.changes import Changes
    from tui.engine.store import Store

_BAD = (ProcessStatus.FAILED, ProcessStatus.LOST)


class DevServerNews:
    """Tells it once, as soon as the engine does."""

    def __init__(self, store: Store, say: Callable[[str], None], fail: Callable[[str, str], None]) -> None:
        """
        Args:
            store: Where the news comes from.
            say: Told what has happened; keys in it are named by their actions, in braces.
            fail: Told what has failed, and what to do next, likewise.
        """
        self._store = store
        self._say = say
        self._fail = fail
        self._expected: set[str] = set()
        self._told: set[str] = set()
        """Processes of which it was told."""
        store.watch(self._on_changes)

    def expect(self, workspace: str) -> None:
        """Something is about to be started in a workspace; what is known of its servers is no news."""
        self._expected.add(workspace)
        self._told.update(server.process_id for server in self._store.workspaces[workspace].dev_servers)

    def _on_changes(self, changes: Changes) -> None:
        for name in changes.workspaces & self._expected & self._store.workspaces.keys():
            for server in self._store.workspaces[name].dev_servers:
                if (server.url or server.notice) and server.process_id not in self._told:
                    self._told.add(server.process_id)
                    served = f"serves {server.url}: {{dev}} opens it or stops it"
                    self._say(
                        f"{name} {served}" if server.url else f"{server.repo} in {name}: {server.notice}"
                    )
        for id_ in changes.processes:
            process = self._store.processes[id_]
            if process.run_reason is RunReason.DEV_SERVER and process.status in _BAD:
                self._fail(
                    f"The dev server of {process.workspace} has failed: {_how(process)}",
                    "What it wrote is in the session's processes, some tabs on: {inner-next}",
                )


def _how(process: Process) -> str:
    if process.reason:
        return process.reason
    return "it is not known how" if process.exit_code is None else f"exit code {process.exit_code}"
