"""What makes the user look up: a bell, a notification of the terminal, the terminal's title.

Once per change of a workspace's state, never for what was so when the interface began, and not more often
than every few seconds, however many agents there are.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.values.states import Activity, WorkspaceState
from tui.text.literal import plain

if TYPE_CHECKING:
    from core.values.entities import Workspace
    from tui.engine.changes import Changes
    from tui.engine.preferences import Preferences
from tui.engine.store import Store

REST_SECONDS = 2.0
"""The least time between two bells."""
NOTIFICATIONS = ("bell", "osc9", "osc777", "none")
SAVE_TITLE, RESTORE_TITLE = "\x1b[22;0t", "\x1b[23;0t"

_RANKS = {Activity.WAITING: 0, Activity.ASKING: 0, Activity.FAILED: 1, Activity.UNSEEN: 2}
_WORDS = {
    Activity.WAITING: "waits for approval", Activity.ASKING: "waits for input", Activity.FAILED: "failed",
    Activity.UNSEEN: "has finished",
}  # fmt: skip


def need_of(workspace: Workspace) -> Activity | None:
    """Why a workspace needs the user; None: it does not."""
    if workspace.archived:
        return None
    if workspace.state is WorkspaceState.FAILED:
        return Activity.FAILED
    return workspace.activity if workspace.activity in _RANKS else None


def in_need(store: Store) -> list[str]:
    """Names of the workspaces that need the user: those that wait first, what has only finished last."""
    found = [(_RANKS[need], w.name) for w in store.workspaces.values() if (need := need_of(w)) is not None]
    return [name for _, name in sorted(found)]


class Attention:
    """Watches the store and tells the terminal."""

    def __init__(self, store: Store, preferences: Preferences, write: Callable[[str], None]) -> None:
        self._store = store
        self._preferences = preferences
        self._write = write
        self._needs: dict[str, Activity] = {}
        self._rung = float("-inf")
        self._title = ""

    def take(self, changes: Changes) -> None:
        """Looks at what is different now."""
        needs = {w.name: need for w in self._store.workspaces.values() if (need := need_of(w)) is not None}
        new = [name for name, need in needs.items() if self._needs.get(name) is not need]
        self._needs = needs
        if not changes.everything:
            self._ring([name for name in new if not self._muted(name)])
        self._entitle()

    def _muted(self, name: str) -> bool:
        task = self._store.tasks.get(self._store.workspaces[name].task_id)
        return task is not None and task.project_id in self._preferences.muted

    def _ring(self, names: list[str]) -> None:
        if not names or time.monotonic() - self._rung < REST_SECONDS or self._preferences.notify == "none":
            return
        self._rung = time.monotonic()
        self._write("\x07")
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        text = f"{names[0]} {_WORDS[self._needs[names[0]]]}{more}"
        if self._preferences.notify == "osc9":
            self._write(through_tmux(f"\x1b]9;{sendable(text)}\x07"))
        elif self._preferences.notify == "osc777":
            self._write(through_tmux(f"\x1b]777;notify;Boatyard;{sendable(text)}\x07"))

    def _entitle(self) -> None:
        waiting = sum(need in (Activity.WAITING, Activity.ASKING) for need in self._needs.values())
        title = f"({waiting}!) boatyard" if waiting else "boatyard"
        if title != self._title:
            self._title = title
            self._write(f"\x1b]2;{title}\x07")


def sendable(text: str) -> str:
    """A text inside of a control sequence: nothing in it can end that or begin another field."""
    return plain(text)[:200].replace(";", ",")


def through_tmux(sequence: str) -> str:
    """Wrapped so that tmux hands it on, where the user has allowed it to."""
    if not os.environ.get("TMUX"):
        return sequence
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
