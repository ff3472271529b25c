"""Routes about conversations: prompts, approvals, the queue."""

from __future__ import annotations

from core.server.routes.route import WORKSPACE, Route
from core.values import entities as v
from core.values import requests as ask
from core.values.answers import RemovedAnswer, SendAnswer, StoppedAnswer
from core.values.conversation import Conversation

ROUTES = (
    Route(
        "POST",
        WORKSPACE + "/send",
        lambda c: c.engine.sessions.send(c.part("name"), c.body),
        SendAnswer,
        ask.SendPrompt,
    ),
    Route("POST", WORKSPACE + "/stop", lambda c: c.engine.sessions.stop(c.part("name")), StoppedAnswer),
    Route(
        "GET",
        WORKSPACE + "/approvals",
        lambda c: c.engine.sessions.approvals(c.part("name")),
        tuple[v.Approval, ...],
    ),
    Route(
        "POST",
        "/approvals/{id}/answer",
        lambda c: c.engine.sessions.answer(c.part("id"), c.body),
        v.Approval,
        ask.AnswerApproval,
    ),
    Route(
        "GET",
        WORKSPACE + "/conversation",
        lambda c: c.engine.conversations.window(c.part("name"), c.number("end", -1), c.number("limit", 200)),
        Conversation,
        query=("end", "limit"),
    ),
    Route(
        "GET",
        WORKSPACE + "/queue",
        lambda c: c.engine.sessions.queue(c.part("name")),
        tuple[v.QueuedPrompt, ...],
    ),
    Route(
        "DELETE",
        WORKSPACE + "/queue/{id}",
        lambda c: c.engine.sessions.drop_queued(c.part("name"), c.part("id")),
        RemovedAnswer,
    ),
    Route(
        "GET",
        WORKSPACE + "/sessions",
        lambda c: c.engine.sessions.list(c.part("name")),
        tuple[v.Session, ...],
    ),
)
