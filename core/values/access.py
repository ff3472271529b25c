"""Who may use the API from elsewhere: tokens, what each may do, and the doors that are open."""

from __future__ import annotations

from enum import StrEnum

from core.values.value import Value


class Scope(StrEnum):
    """What a token may do; each scope has those before it."""

    READ = "read"
    """Look at everything; change nothing."""
    WRITE = "write"
    """Work: tasks, workspaces, prompts, merges. Whoever may do this can run commands in workspaces."""
    ADMIN = "admin"
    """Settings, agents, tokens, the engine itself, and what deletes for good."""

    def covers(self, other: Scope) -> bool:
        order = list(Scope)
        return order.index(self) >= order.index(other)


class Token(Value, frozen=True, kw_only=True):
    """A token without what makes it one."""

    id: str
    name: str
    scope: Scope
    created_at: float
    expires_at: float | None = None
    """None: never."""


class NewToken(Value, frozen=True, kw_only=True):
    """A token that has just been made; `secret` is told this once and kept nowhere."""

    token: Token
    secret: str


class OpenDoor(Value, frozen=True, kw_only=True):
    """Where the engine listens for as long as its opener holds on."""

    kind: str
    """`api` or `public`."""
    host: str
    port: int


class DoorAnswer(Value, frozen=True, kw_only=True):
    """What whoever asks for a door is told: where it is, or why there is none."""

    door: OpenDoor | None = None
    error: dict[str, object] | None = None
    """As `BoatyardError.document` gives it."""
