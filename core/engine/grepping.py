"""Text found in a workspace's files: tracked, changed and untracked, of a snapshot that is taken for it."""

from __future__ import annotations

from core.engine.comparing import Comparing
from core.git.grep import grep
from core.git.path_text import name_to_text
from core.lifecycle.context import Context
from core.lifecycle.place import Place
from core.lifecycle.snapshots import Snapshots
from core.values.review import FoundLine, FoundLines

LIMIT = 2000


class Grepping:
    """Looks for text in files; ignored files are in no snapshot, and not looked at."""

    def __init__(self, context: Context, comparing: Comparing, snapshots: Snapshots) -> None:
        self._context = context
        self._comparing = comparing
        self._snapshots = snapshots

    async def find(
        self, name: str, text: str, *, regex: bool, ignore_case: bool, limit: int, fresh: bool
    ) -> FoundLines:
        """The first lines that have a text.

        Args:
            name: The workspace.
            text: What to look for; with `regex` an extended regular expression.
            regex: See `text`.
            ignore_case: Whether capitals make no difference.
            limit: Lines at most.
            fresh: Whether to take a snapshot first; else the latest one is looked at, if there is one.

        Raises:
            UsageError: The expression is none.
        """
        facts = await self._comparing.live(name)
        if fresh or not all(repo.snapshot for repo in facts.repos):
            facts = await self._snapshots.take(name)
        found: list[FoundLine] = []
        more = False
        count = max(1, min(limit, LIMIT))
        for repo in facts.repos:
            depot = Place(self._context.home, name).depot(repo.repo_id)
            matches, cut = await grep(
                depot, repo.snapshot, text, regex=regex, ignore_case=ignore_case, limit=count - len(found)
            )
            found += [
                FoundLine(
                    path=f"{repo.name}/{name_to_text(match.path)}",
                    line=match.line,
                    text=match.text.decode("utf-8", "backslashreplace"),
                )
                for match in matches
            ]
            more = more or cut
        return FoundLines(lines=tuple(found), more=more)
