"""Routes about pull requests."""

from __future__ import annotations

from core.server.routes.route import WORKSPACE, Route
from core.values import requests as ask
from core.values.answers import SendAnswer
from core.values.pull_requests import ForgeStatus, PullDraft, PullLink, PullView

PULLS = WORKSPACE + "/pull-requests"

ROUTES = (
    Route("GET", "/forges", lambda c: c.engine.pulls.forges(), tuple[ForgeStatus, ...]),
    Route(
        "GET",
        PULLS,
        lambda c: c.engine.pulls.show(c.part("name"), c.text("repo")),
        tuple[PullView, ...],
        query=("repo",),
    ),
    Route(
        "GET",
        PULLS + "/draft",
        lambda c: c.engine.pulls.drafts(c.part("name"), c.text("repo"), c.text("remote"), c.text("base")),
        tuple[PullDraft, ...],
        query=("repo", "remote", "base"),
    ),
    Route(
        "POST",
        PULLS,
        lambda c: c.engine.pulls.open(c.part("name"), c.body),
        tuple[PullLink, ...],
        ask.OpenPullRequest,
    ),
    Route(
        "PATCH",
        PULLS,
        lambda c: c.engine.pulls.update(c.part("name"), c.body),
        tuple[PullLink, ...],
        ask.UpdatePullRequest,
    ),
    Route(
        "POST",
        PULLS + "/checks",
        lambda c: c.engine.pulls.send_checks(c.part("name"), c.body),
        SendAnswer,
        ask.SendChecks,
    ),
)
