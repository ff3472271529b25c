"""Which scope a route asks for. A route that is not named here is for reading when it is a GET, else for
writing: a new one cannot be open by having been forgotten.
"""

from __future__ import annotations

from core.values.access import Scope

ADMIN = frozenset({
    ("POST", "/engine/stop"),
    ("GET", "/tokens"),
    ("POST", "/tokens"),
    ("DELETE", "/tokens/{id}"),
    ("POST", "/agents"),
    ("DELETE", "/agents/{name}"),
    ("GET", "/config"),
    ("PATCH", "/config"),
    ("PATCH", "/defaults"),
    ("DELETE", "/containers/{name}"),
    ("POST", "/prune-containers"),
    ("POST", "/prune-logs"),
    ("POST", "/trash/empty"),
})  # fmt: skip
"""Settings, agents (which name commands), tokens, the engine itself, and what deletes for good."""


def scope_of(method: str, path: str) -> Scope:
    """The scope that a route needs.

    Args:
        method: In capitals.
        path: As in the table of routes, with its parameters in braces.
    """
    if (method, path) in ADMIN:
        return Scope.ADMIN
    return Scope.READ if method in ("GET", "HEAD") else Scope.WRITE
