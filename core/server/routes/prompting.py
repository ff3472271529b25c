"""Routes about what prompts are made from: tags, drafts, pictures, paths."""

from __future__ import annotations

from core.server.routes.route import TASK, WORKSPACE, Route
from core.values import requests as ask
from core.values.answers import RemovedAnswer
from core.values.prompting import Image, PathMatch, Scratch, Tag

TAG, SCRATCH = "/tags/{id}", "/scratch/{kind}/{id}"

ROUTES = (
    Route("GET", "/tags", lambda c: c.engine.tags.list(), tuple[Tag, ...]),
    Route("POST", "/tags", lambda c: c.engine.tags.add(c.body), Tag, ask.AddTag),
    Route("GET", TAG, lambda c: c.engine.tags.get(c.part("id")), Tag),
    Route("PATCH", TAG, lambda c: c.engine.tags.update(c.part("id"), c.body), Tag, ask.UpdateTag),
    Route("DELETE", TAG, lambda c: c.engine.tags.remove(c.part("id")), RemovedAnswer),
    Route("GET", SCRATCH, lambda c: c.engine.scratches.get(c.part("kind"), c.part("id")), Scratch),
    Route(
        "PUT",
        SCRATCH,
        lambda c: c.engine.scratches.put(c.part("kind"), c.part("id"), c.body),
        Scratch,
        ask.PutScratch,
    ),
    Route(
        "DELETE", SCRATCH, lambda c: c.engine.scratches.remove(c.part("kind"), c.part("id")), RemovedAnswer
    ),
    Route("POST", "/images", lambda c: c.engine.images.add(c.body), Image, ask.AddImage),
    Route("GET", "/images/{id}", lambda c: c.engine.images.get(c.part("id")), Image),
    Route("GET", TASK + "/images", lambda c: c.engine.images.of_task(c.part("id")), tuple[Image, ...]),
    Route(
        "POST",
        TASK + "/images",
        lambda c: c.engine.images.attach(c.part("id"), c.body),
        tuple[Image, ...],
        ask.AttachImage,
    ),
    Route(
        "DELETE",
        TASK + "/images/{image}",
        lambda c: c.engine.images.detach(c.part("id"), c.part("image")),
        RemovedAnswer,
    ),
    Route(
        "GET",
        WORKSPACE + "/paths",
        lambda c: c.engine.paths.find(c.part("name"), c.text("query"), c.number("limit", 20)),
        tuple[PathMatch, ...],
        query=("query", "limit"),
    ),
)
