"""What Codex may do by itself: which approvals it asks for, and which sandbox of its own it works in."""

from __future__ import annotations

from core.values.conversation import AgentMode

_MODES = {
    "read-only": ("untrusted", "read-only"),
    "ask": ("untrusted", "workspace-write"),
    "agent": ("on-request", "workspace-write"),
    "full-access": ("never", "danger-full-access"),
}
MODES = tuple(_MODES)
DEFAULT = "ask"
_WORDS = {
    "read-only": "changes nothing, and asks before it runs what is not plainly safe",
    "ask": "works in the workspace, and asks before it runs what is not plainly safe",
    "agent": "works in the workspace, and asks where it thinks it should",
    "full-access": "asks for nothing",
}
OFFERED = tuple(AgentMode(id=mode, name=mode, description=_WORDS[mode]) for mode in MODES)


def policy(mode: str, *, contained: bool) -> tuple[str, str]:
    """Approval policy and sandbox of a mode; without one, everything that is not plainly safe is asked.

    In a container its own sandbox fails: it needs namespaces, which a container does not give.
    """
    approvals, sandbox = _MODES.get(mode, _MODES[DEFAULT])
    return approvals, "danger-full-access" if contained else sandbox
