"""The client's calls that steer agents: prompts, the queue, interrupts, answers and rules."""

from __future__ import annotations

import uuid

import msgspec

from core.client.connection import Connection
from core.client.parts import part
from core.errors import BoatyardError
from core.values import requests as ask
from core.values.answers import RemovedAnswer, SendAnswer, StoppedAnswer
from core.values.conversation import Conversation
from core.values.entities import Approval, ApprovalRule, Process, QueuedPrompt, TaskUsage, Workspace


class SteeringCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def send(self, name: str, body: ask.SendPrompt) -> Process | QueuedPrompt:
        """Starts a turn, or queues the prompt when one runs.

        Whoever repeats this after an `UnreachableError` gives the same `request_id` again: then the prompt
        is neither lost nor sent twice.
        """
        if not body.request_id:
            body = msgspec.structs.replace(body, request_id=uuid.uuid4().hex)
        answer = await self._http.call("POST", f"/workspaces/{part(name)}/send", SendAnswer, body=body)
        sent = answer.process or answer.queued
        if sent is None:
            raise BoatyardError("the engine neither started nor queued the prompt", hint="Try again.")
        return sent

    async def resume(self, name: str) -> Process | QueuedPrompt:
        """Begins the workspace's last turn again, which failed: after a rate limit, say."""
        answer = await self._http.call("POST", f"/workspaces/{part(name)}/resume", SendAnswer)
        sent = answer.process or answer.queued
        if sent is None:
            raise BoatyardError("the engine neither started nor queued the prompt", hint="Try again.")
        return sent

    async def task_usage(self, task: str) -> TaskUsage:
        """What a task and its project have used of their budgets."""
        return await self._http.call("GET", f"/tasks/{part(task)}/usage", TaskUsage)

    async def interrupt(self, name: str) -> None:
        """Asks the agent to end its turn, and no more; its conversation can go on after it."""
        await self._http.call("POST", f"/workspaces/{part(name)}/interrupt", StoppedAnswer)

    async def stop_workspace(self, name: str) -> None:
        """Stops what runs in the workspace: politely, then firmly."""
        await self._http.call("POST", f"/workspaces/{part(name)}/stop", StoppedAnswer)

    async def seen(self, name: str) -> Workspace:
        """The user has looked at how the workspace's turns have ended."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/seen", Workspace)

    async def approvals(self, name: str) -> tuple[Approval, ...]:
        """The workspace's permission requests that wait for an answer."""
        return await self._http.call("GET", f"/workspaces/{part(name)}/approvals", tuple[Approval, ...])

    async def answer_approval(self, approval: str, body: ask.AnswerApproval) -> Approval:
        """Answers a request; an option that is meant for always makes a rule of the project."""
        return await self._http.call("POST", f"/approvals/{part(approval)}/answer", Approval, body=body)

    async def rules(self, project: str) -> tuple[ApprovalRule, ...]:
        """What the project's agents are allowed or refused without asking."""
        return await self._http.call("GET", f"/projects/{part(project)}/rules", tuple[ApprovalRule, ...])

    async def remove_rule(self, rule: str) -> None:
        await self._http.call("DELETE", f"/rules/{part(rule)}", RemovedAnswer)

    async def conversation(
        self, name: str, *, end: int | None = None, limit: int = 200, session: str = "", turn: str = ""
    ) -> Conversation:
        """A window of entries that ends before index `end` (None: at the last).

        Of a session (empty: the latest one), or of the turn of one process alone, also one taken back.
        """
        query: dict[str, int | str] = {"limit": limit}
        if end is not None:
            query["end"] = end
        query |= {key: value for key, value in (("session", session), ("turn", turn)) if value}
        path = f"/workspaces/{part(name)}/conversation"
        return await self._http.call("GET", path, Conversation, query=query)

    async def queue(self, name: str) -> tuple[QueuedPrompt, ...]:
        """What waits, in the order in which it will start."""
        return await self._http.call("GET", f"/workspaces/{part(name)}/queue", tuple[QueuedPrompt, ...])

    async def update_queued(self, name: str, prompt: str, body: ask.UpdateQueued) -> QueuedPrompt:
        """Changes the text or the place of a prompt that waits."""
        path = f"/workspaces/{part(name)}/queue/{part(prompt)}"
        return await self._http.call("PATCH", path, QueuedPrompt, body=body)

    async def drop_queued(self, name: str, prompt: str) -> None:
        path = f"/workspaces/{part(name)}/queue/{part(prompt)}"
        await self._http.call("DELETE", path, RemovedAnswer)

    async def resume_queue(self, name: str) -> tuple[QueuedPrompt, ...]:
        """Lets a paused queue go on; gives what waits behind the prompt that has started."""
        path = f"/workspaces/{part(name)}/queue/resume"
        return await self._http.call("POST", path, tuple[QueuedPrompt, ...])
