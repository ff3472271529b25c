"""What a new workspace gets beside its clones' commits: the files that its repos' patterns choose."""

from __future__ import annotations

import asyncio
from pathlib import Path

from core.git.left_out import exclude
from core.git.user_repository import inspect_repository
from core.lifecycle.context import Context
from core.lifecycle.copy_files import Copied, copy_files, keep_report, names_left_out
from core.lifecycle.facts import RepoFacts, workspace_facts
from core.lifecycle.patterns import Patterns
from core.lifecycle.place import Place


class Bringing:
    """Brings files into clones that no sandbox has seen yet."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def bring(self, name: str, operation_id: str) -> None:
        """Copies into each repo's clone, and tells the operation what matched and what did not.

        Raises:
            StorageError: The disk is full, or a tree cannot be read.
        """
        facts = await self._context.store.read(workspace_facts, name)
        place = Place(self._context.home, name)
        lines = []
        for repo in facts.repos:
            if repo.copy_files:
                report = await self._copy(place, repo)
                lines.append(f"{repo.name}: {report.summary()}")
        await self._context.operations.report(operation_id, "files", detail="\n".join(lines))

    async def _copy(self, place: Place, repo: RepoFacts) -> Copied:
        source = await inspect_repository(repo.path)
        return await asyncio.to_thread(self._copy_now, place, repo, source.path)

    def _copy_now(self, place: Place, repo: RepoFacts, source: Path) -> Copied:
        clone = place.clone(repo.name)
        report = copy_files(source, clone.worktree, Patterns(repo.copy_files))
        keep_report(place.copied(repo.name), report)
        exclude(clone, names_left_out(place.copied(repo.name)))
        return report
