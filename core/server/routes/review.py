"""Routes about files, diffs and merges."""

from __future__ import annotations

from core.engine.comparing import DiffRequest
from core.errors import UsageError
from core.git.diff import Shown
from core.review.base import parse_base
from core.server.call import Call
from core.server.routes.route import WORKSPACE, Route
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

CONTEXT_LIMIT = 20_000
"""Unchanged lines around a change that can be asked for."""


def _style(call: Call) -> MergeStyle | None:
    text = call.text("style")
    if text and text not in set(MergeStyle):
        raise UsageError(f"the merge style {text[:40]!r} is unknown", hint="Use merge, squash or rebase.")
    return MergeStyle(text) if text else None


COMPARED = ("base", "to", "context", "whitespace")
"""The parameters that say what a diff compares, and how: see `_request`."""


def _request(call: Call) -> DiffRequest:
    """`base` as `core.review.base` reads it, `to` the number of a checkpoint, `whitespace=ignore`."""
    whitespace = call.text("whitespace")
    if whitespace not in ("", "ignore"):
        raise UsageError(
            f"whitespace={whitespace[:40]} means nothing", hint="Use whitespace=ignore, or leave it out."
        )
    shown = Shown(context=max(0, min(call.number("context", 3), CONTEXT_LIMIT)), whitespace=not whitespace)
    return DiffRequest(parse_base(call.text("base")), call.number("to", 0), shown)


def _sixel_terminal(call: Call) -> SixelTerminal | None:
    """The terminal for which a picture is also wanted as Sixel: where `cell_width` is given."""
    if not (width := call.number("cell_width", 0)):
        return None
    return SixelTerminal(
        cell_width=width,
        cell_height=call.number("cell_height", 2 * width),
        colours=call.number("colours", 256),
    )


ROUTES = (
    Route(
        "GET",
        WORKSPACE + "/blame",
        lambda c: c.engine.provenance.blame(c.part("name"), c.text("path")),
        tuple[LinesFrom, ...],
        query=("path",),
    ),
    Route(
        "GET",
        WORKSPACE + "/files",
        lambda c: c.engine.review.files(c.part("name"), c.text("path"), c.flag("ignored")),
        tuple[FileNode, ...],
        query=("path", "ignored"),
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
        WORKSPACE + "/file/history",
        lambda c: c.engine.file_histories.history(
            c.part("name"), c.text("path"), c.number("start", 0), c.number("limit", 50)
        ),
        FileHistory,
        query=("path", "start", "limit"),
    ),
    Route(
        "GET",
        WORKSPACE + "/file/step",
        lambda c: c.engine.file_histories.diff(
            c.part("name"),
            c.text("path"),
            c.text("before"),
            c.text("commit"),
            c.number("start", 0),
            c.number("limit", 2000),
        ),
        FileDiff,
        query=("path", "before", "commit", "start", "limit"),
    ),
    Route(
        "GET",
        WORKSPACE + "/file/past",
        lambda c: c.engine.file_histories.content(
            c.part("name"), c.text("path"), c.text("commit"), c.number("start", 0), c.number("limit", 500)
        ),
        FileContent,
        query=("path", "commit", "start", "limit"),
    ),
    Route(
        "GET",
        WORKSPACE + "/picture",
        lambda c: c.engine.review.picture(
            c.part("name"),
            c.text("path"),
            c.number("width", 80),
            c.number("height", 80),
            c.text("background") or "000000",
            _sixel_terminal(c),
        ),
        SmallPicture,
        query=("path", "width", "height", "background", "cell_width", "cell_height", "colours"),
    ),
    Route(
        "GET",
        WORKSPACE + "/grep",
        lambda c: c.engine.grepping.find(
            c.part("name"),
            c.text("text"),
            regex=c.flag("regex"),
            ignore_case=c.flag("ignore_case"),
            limit=c.number("limit", 200),
            fresh=not c.flag("latest"),
        ),
        FoundLines,
        query=("text", "regex", "ignore_case", "limit", "latest"),
    ),
    Route(
        "GET",
        WORKSPACE + "/diff",
        lambda c: c.engine.review.diff(
            c.part("name"),
            _request(c),
            latest=c.flag("latest"),
            containing=c.text("containing"),
            repo=c.text("repo"),
        ),
        DiffSummary,
        query=(*COMPARED, "latest", "containing", "repo"),
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
            _request(c),
            not c.flag("partial"),
        ),
        FileDiff,
        query=("repo", "path", "start", "limit", "partial", *COMPARED),
    ),
    Route(
        "GET",
        WORKSPACE + "/diff/patch",
        lambda c: c.engine.review.patch(c.part("name"), _request(c), repo=c.text("repo")),
        str,
        query=(*COMPARED, "repo"),
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
    Route(
        "GET",
        WORKSPACE + "/unmerge",
        lambda c: c.engine.unmerging.preview(c.part("name")),
        UnmergePreview,
    ),
    Route(
        "POST",
        WORKSPACE + "/unmerge",
        lambda c: c.engine.unmerging.unmerge(c.part("name"), c.body),
        UnmergeResult,
        ask.UnmergeWorkspace,
    ),
)
