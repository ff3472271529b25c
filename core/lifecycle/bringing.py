"""What a new workspace gets beside its clones' commits: the files that its repos' patterns choose."""

from __future__ import annotations

import asyncio
import errno
from dataclasses import dataclass
from pathlib import Path

from core.errors import StorageError
from core.git.left_out import exclude
from core.git.user_repository import inspect_repository
from core.lifecycle.context import Context
from core.lifecycle.copy_files import Copied, copy_files, keep_report, names_left_out, write_new
from core.lifecycle.facts import RepoFacts, workspace_facts
from core.lifecycle.patterns import Patterns
from core.lifecycle.place import Place
from core.store import models as m
from core.values.wording import counted


@dataclass(frozen=True)
class _Template:
    name: str
    files: tuple[tuple[str, bytes], ...]


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
        lines += await self._from_template(place, facts.repos[0], operation_id)
        await self._context.operations.report(operation_id, "files", detail="\n".join(lines))

    async def _from_template(self, place: Place, repo: RepoFacts, operation_id: str) -> list[str]:
        """Writes the files of the template that was asked for; unlike copies they are part of the work."""
        template = await self._context.store.read(_template_of, operation_id)
        if template is None:
            return []
        clone = place.clone(repo.name).worktree
        written, kept = 0, []
        for path, content in template.files:
            try:
                if await asyncio.to_thread(write_new, clone, path, content):
                    written += 1
                else:
                    kept.append(path)
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise StorageError(f"{path} cannot be written: {error.strerror}") from error
                kept.append(f"{path} ({error.strerror})")
        there = f"; already there: {', '.join(kept)}" if kept else ""
        return [f"{repo.name}: {counted(written, 'file')} of the template {template.name}{there}"]

    async def _copy(self, place: Place, repo: RepoFacts) -> Copied:
        source = await inspect_repository(repo.path)
        return await asyncio.to_thread(self._copy_now, place, repo, source.path)

    def _copy_now(self, place: Place, repo: RepoFacts, source: Path) -> Copied:
        clone = place.clone(repo.name)
        report = copy_files(source, clone.worktree, Patterns(repo.copy_files))
        keep_report(place.copied(repo.name), report)
        exclude(clone, names_left_out(place.copied(repo.name)))
        return report


def _template_of(operation_id: str) -> _Template | None:
    """The template that a creation was asked to use, if it is still there."""
    template_id = m.Operation.get_by_id(operation_id).arguments.get("template")
    row = m.Template.get_or_none(m.Template.id == template_id) if template_id else None
    if row is None:
        return None
    return _Template(row.name, tuple((file.path, bytes(file.content)) for file in row.files))
