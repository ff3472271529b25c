"""What a workspace was prepared with: asked for after its making."""

from __future__ import annotations

import asyncio
from pathlib import Path

from core.lifecycle.context import Context
from core.lifecycle.copy_files import kept_report
from core.lifecycle.facts import workspace_facts
from core.lifecycle.place import Place
from core.store import lookup
from core.values.answers import BuildLog
from core.values.entities import CopiedFiles

LOG_LIMIT = 2**20


class Preparation:
    """What a user can ask about the making of a workspace."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def copied(self, name: str) -> tuple[CopiedFiles, ...]:
        """What was copied into each clone from beside git, and what matched nothing."""
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        facts = await self._context.store.read(workspace_facts, name)
        place = Place(self._context.home, name)
        reports = [
            await asyncio.to_thread(_report, repo.name, place.copied(repo.name)) for repo in facts.repos
        ]
        return tuple(report for report in reports if report is not None)

    async def build_log(self, name: str) -> BuildLog:
        """What the building of the workspace's image said; its last MiB."""
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        path = Place(self._context.home, name).build_log
        return BuildLog(text=await asyncio.to_thread(_tail, path))


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - LOG_LIMIT))
            return file.read(LOG_LIMIT).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def _report(repo: str, path: Path) -> CopiedFiles | None:
    report = kept_report(path)
    if report is None:
        return None
    return CopiedFiles(
        repo=repo,
        files=tuple(report.files),
        kept=tuple(report.kept),
        left=tuple((name, why) for name, why in report.left),
        unmatched=tuple(report.unmatched),
    )
