"""An agent made with the protocol's official SDK, run as a process of its own by the conformance tests.

Argument: what it does with its prompt (`tour`, `hang`, `login`, `refuse`, `crash`).
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from acp import (
    PROTOCOL_VERSION,
    RequestError,
    plan_entry,
    run_agent,
    start_tool_call,
    text_block,
    tool_content,
    tool_diff_content,
    update_agent_message_text,
    update_agent_thought_text,
    update_plan,
    update_tool_call,
)
from acp.schema import (
    AgentCapabilities,
    InitializeResponse,
    LoadSessionResponse,
    NewSessionResponse,
    PermissionOption,
    PromptResponse,
    ToolCallUpdate,
    Usage,
)

KNOWN = "sdk-session-1"


class SdkAgent:
    """The least agent that says a bit of everything."""

    def __init__(self, play: str) -> None:
        self.play = play
        self.client: Any = None
        self.cancelled = asyncio.Event()

    def on_connect(self, conn: Any) -> None:
        self.client = conn

    async def initialize(self, protocol_version: int, **given: Any) -> InitializeResponse:
        capabilities = AgentCapabilities(load_session=True)
        return InitializeResponse(protocol_version=PROTOCOL_VERSION, agent_capabilities=capabilities)

    async def new_session(self, cwd: str, **given: Any) -> NewSessionResponse:
        if self.play == "login":
            raise RequestError.auth_required({"details": "no key was given"})
        return NewSessionResponse(session_id=KNOWN)

    async def load_session(self, cwd: str, session_id: str, **given: Any) -> LoadSessionResponse:
        if session_id != KNOWN:
            raise RequestError.resource_not_found(session_id)
        await self.tell(session_id, update_agent_message_text("from the past"))
        return LoadSessionResponse()

    async def cancel(self, session_id: str, **given: Any) -> None:
        self.cancelled.set()

    async def prompt(self, session_id: str, prompt: list[Any], **given: Any) -> PromptResponse:
        if self.play == "refuse":
            return PromptResponse(stop_reason="refusal")
        if self.play == "crash":
            print("the mast broke", file=sys.stderr, flush=True)
            os._exit(3)
        await self.tell(session_id, update_agent_message_text(f"You said: {prompt[0].text}"))
        if self.play == "hang":
            await self.cancelled.wait()
            return PromptResponse(stop_reason="cancelled")
        await self.tour(session_id)
        usage = Usage(input_tokens=11, output_tokens=7, total_tokens=18)
        return PromptResponse(stop_reason="end_turn", usage=usage)

    async def tour(self, session: str) -> None:
        await self.tell(session, update_agent_thought_text("Let me see."))
        await self.tell(session, update_plan([plan_entry("Edit", status="in_progress")]))
        await self.tell(session, start_tool_call("c1", "Run tests", kind="execute", status="in_progress"))
        output = [tool_content(text_block("2 passed"))]
        await self.tell(session, update_tool_call("c1", status="completed", content=output))
        diff = tool_diff_content("/repo/a.py", "new\n", "old\n")
        await self.tell(session, start_tool_call("c2", "Edit a.py", kind="edit", content=[diff]))
        allowed = await self.ask(session)
        await self.tell(session, update_tool_call("c2", status="completed" if allowed else "failed"))
        await self.tell(session, update_agent_message_text("allowed" if allowed else "not allowed"))

    async def ask(self, session: str) -> bool:
        options = [
            PermissionOption(option_id="y", name="Yes", kind="allow_once"),
            PermissionOption(option_id="n", name="No", kind="reject_once"),
        ]
        call = ToolCallUpdate(tool_call_id="c2", title="Edit a.py", kind="edit")
        reply = await self.client.request_permission(session_id=session, tool_call=call, options=options)
        return getattr(reply.outcome, "option_id", None) == "y"

    async def tell(self, session: str, update: Any) -> None:
        await self.client.session_update(session_id=session, update=update)


if __name__ == "__main__":
    agent: Any = SdkAgent(sys.argv[1])
    asyncio.run(run_agent(agent))
