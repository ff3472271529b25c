"""Routes about who may use the API from elsewhere."""

from __future__ import annotations

from core.server.routes.route import Route
from core.values import requests as ask
from core.values.access import NewToken, OpenDoor, Token
from core.values.answers import RemovedAnswer

ROUTES = (
    Route("GET", "/doors", lambda c: c.engine.doors.list(), tuple[OpenDoor, ...]),
    Route("GET", "/tokens", lambda c: c.engine.tokens.list(), tuple[Token, ...]),
    Route("POST", "/tokens", lambda c: c.engine.tokens.add(c.body), NewToken, ask.AddToken),
    Route("DELETE", "/tokens/{id}", lambda c: c.engine.tokens.remove(c.part("id")), RemovedAnswer),
)
