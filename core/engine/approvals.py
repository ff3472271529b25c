"""Which option of an agent's request a user's word, or a policy, means."""

from __future__ import annotations

from collections.abc import Sequence

from core.agents.driver import AskApproval
from core.errors import NotFoundError, UsageError
from core.values.entities import ApprovalOption

POLICIES = ("ask", "edits", "all")
EDIT_KINDS = frozenset({"edit", "delete", "move"})
"""Tool kinds that change files and run nothing (Agent Client Protocol, ToolKind)."""


def checked_policy(policy: str) -> str:
    """The policy, if there is such a one; empty means the executor's own.

    Raises:
        UsageError: There is not.
    """
    if policy and policy not in POLICIES:
        raise UsageError(f"the approval policy {policy[:40]!r} is unknown", hint="Use ask, edits or all.")
    return policy


def find_option(options: Sequence[ApprovalOption], word: str) -> ApprovalOption:
    """The option with this id or of this kind; an empty word means the first that allows once.

    Raises:
        NotFoundError: There is none.
    """
    wanted = word or "allow_once"
    for option in options:
        if option.id == wanted:
            return option
    for option in options:
        if option.kind == wanted:
            return option
    if not word:
        for option in options:
            if option.kind.startswith("allow"):
                return option
    known = ", ".join(f"{option.id} ({option.kind})" for option in options) or "none"
    raise NotFoundError(f"the request has no option {wanted[:60]!r}", hint=f"Its options: {known}.")


def chosen_by_policy(policy: str, ask: AskApproval) -> str | None:
    """The option that the policy takes unasked, or None. A question is never answered so."""
    allowed = policy == "all" or (policy == "edits" and ask.tool_kind in EDIT_KINDS)
    if ask.question or not allowed:
        return None
    return next((option.id for option in ask.options if option.kind == "allow_once"), None)
