"""Taking merges back: what it would do, and having it done."""

from __future__ import annotations

from core.engine.landing_queue import LandingQueues
from core.lifecycle.unmerging import Unmerging
from core.values.requests import UnmergeWorkspace
from core.values.review import UnmergePreview, UnmergeResult


class Unmerges:
    """What a user can have taken back. An agent may work meanwhile: nothing of its workspace changes."""

    def __init__(self, unmerging: Unmerging, queues: LandingQueues) -> None:
        self._unmerging = unmerging
        self._queues = queues

    async def preview(self, name: str) -> UnmergePreview:
        """What taking the last merge back would do now, and what keeps it from that; nothing changes."""
        return await self._unmerging.preview(name)

    async def unmerge(self, name: str, body: UnmergeWorkspace) -> UnmergeResult:
        """Takes the last merge back in all repositories, or in none.

        Raises:
            ConflictError: It cannot be; the hint says what can be done instead. Nothing changed.
            GitError: git or a hook refused. All is as it was.
        """
        result = await self._unmerging.unmerge(name, body.commits)
        await self._queues.tell()
        return result
