"""Where a diff comes from: the engine's answers about one workspace and one comparison."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.values.comments import Side
from core.values.review import DiffLine, LineKind
from tui.diff.bases import Compared

if TYPE_CHECKING:
    from core.client import Client
    from core.values.review import DiffSummary, FileChange, FileDiff

SEEK = 4000
"""Lines that are looked through at a time."""


@dataclass(frozen=True)
class DiffSource:
    """What is compared, and how; every call raises a `BoatyardError` where the engine refuses or is away."""

    workspace: str
    compared: Compared = field(default_factory=Compared)
    whitespace: bool = True
    """Whether changes in whitespace alone count."""

    def with_whitespace(self, whitespace: bool) -> DiffSource:
        """The same comparison, showing other changes of it."""
        return replace(self, whitespace=whitespace)

    async def summary(self, client: Client, *, latest: bool) -> DiffSummary:
        """The files that differ; `latest`: as they were when somebody last looked, which comes at once."""
        compared = self.compared
        return await client.diff(
            self.workspace, base=compared.base, until=compared.until, whitespace=self.whitespace,
            latest=latest, repo=compared.repo,
        )  # fmt: skip

    async def window(
        self, client: Client, file: FileChange, start: int, limit: int, context: int, *, partial: bool = False
    ) -> FileDiff:
        """Some lines of a file's diff; `partial`: before all of them have been counted."""
        return await client.file_diff(
            self.workspace, file.repo_id, file.path, start=start, limit=limit, context=context,
            base=self.compared.base, until=self.compared.until, whitespace=self.whitespace, partial=partial,
        )  # fmt: skip

    async def containing(self, client: Client, needle: str) -> list[tuple[str, str]]:
        """Repository and path of the files with a changed line that has `needle`, in whatever case."""
        found = await client.diff(
            self.workspace, base=self.compared.base, until=self.compared.until, whitespace=self.whitespace,
            latest=True, containing=needle, repo=self.compared.repo,
        )  # fmt: skip
        return [(file.repo_id, file.path) for file in found.files]

    async def find(
        self, client: Client, file: FileChange, context: int, *, start: int | None, step: int, needle: str
    ) -> int | None:
        """The number of the next line that fits, window by window up to the file's end.

        Args:
            client: Asked for the windows.
            file: The one looked through.
            context: Unchanged lines around a change.
            start: The first line to look at; None: the one at the end that one comes from.
            step: 1 downwards, -1 upwards.
            needle: In lower case; empty: the next hunk.
        """
        at = start if start is not None else 0
        if start is None and step < 0:
            at = (await self.window(client, file, 0, 1, context)).total - 1
        while at >= 0:
            first = at if step > 0 else max(0, at - SEEK + 1)
            limit = SEEK if step > 0 else at - first + 1
            diff = await self.window(client, file, first, limit, context)
            hits = [n for n, line in enumerate(diff.lines) if _fits(line, needle)]
            if hits:
                return first + (hits[0] if step > 0 else hits[-1])
            at = first + len(diff.lines) if step > 0 else first - 1
            if at >= diff.total or not diff.lines:
                break
        return None

    async def line_of(
        self, client: Client, file: FileChange, context: int, side: Side, number: int
    ) -> int | None:
        """Which line of the diff, from 0, is `number` on that side; None: it is not among them."""
        at = 0
        while True:
            diff = await self.window(client, file, at, SEEK, context)
            numbers = [line.new if side is Side.NEW else line.old for line in diff.lines]
            if number in numbers:
                return at + numbers.index(number)
            at += len(diff.lines)
            if at >= diff.total or not diff.lines:
                return None


def _fits(line: DiffLine, needle: str) -> bool:
    return needle in line.text.casefold() if needle else line.kind is LineKind.HUNK
