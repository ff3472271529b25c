"""Budgets and rate limits hold work back, say so, and let it go on again."""

from __future__ import annotations

import pytest

from core.agents.driver import RateLimited, UsageReport
from core.errors import ConflictError
from core.supervision import records
from core.values.entities import Process, QueuedPrompt
from core.values.events import ProcessChanged, WorkspaceChanged
from core.values.requests import NewWorkspace, SendPrompt, SetBudget, UpdateProject, UpdateTask
from core.values.states import ProcessStatus
from tests.yard import AGENTS, HOST, Yard

WAITING = """
[agents.sleeper]
kind = "command"
command = ["sh", "-c", "echo begun; exec sleep 600"]
"""


async def test_turns_beyond_the_budget_wait_until_it_is_raised() -> None:
    async with Yard() as yard:
        workspace = await yard.workspace(agent="writer", prompt="one")
        name, task = workspace.name, workspace.task_id
        await yard.turn(name)
        await yard.client.update_task(task, UpdateTask(budget=SetBudget(turns=1)))
        sent = await yard.client.send(name, SendPrompt(prompt="two"))
        assert isinstance(sent, QueuedPrompt)
        held = await yard.client.workspace(name)
        assert held.paused == "the task's budget of 1 turn is used up"
        with pytest.raises(ConflictError, match="budget of 1 turn"):
            await yard.client.resume_queue(name)
        await yard.restart()
        assert (await yard.client.workspace(name)).queued == 1, "another engine started it"
        async with yard.watch() as watch:
            await yard.client.update_task(task, UpdateTask(budget=SetBudget(turns=None, cost=5.0)))
            await watch.until(ProcessChanged, lambda e: e.process.id == sent.id and e.process.status.ended)
        after = await yard.client.workspace(name)
        assert (after.paused, after.turns, after.queued) == ("", 2, 0)
        usage = await yard.client.task_usage(task)
        assert (usage.total.turns, usage.workspaces[name].turns, usage.budget.cost) == (2, 2, 5.0)


async def test_a_turn_that_overdraws_a_budget_is_stopped_and_goes_on_when_it_is_raised() -> None:
    async with Yard(HOST + AGENTS + WAITING) as yard:
        workspace = await yard.workspace(agent="sleeper", prompt="sleep")
        name = workspace.name
        follow = await yard.client.send(name, SendPrompt(prompt="then", agent="writer"))
        (project,) = await yard.client.projects()
        process = (await yard.client.workspace(name)).process_id
        report = UsageReport(input_tokens=900, output_tokens=200, cost_usd=3.0)
        await yard.engine._context.store.write(records.set_usage, str(process), report)
        async with yard.watch() as watch:
            await yard.client.update_project(project.id, UpdateProject(budget=SetBudget(cost=2.5)))
            await yard.engine.spending.look()
            ended = await watch.until(ProcessChanged, lambda e: e.process.status is ProcessStatus.KILLED)
            await watch.until(WorkspaceChanged, lambda e: e.workspace.queue_paused)
        assert ended.process.reason == "the project's budget of $2.50 is used up"
        held = await yard.client.workspace(name)
        assert (held.paused, held.queued) == ("the project's budget of $2.50 is used up", 1)
        usage = await yard.client.task_usage(workspace.task_id)
        assert (usage.total.tokens, usage.project.cost, usage.project_budget.cost) == (1100, 3.0, 2.5)
        await yard.client.update_project(project.id, UpdateProject(budget=SetBudget(cost=10)))
        assert (await yard.client.wait_process(follow.id)).status is ProcessStatus.COMPLETED


async def test_a_new_workspace_of_a_task_without_budget_waits_with_its_prompt() -> None:
    async with Yard() as yard:
        task = await yard.task()
        await yard.client.update_task(task.id, UpdateTask(budget=SetBudget(turns=0)))
        operation = await yard.client.new_workspace(NewWorkspace(task=task.id, agent="writer", prompt="go"))
        await yard.done(operation)
        (waits,) = await yard.client.queue(operation.workspace)
        assert waits.prompt == "go"
        await yard.client.update_task(task.id, UpdateTask(budget=SetBudget(turns=1)))
        assert (await yard.client.wait_process(waits.id)).status is ProcessStatus.COMPLETED


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_rate_limit_is_told_and_its_turn_begins_again_when_allowed(allowed: bool) -> None:
    setting = f"[turns]\nresume_after_rate_limit = {str(allowed).lower()}\n"
    async with Yard(HOST + setting + AGENTS) as yard:
        workspace = await yard.workspace(agent="failing", prompt="try")
        name = workspace.name
        failed = await yard.turn(name)
        limit = RateLimited(yard.engine._context.clock() + 3600, "5-hour limit reached")
        await yard.engine._context.supervisor._recorder.rate_limited(failed.id, limit)
        told = await yard.client.workspace(name)
        assert told.rate_limit == "5-hour limit reached"
        assert told.rate_limited_until == pytest.approx(limit.reset_at)
        await yard.engine.spending.look()
        assert (await yard.client.workspace(name)).turns == 1, "it began before the limit was over"
        assert yard.engine.spending.waiting == allowed, "the engine stays for what it will begin"
        clock = yard.engine._context.clock
        yard.engine._context.clock = lambda: clock() + 7200
        await yard.engine.spending.look()
        assert (await yard.client.workspace(name)).turns == (2 if allowed else 1)
        if not allowed:
            again = await yard.client.resume(name)
            assert isinstance(again, Process)
        await yard.turn(name)


async def test_only_a_turn_that_failed_begins_again() -> None:
    async with Yard() as yard:
        workspace = await yard.workspace(agent="writer", prompt="try")
        await yard.turn(workspace)
        with pytest.raises(ConflictError, match="did not fail"):
            await yard.client.resume(workspace.name)
