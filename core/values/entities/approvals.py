"""What agents ask, and what was answered."""

from __future__ import annotations

from core.values.states import (
    ApprovalStatus,
)
from core.values.value import Value


class ApprovalOption(Value, frozen=True, kw_only=True):
    id: str
    name: str
    kind: str
    """`allow_once`, `allow_always`, `reject_once` or `reject_always` (Agent Client Protocol)."""


class FormChoice(Value, frozen=True, kw_only=True):
    value: str
    title: str = ""
    """For people; empty: the value."""


FORM_OPTION = "answer"
"""Id of the option that answers a question with what its form was filled in with."""


class FormField(Value, frozen=True, kw_only=True):
    """One thing that an agent's question wants filled in."""

    name: str
    title: str = ""
    description: str = ""
    kind: str = "text"
    """`text`, `number`, `integer`, `boolean`, `choice` (one of) or `choices` (any of)."""
    required: bool = False
    choices: tuple[FormChoice, ...] = ()
    open: bool = False
    """True when the agent takes any other text, too."""
    default: str | float | bool | tuple[str, ...] | None = None


class Approval(Value, frozen=True, kw_only=True):
    """A permission that an agent asks for and has not been given yet, or was."""

    id: str
    process_id: str
    workspace: str
    title: str
    detail: str = ""
    """What exactly it wants to do: a command line, a diff, a path."""
    tool_kind: str = ""
    """`edit`, `execute`, … as the agent calls it."""
    options: tuple[ApprovalOption, ...] = ()
    question: bool = False
    """True when the user is asked something: no policy answers it."""
    form: tuple[FormField, ...] = ()
    """What an answer fills in."""
    status: ApprovalStatus = ApprovalStatus.PENDING
    chosen: str = ""
    created_at: float = 0.0


class ApprovalRule(Value, frozen=True, kw_only=True):
    """A decision that is taken the same way every time, in one project, without asking.

    It holds for requests of the same executor, tool kind, title and detail, and for nothing else.
    """

    id: str
    project_id: str
    executor: str
    tool_kind: str
    title: str
    detail: str
    """The command line, say; empty for changes of files, which go by their title."""
    decision: str
    """`allow` or `reject`."""
    created_at: float = 0.0
