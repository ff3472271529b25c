"""A file as it was once, read by window from the depot's objects."""

from __future__ import annotations

from contextlib import aclosing

from core.git.depot import Depot
from core.git.tree_edit import LINK, TreeEntry
from core.review.files import PROBE, SCAN_LIMIT, LineWindow
from core.review.pictures import picture_words
from core.values.review import FileContent

SUBMODULE = "160000"


async def read_past_window(
    depot: Depot, entry: TreeEntry, path: str, *, start: int, limit: int
) -> FileContent:
    """A window of a file's lines.

    Args:
        depot: Where it is.
        entry: What a tree has there.
        path: What it is called, for the answer.
        start: Index of the first line wanted.
        limit: How many lines are wanted.
    """
    if entry.mode == SUBMODULE:
        line = f"submodule at {entry.id}"
        return FileContent(path=path, size=0, binary=False, start=0, lines=(line,), more=False)
    size = int((await depot.git.run("cat-file", "-s", entry.id)).text)
    lines, head, read = LineWindow(start, limit), b"", 0
    if entry.mode == LINK:
        lines.feed(b"link to ")
    async with aclosing(depot.git.stream("cat-file", "blob", entry.id)) as chunks:
        async for chunk in chunks:
            head = head if len(head) >= PROBE else head + chunk
            if b"\0" in head[:PROBE]:
                about = picture_words(head)
                return FileContent(
                    path=path, size=size, binary=True, start=0, lines=(), more=False, about=about
                )
            read += len(chunk)
            lines.feed(chunk)
            if lines.full or read >= SCAN_LIMIT:
                break
    if lines.pending and not lines.full:
        lines.end_line()
    return FileContent(
        path=path, size=size, binary=False, start=start, lines=tuple(lines.lines),
        more=lines.full or read < size,
    )  # fmt: skip
