"""Paths of a workspace's files for `@` in prompts, from its latest snapshot: no sandbox is asked."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from core.git.path_text import name_to_text
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.review.fuzzy import PathList
from core.store import lookup
from core.values.prompting import PathMatch

KEPT = 8
"""Workspaces whose paths stay in memory."""
LIMIT = 200
QUERY_LIMIT = 200


class Paths:
    """Finds files by a few characters of their paths."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._kept: OrderedDict[str, tuple[tuple[str, ...], PathList]] = OrderedDict()

    async def find(self, name: str, query: str, limit: int) -> tuple[PathMatch, ...]:
        """The files that fit a query, the best first: tracked, and untracked that are not ignored.

        Args:
            name: The workspace.
            query: Characters of a path, in order.
            limit: Paths at most.
        """
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        paths = await self._paths(await self._context.store.read(workspace_facts, name))
        wanted, count = query[:QUERY_LIMIT], max(1, min(limit, LIMIT))
        fits = await asyncio.to_thread(paths.best, wanted, count)
        return tuple(PathMatch(path=fit.path, matched=fit.places) for fit in fits)

    async def _paths(self, facts: WorkspaceFacts) -> PathList:
        commits = tuple(repo.snapshot or repo.base_commit for repo in facts.repos)
        kept = self._kept.get(facts.name)
        if kept is None or kept[0] != commits:
            kept = (commits, await self._list(facts, commits))
            self._kept[facts.name] = kept
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(facts.name)
        return kept[1]

    async def _list(self, facts: WorkspaceFacts, commits: tuple[str, ...]) -> PathList:
        place, found = Place(self._context.home, facts.name), []
        for repo, commit in zip(facts.repos, commits, strict=True):
            below = f"{repo.name}/" if len(facts.repos) > 1 else ""
            git = place.depot(repo.repo_id).git
            if commit:
                listed = await git.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
                found.append((below, listed.out))

        def decode() -> PathList:
            return PathList(
                below + name_to_text(name) for below, listed in found for name in listed.split(b"\0") if name
            )

        return await asyncio.to_thread(decode)
