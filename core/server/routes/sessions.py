"""Routes about conversations: prompts, approvals, the queue."""

from __future__ import annotations

from core.server.routes.route import PROJECT, WORKSPACE, Route
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
        lambda c: c.engine.conversations.window(
            c.part("name"), c.number("end", -1), c.number("limit", 200), c.text("session"), c.text("turn")
        ),
        Conversation,
        query=("end", "limit", "session", "turn"),
    ),
    Route(
        "GET",
        WORKSPACE + "/queue",
        lambda c: c.engine.queue.list(c.part("name")),
        tuple[v.QueuedPrompt, ...],
    ),
    Route(
        "DELETE",
        WORKSPACE + "/queue/{id}",
        lambda c: c.engine.queue.drop(c.part("name"), c.part("id")),
        RemovedAnswer,
    ),
    Route(
        "PATCH",
        WORKSPACE + "/queue/{id}",
        lambda c: c.engine.queue.update(c.part("name"), c.part("id"), c.body),
        v.QueuedPrompt,
        ask.UpdateQueued,
    ),
    Route(
        "POST",
        WORKSPACE + "/queue/resume",
        lambda c: c.engine.queue.resume(c.part("name")),
        tuple[v.QueuedPrompt, ...],
    ),
    Route(
        "POST",
        WORKSPACE + "/interrupt",
        lambda c: c.engine.sessions.interrupt(c.part("name")),
        StoppedAnswer,
    ),
    Route("POST", WORKSPACE + "/resume", lambda c: c.engine.spending.resume(c.part("name")), SendAnswer),
    Route("POST", WORKSPACE + "/seen", lambda c: c.engine.sessions.seen(c.part("name")), v.Workspace),
    Route("GET", PROJECT + "/rules", lambda c: c.engine.rules.list(c.part("id")), tuple[v.ApprovalRule, ...]),
    Route("DELETE", "/rules/{id}", lambda c: c.engine.rules.remove(c.part("id")), RemovedAnswer),
    Route(
        "GET",
        WORKSPACE + "/sessions",
        lambda c: c.engine.sessions.list(c.part("name")),
        tuple[v.Session, ...],
    ),
)
