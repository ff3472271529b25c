"""What the engine in memory finds: paths, lines in files, anything that was said."""

from __future__ import annotations

from core.errors import UsageError
from core.values.prompting import PathMatch
from core.values.review import (
    FoundLine,
    FoundLines,
)
from core.values.search import SearchAnswer
from tests.tui.fake_engine.state import State


class Finding(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    async def find_paths(self, name: str, query: str, *, limit: int = 20) -> tuple[PathMatch, ...]:
        found = [path for path in self.paths if query in path]
        return tuple(
            PathMatch(path=path, matched=tuple(range(path.find(query), path.find(query) + len(query))))
            for path in found[:limit]
        )

    async def search(
        self, text: str, *, workspace: str = "", kind: str = "", limit: int = 50, cursor: str = ""
    ) -> SearchAnswer:
        self._asked("search", (text, workspace, kind, cursor))
        found = [
            hit
            for hit in self.hits
            if all(word.casefold() in hit.text.casefold() for word in text.split())
            and workspace in ("", hit.workspace)
            and kind in ("", hit.kind)
        ]
        first = int(cursor or 0)
        more = str(first + limit) if len(found) > first + limit else ""
        return SearchAnswer(hits=tuple(found[first : first + limit]), cursor=more)

    async def grep(
        self, name: str, text: str, *, regex: bool = False, ignore_case: bool = False, limit: int = 200,
        latest: bool = False,
    ) -> FoundLines:  # fmt: skip
        self._asked("grep", (name, text, regex, ignore_case, latest))
        if regex and "(" in text:
            raise UsageError("that is no expression", hint="Escape it.")
        found = [
            FoundLine(path=path, line=number, text=line)
            for path, lines in self.contents.items()
            for number, line in enumerate(lines, 1)
            if text in (line.lower() if ignore_case else line)
        ]
        return FoundLines(lines=tuple(found[:limit]), more=len(found) > limit)
