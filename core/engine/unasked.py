"""Requests of agents that are answered without the user: by a rule, or by a policy."""

from __future__ import annotations

from core.agents.driver import AskApproval
from core.engine.approvals import chosen_by_policy
from core.engine.rules import decided
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.store import models as m


async def taken_unasked(context: Context, process_id: str, ask: AskApproval) -> str | None:
    """What a rule of the project, the workspace's policy, or else its executor's, says to a request.

    Returns:
        The id of the option that is taken; None: the user is asked.
    """

    def read() -> tuple[WorkspaceFacts, str, str | None]:
        row = m.ExecutionProcess.get_by_id(process_id)
        facts = workspace_facts(row.session.workspace.name)
        name = str(row.action.get("executor", ""))
        folder = row.session.workspace.working_directory
        return facts, name, decided(facts.project_id, name, folder, ask)

    facts, executor_name, by_rule = await context.store.read(read)
    if by_rule is not None:
        return by_rule
    executor = context.executors.find(executor_name)
    policy = facts.settings.approve or (executor.approve if executor else "ask")
    return chosen_by_policy(policy, ask)
