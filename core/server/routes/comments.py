"""Routes about comments on diffs, and files that have been read."""

from __future__ import annotations

from core.server.routes.route import WORKSPACE, Route
from core.values import requests as ask
from core.values.answers import RemovedAnswer, ReviewedAnswer, SendAnswer
from core.values.comments import ReviewComment

COMMENT = "/comments/{id}"

ROUTES = (
    Route(
        "GET",
        WORKSPACE + "/comments",
        lambda c: c.engine.comments.list(c.part("name")),
        tuple[ReviewComment, ...],
    ),
    Route(
        "GET",
        WORKSPACE + "/comments/drafts",
        lambda c: c.engine.comments.drafts(c.part("name")),
        tuple[ReviewComment, ...],
    ),
    Route(
        "POST",
        WORKSPACE + "/comments",
        lambda c: c.engine.comments.add(c.part("name"), c.body),
        ReviewComment,
        ask.AddComment,
    ),
    Route(
        "POST",
        WORKSPACE + "/comments/send",
        lambda c: c.engine.comments.send(c.part("name"), c.body),
        SendAnswer,
        ask.SendComments,
    ),
    Route(
        "PATCH",
        COMMENT,
        lambda c: c.engine.comments.update(c.part("id"), c.body),
        ReviewComment,
        ask.UpdateComment,
    ),
    Route("POST", COMMENT + "/restore", lambda c: c.engine.comments.restore(c.part("id")), ReviewComment),
    Route("DELETE", COMMENT, lambda c: c.engine.comments.remove(c.part("id")), RemovedAnswer),
    Route(
        "POST",
        WORKSPACE + "/reviewed",
        lambda c: c.engine.comments.mark_reviewed(c.part("name"), c.body),
        ReviewedAnswer,
        ask.MarkReviewed,
    ),
)
