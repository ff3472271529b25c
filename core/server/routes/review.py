"""Routes about files, diffs and merges."""

from __future__ import annotations

from core.errors import UsageError
from core.server.call import Call
from core.server.routes.route import WORKSPACE, Route
from core.values import requests as ask
from core.values.review import DiffSummary, FileContent, FileDiff, FileNode, MergePreview, MergeResult
from core.values.states import MergeStyle


def _style(call: Call) -> MergeStyle | None:
    text = call.text("style")
    if text and text not in set(MergeStyle):
        raise UsageError(f"the merge style {text[:40]!r} is unknown", hint="Use merge, squash or rebase.")
    return MergeStyle(text) if text else None


def _between(call: Call) -> tuple[int, int]:
    """The checkpoints that a diff is between; 0 where none is named."""
    return call.number("from", 0), call.number("to", 0)


ROUTES = (
    Route(
        "GET",
        WORKSPACE + "/files",
        lambda c: c.engine.review.files(c.part("name"), c.text("path")),
        tuple[FileNode, ...],
        query=("path",),
    ),
    Route(
        "GET",
        WORKSPACE + "/file",
        lambda c: c.engine.review.file(
            c.part("name"), c.text("path"), c.number("start", 0), c.number("limit", 500)
        ),
        FileContent,
        query=("path", "start", "limit"),
    ),
    Route(
        "GET",
        WORKSPACE + "/diff",
        lambda c: c.engine.review.diff(c.part("name"), *_between(c)),
        DiffSummary,
        query=("from", "to"),
    ),
    Route(
        "GET",
        WORKSPACE + "/diff/file",
        lambda c: c.engine.review.file_diff(
            c.part("name"),
            c.text("repo"),
            c.text("path"),
            c.number("start", 0),
            c.number("limit", 2000),
            c.number("context", 3),
            *_between(c),
        ),
        FileDiff,
        query=("repo", "path", "start", "limit", "context", "from", "to"),
    ),
    Route(
        "GET",
        WORKSPACE + "/diff/patch",
        lambda c: c.engine.review.patch(c.part("name"), *_between(c)),
        str,
        query=("from", "to"),
    ),
    Route(
        "GET",
        WORKSPACE + "/merge",
        lambda c: c.engine.review.merge_preview(c.part("name"), _style(c)),
        MergePreview,
        query=("style",),
    ),
    Route(
        "POST",
        WORKSPACE + "/merge",
        lambda c: c.engine.review.merge(c.part("name"), c.body),
        MergeResult,
        ask.MergeWorkspace,
    ),
)
