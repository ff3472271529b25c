"""The client's calls about a workspace's files, its diff and its merge."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.provenance import FileHistory, LinesFrom
from core.values.review import (
    DiffSummary,
    FileContent,
    FileDiff,
    FileNode,
    FoundLines,
    MergePreview,
    MergeResult,
    SixelTerminal,
    SmallPicture,
    UnmergePreview,
    UnmergeResult,
)
from core.values.states import MergeStyle

Query = dict[str, str | int]


class ReviewCalls:
    """A part of `core.client.Client`.

    What a diff compares is said by `base` (`target`, `turn`, `uncommitted`, `checkpoint:N`,
    `commit:REVISION`, `workspace:NAME`; empty: the target branches) and `until` (number of a checkpoint;
    0: the present, of which a snapshot is taken). Without `whitespace`, what differs in that alone is left
    out.
    """

    _http: Connection

    async def files(self, name: str, path: str = "", *, ignored: bool = False) -> tuple[FileNode, ...]:
        """The entries of one folder, folders first, on request those that git ignores, too; `path` is
        relative to the workspace's folder."""
        query = ({"path": path} if path else {}) | ({"ignored": "true"} if ignored else {})
        return await self._http.call(
            "GET", f"/workspaces/{part(name)}/files", tuple[FileNode, ...], query=query
        )

    async def file(self, name: str, path: str, *, start: int = 0, limit: int = 500) -> FileContent:
        """A window of a file's lines."""
        query: Query = {"path": path, "start": start, "limit": limit}
        return await self._http.call("GET", f"/workspaces/{part(name)}/file", FileContent, query=query)

    async def picture(
        self,
        name: str,
        path: str,
        *,
        width: int,
        height: int,
        background: str = "000000",
        sixel: SixelTerminal | None = None,
    ) -> SmallPicture:
        """A picture among the files, in at most so many pixels, over a colour as RRGGBB.

        Args:
            name: The workspace.
            path: The file.
            width: Pixels at most.
            height: Pixels at most.
            background: What is seen through it.
            sixel: The terminal, where the picture is wanted as Sixel, too.
        """
        query: Query = {"path": path, "width": width, "height": height, "background": background}
        if sixel is not None:
            cell: Query = {"cell_width": sixel.cell_width, "cell_height": sixel.cell_height}
            query = {**query, **cell, "colours": sixel.colours}
        return await self._http.call("GET", f"/workspaces/{part(name)}/picture", SmallPicture, query=query)

    async def grep(
        self, name: str, text: str, *, regex: bool = False, ignore_case: bool = False, limit: int = 200,
        latest: bool = False,
    ) -> FoundLines:  # fmt: skip
        """Lines of the workspace's files that have a text, or fit an expression; `latest` takes no snapshot
        first, and is quicker."""
        query: Query = {"text": text, "limit": limit}
        flags = {"regex": regex, "ignore_case": ignore_case, "latest": latest}
        query |= {flag: "true" for flag, given in flags.items() if given}
        return await self._http.call("GET", f"/workspaces/{part(name)}/grep", FoundLines, query=query)

    async def blame(self, name: str, path: str) -> tuple[LinesFrom, ...]:
        """Which turn, which prompt and which tool call brought each line of a file (`REPO/PATH`)."""
        where = f"/workspaces/{part(name)}/blame"
        return await self._http.call("GET", where, tuple[LinesFrom, ...], query={"path": path})

    async def file_history(self, name: str, path: str, *, start: int = 0, limit: int = 50) -> FileHistory:
        """A page of the changes of a file (`REPO/PATH`), the latest first, through renames."""
        where = f"/workspaces/{part(name)}/file/history"
        query: Query = {"path": path, "start": start, "limit": limit}
        return await self._http.call("GET", where, FileHistory, query=query)

    async def file_step(
        self, name: str, path: str, before: str, commit: str, *, start: int = 0, limit: int = 2000
    ) -> FileDiff:
        """A window of what a step of a file's history changed, with the step's own ids."""
        where = f"/workspaces/{part(name)}/file/step"
        query: Query = {"path": path, "before": before, "commit": commit, "start": start, "limit": limit}
        return await self._http.call("GET", where, FileDiff, query=query)

    async def past_file(
        self, name: str, path: str, commit: str, *, start: int = 0, limit: int = 500
    ) -> FileContent:
        """A window of the lines that a file had in a commit of its history."""
        where = f"/workspaces/{part(name)}/file/past"
        query: Query = {"path": path, "commit": commit, "start": start, "limit": limit}
        return await self._http.call("GET", where, FileContent, query=query)

    async def diff(
        self, name: str, *, base: str = "", until: int = 0, whitespace: bool = True, latest: bool = False,
        containing: str = "", repo: str = "",
    ) -> DiffSummary:  # fmt: skip
        """The files that differ; `latest` takes no snapshot first, comes at once, and may be old.

        With `containing` only those in which a line with that text, in whatever case, was added or removed;
        with `repo` (name or id) only those of one repo.
        """
        query = _compared(base, until, whitespace) | ({"containing": containing} if containing else {})
        query |= {"repo": repo} if repo else {}
        if latest:
            query["latest"] = "true"
        return await self._http.call("GET", f"/workspaces/{part(name)}/diff", DiffSummary, query=query)

    async def file_diff(
        self, name: str, repo_id: str, path: str, *, start: int = 0, limit: int = 2000, context: int = 3,
        base: str = "", until: int = 0, whitespace: bool = True, partial: bool = False,
    ) -> FileDiff:  # fmt: skip
        """A window of one file's diff lines, at the latest snapshot.

        With `partial` it comes as soon as its lines are there; the diff may then not be counted to its end.
        """
        query: Query = {
            "repo": repo_id, "path": path, "start": start, "limit": limit, "context": context,
            **({"partial": 1} if partial else {}), **_compared(base, until, whitespace),
        }  # fmt: skip
        return await self._http.call("GET", f"/workspaces/{part(name)}/diff/file", FileDiff, query=query)

    async def patch(
        self, name: str, *, base: str = "", until: int = 0, whitespace: bool = True, repo: str = ""
    ) -> str:
        """The whole diff, or that of one repo, as a patch text, as git writes it."""
        query = _compared(base, until, whitespace) | ({"repo": repo} if repo else {})
        return await self._http.call("GET", f"/workspaces/{part(name)}/diff/patch", str, query=query)

    async def merge_preview(self, name: str, style: MergeStyle | None = None) -> MergePreview:
        """What a merge would do, with its conflicts; nothing changes."""
        query = {"style": style.value} if style else None
        return await self._http.call("GET", f"/workspaces/{part(name)}/merge", MergePreview, query=query)

    async def merge(self, name: str, body: ask.MergeWorkspace) -> MergeResult:
        path = f"/workspaces/{part(name)}/merge"
        return await self._http.call("POST", path, MergeResult, body=body, patient=True)

    async def unmerge_preview(self, name: str) -> UnmergePreview:
        """What taking the last merge back would do, and what keeps it from that; nothing changes."""
        return await self._http.call("GET", f"/workspaces/{part(name)}/unmerge", UnmergePreview)

    async def unmerge(self, name: str, body: ask.UnmergeWorkspace) -> UnmergeResult:
        """Takes the last merge back in all repositories, or in none."""
        path = f"/workspaces/{part(name)}/unmerge"
        return await self._http.call("POST", path, UnmergeResult, body=body, patient=True)


def _compared(base: str, until: int, whitespace: bool) -> Query:
    query: Query = {"base": base} if base else {}
    query |= {"to": until} if until else {}
    return query | ({} if whitespace else {"whitespace": "ignore"})
