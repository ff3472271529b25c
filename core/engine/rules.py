"""Decisions that the user wants taken the same way every time, per project.

A rule is made of one request, and holds for requests that are the same in all that tells what would
happen: executor, tool kind, title, and the command or input whole. Nothing in it is a pattern, so that no
text an agent makes up can fit more than the user has seen. A change of files goes by the files: their
content is another one each time.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.agents.driver import AskApproval
from core.engine.approvals import EDIT_KINDS
from core.lifecycle.context import Context
from core.store import lookup, views
from core.store import models as m
from core.values.answers import RemovedAnswer
from core.values.entities import Approval, ApprovalOption, ApprovalRule
from core.values.events import Removed

ALWAYS = {"allow_always": "allow", "reject_always": "reject"}
_TAKEN = {"allow": ("allow_once", "allow_always"), "reject": ("reject_once", "reject_always")}
"""The kinds of option that a rule takes, the narrowest first."""


HERE = "\N{MATHEMATICAL LEFT ANGLE BRACKET}workspace\N{MATHEMATICAL RIGHT ANGLE BRACKET}/"
"""What stands in a rule for the folder of the workspace's clones."""


@dataclass(frozen=True)
class Subject:
    """What a rule is about."""

    executor: str
    tool_kind: str
    title: str
    detail: str


def subject_of(executor: str, tool_kind: str, title: str, detail: str, folder: str = "") -> Subject | None:
    """What a rule that is made of such a request holds for.

    Args:
        executor: Who asks.
        tool_kind: What it wants to do.
        title: Of the request.
        detail: The command, input or change.
        folder: Where the workspace's clones are: a rule holds for the same place in every workspace.

    Returns:
        None where the request does not tell enough for a rule: a command that is not shown, say.
    """
    if tool_kind in EDIT_KINDS:
        files = [line for line in detail.splitlines() if not line.startswith(("+", "-"))]
        detail = "\n".join(files) or detail
    if not detail.strip() or not tool_kind or HERE in title + detail:
        return None
    if folder:
        title, detail = title.replace(f"{folder}/", HERE), detail.replace(f"{folder}/", HERE)
    return Subject(executor, tool_kind, title, detail)


class Rules:
    """What a user can do with rules, and what they decide."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list(self, project: str) -> tuple[ApprovalRule, ...]:
        """A project's rules, the oldest first."""

        def read() -> tuple[ApprovalRule, ...]:
            row = lookup.project(project)
            return tuple(views.rule(each) for each in row.rules.order_by(m.ApprovalRule.created_at))

        return await self._context.store.read(read)

    async def remove(self, key: str) -> RemovedAnswer:
        """Removes a rule: such requests are asked again.

        Raises:
            NotFoundError: There is no such rule.
        """

        def write() -> str:
            row = lookup.by_id(m.ApprovalRule, key, "rule")
            row.delete_instance()
            return str(row.id)

        removed = await self._context.store.write(write)
        self._context.hub.publish(Removed(entity="rule", id=removed))
        return RemovedAnswer(removed=removed)


def remember(approval: Approval, option: ApprovalOption) -> None:
    """Makes a rule of an answer that is meant for always. Call on the store's thread."""
    decision = ALWAYS.get(option.kind)
    row = m.ExecutionProcess.get_by_id(approval.process_id)
    executor = str(row.action.get("executor", ""))
    folder = row.session.workspace.working_directory
    subject = subject_of(executor, approval.tool_kind, approval.title, approval.detail, folder)
    if decision is None or approval.question or subject is None:
        return
    project = row.session.workspace.task.project
    before = _about(project.id, subject)
    if before is not None:
        before.delete_instance()
    m.ApprovalRule.create(project=project, decision=decision, **subject.__dict__)


def decided(project_id: str, executor: str, folder: str, ask: AskApproval) -> str | None:
    """The option that a rule takes unasked, or None. Call on the store's thread."""
    subject = subject_of(executor, ask.tool_kind, ask.title, ask.detail, folder)
    rule = _about(project_id, subject) if subject else None
    if rule is None or ask.question:
        return None
    for kind in _TAKEN[rule.decision]:
        for option in ask.options:
            if option.kind == kind:
                return option.id
    return None


def _about(project_id: str, subject: Subject) -> m.ApprovalRule | None:
    r = m.ApprovalRule
    row: m.ApprovalRule | None = r.get_or_none(
        r.project == project_id,
        r.executor == subject.executor,
        r.tool_kind == subject.tool_kind,
        r.title == subject.title,
        r.detail == subject.detail,
    )
    return row
