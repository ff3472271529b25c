"""Warm spares: clones made ahead, so that the next workspace of a large repository need not wait for one.

A spare is a clone like any other that no sandbox has seen yet. It is taken by a rename and then brought to
the wanted commit, which writes only the files that differ. One is kept per repository, and only of those
whose clone takes noticeably long; it is made anew in a quiet moment after it was taken.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path

from core.errors import BoatyardError
from core.git.clone import WorkspaceClone, create_clone
from core.git.depot import Depot
from core.git.user_repository import Identity
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts

log = logging.getLogger(__name__)

SLOW_SECONDS = 0.5
"""A repository whose clone takes longer is worth the disk space of a spare."""
NOBODY = Identity("nobody", "nobody")


class Spares:
    """Keeps the spares of all repositories."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._refilling: dict[str, asyncio.Task[None]] = {}

    def of(self, repo_id: str) -> WorkspaceClone | None:
        """Where a repository's spare is, if there may be one."""
        if not self._context.config.workspace.warm_spares:
            return None
        return spare_clone(self._context.home.spares / repo_id)

    def note_clone(self, repo: RepoFacts, depot: Depot, seconds: float) -> None:
        """Called after a clone: makes a spare when it was slow, or when it has used one up."""
        spare = self.of(repo.repo_id)
        if spare is None or repo.repo_id in self._refilling:
            return
        if seconds >= SLOW_SECONDS or (spare.root.is_dir() and not spare.exists):
            task = asyncio.create_task(self._refill(repo, depot, spare))
            self._refilling[repo.repo_id] = task
            task.add_done_callback(lambda _: self._refilling.pop(repo.repo_id, None))

    async def settle(self) -> None:
        """Returns when no spare is being made."""
        await asyncio.gather(*self._refilling.values(), return_exceptions=True)

    async def close(self) -> None:
        """Stops making spares; what is half-made is never taken."""
        for task in self._refilling.values():
            task.cancel()
        await self.settle()

    async def _refill(self, repo: RepoFacts, depot: Depot, spare: WorkspaceClone) -> None:
        await self._context.operations.quiet()
        try:
            await asyncio.to_thread(spare.root.mkdir, 0o700, parents=True, exist_ok=True)
            commit = await depot.target(repo.target_branch)
            await create_clone(spare, depot, target=repo.target_branch, commit=commit, identity=NOBODY)
        except (BoatyardError, OSError) as error:  # the next workspace is made without one
            log.info("no spare of %s: %s", repo.name, error)


def boot_id() -> str:
    """Tells this start of the machine from every other (random(4)); empty where there is no such id.

    Files written shortly before the power went may be torn: a spare of an earlier start is made anew.
    """
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def spare_clone(folder: Path) -> WorkspaceClone:
    """The spare in a folder of its own."""
    return WorkspaceClone(
        root=folder,
        worktree=folder / "tree",
        git_dir=folder / "git",
        dot_git=folder / f"whole-{boot_id()}",
        workspace="spare",
        repo="spare",
    )


async def forget_spare(spares: Path, repo_id: str) -> None:
    """Deletes a repository's spare."""
    await asyncio.to_thread(shutil.rmtree, spares / repo_id, ignore_errors=True)
