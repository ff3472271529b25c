"""The official SDK is the judge: our driver with an agent made of it, and our agent with its client."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from acp import schema as s
from acp import spawn_agent_process, text_block
from acp.exceptions import RequestError

from core.agents.acp import AcpExecutor
from core.agents.driver import UsageReport
from core.agents.profiles import built_in
from core.values.conversation import EntryKind, FileEdit, ToolState
from core.values.states import ProcessStatus
from tests.agents.conftest import git
from tests.agents.pump import Played, allow, play, reject, wait

PROJECT = Path(__file__).resolve().parents[2]
REQUESTS: dict[str, Any] = {
    "initialize": s.InitializeRequest,
    "session/new": s.NewSessionRequest,
    "session/load": s.LoadSessionRequest,
    "session/resume": s.ResumeSessionRequest,
    "session/prompt": s.PromptRequest,
    "session/cancel": s.CancelNotification,
}


def sdk_agent(what: str) -> AcpExecutor:
    argv = (sys.executable, "-m", "tests.agents.sdk_agent", what)
    return AcpExecutor("sdk", "SDK agent", argv, env={"PYTHONPATH": str(PROJECT)})


def judge(sent: list[bytes]) -> list[str]:
    """Validates everything that our driver sent; gives the methods."""
    methods = []
    for line in sent:
        message = json.loads(line)
        assert message["jsonrpc"] == "2.0"
        method = message.get("method", "reply")
        methods.append(method)
        if method != "reply":
            REQUESTS[method].model_validate(message["params"])
        elif "result" in message:
            s.RequestPermissionResponse.model_validate(message["result"])
    return methods


@pytest.mark.parametrize(("decide", "state"), [(allow, ToolState.COMPLETED), (reject, ToolState.FAILED)])
async def test_our_driver_plays_a_whole_turn_with_the_sdks_agent(
    decide: Any, state: ToolState, tmp_path: Path, env: dict[str, str]
) -> None:
    played = await play(sdk_agent("tour"), "Mend the sail", tmp_path, env=env, decide=decide)
    assert played.ended.status is ProcessStatus.COMPLETED, played.errors
    assert judge(played.sent) == ["initialize", "session/new", "session/prompt", "reply"]
    kinds = [entry.kind.value for entry in played.entries]
    assert kinds == [
        "user", "message", "thought", "plan", "tool", "tool", "permission", "message", "usage",
    ]  # fmt: skip
    run, edit = played.of_kind(EntryKind.TOOL)
    assert (run.title, run.output, run.state) == ("Run tests", "2 passed", ToolState.COMPLETED)
    assert (edit.edits, edit.state) == ((FileEdit(path="/repo/a.py", old="old\n", new="new\n"),), state)
    assert played.ended.summary == ("allowed" if decide is allow else "not allowed")
    assert played.usage == [UsageReport(11, 7, None)]
    assert played.exit_code == 0


async def test_our_driver_loads_a_session_of_the_sdks_agent(tmp_path: Path, env: dict[str, str]) -> None:
    played = await play(sdk_agent("tour"), "Go on", tmp_path, env=env, session="sdk-session-1")
    assert judge(played.sent)[:3] == ["initialize", "session/load", "session/prompt"]
    assert "from the past" not in played.text()
    assert played.session == "sdk-session-1"


async def test_a_session_that_is_gone_is_replaced_with_a_notice(tmp_path: Path, env: dict[str, str]) -> None:
    played = await play(sdk_agent("tour"), "Go on", tmp_path, env=env, session="gone")
    assert judge(played.sent)[1:3] == ["session/load", "session/new"]
    assert played.of_kind(EntryKind.NOTICE)
    assert played.ended.status is ProcessStatus.COMPLETED


async def test_our_cancel_ends_the_sdks_agents_turn(tmp_path: Path, env: dict[str, str]) -> None:
    def has_spoken(played: Played) -> bool:
        return bool(played.of_kind(EntryKind.MESSAGE))

    played = await play(sdk_agent("hang"), "Wait", tmp_path, env=env, cancel_when=has_spoken)
    assert judge(played.sent)[-1] == "session/cancel"
    assert played.ended.status is ProcessStatus.KILLED


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("login", "wants you to log in: Authentication required: no key was given"),
        ("refuse", "refused to go on"),
        ("crash", "exited with code 3 before its turn was over: the mast broke"),
    ],
)
async def test_failures_of_the_sdks_agent_are_told_apart(
    what: str, words: str, tmp_path: Path, env: dict[str, str]
) -> None:
    played = await play(sdk_agent(what), "Go", tmp_path, env=env)
    assert played.ended.status is ProcessStatus.FAILED
    assert words in played.ended.reason
    judge(played.sent)


class Client:
    """The SDK's side of a conversation with our demo agent."""

    def __init__(self, option: str) -> None:
        self.option = option
        self.updates: list[Any] = []
        self.asked: list[Any] = []
        self.waits = asyncio.Event()

    def on_connect(self, conn: Any) -> None:
        pass

    async def session_update(self, session_id: str, update: Any, **given: Any) -> None:
        self.updates.append(update)

    async def request_permission(
        self, session_id: str, tool_call: Any, options: list[Any], **given: Any
    ) -> s.RequestPermissionResponse:
        self.asked.append(tool_call)
        self.waits.set()
        if self.option == "wait":
            await asyncio.Event().wait()
        selected = s.AllowedOutcome(option_id=self.option, outcome="selected")
        return s.RequestPermissionResponse(outcome=selected)

    def kinds(self) -> set[str]:
        return {update.session_update for update in self.updates}

    def said(self) -> str:
        chunks = (u for u in self.updates if u.session_update == "agent_message_chunk")
        return "".join(chunk.content.text for chunk in chunks)


def demo_command() -> tuple[str, ...]:
    executor = built_in()[0]
    assert isinstance(executor, AcpExecutor)
    return executor.argv


async def test_the_sdks_client_plays_two_turns_with_our_demo_agent(
    repository: Path, env: dict[str, str]
) -> None:
    client: Any = Client("allow-once")
    async with spawn_agent_process(client, *demo_command(), env=env, cwd=repository) as (agent, _):
        hello = await agent.initialize(protocol_version=1)
        assert hello.protocol_version == 1
        assert hello.agent_capabilities and hello.agent_capabilities.load_session
        session = (await agent.new_session(cwd=str(repository), mcp_servers=[])).session_id
        for prompt in ("Polish hello.py", "Once more"):
            reply = await agent.prompt(session_id=session, prompt=[text_block(prompt)])
            assert reply.stop_reason == "end_turn"
    assert client.kinds() == {
        "agent_thought_chunk", "agent_message_chunk", "plan", "tool_call", "tool_call_update",
    }  # fmt: skip
    assert "no model behind me" in client.said()
    assert "Earlier you asked: “Polish hello.py”" in client.said()
    assert len(client.asked) == 2
    assert git(repository, env, "log", "--format=%s").splitlines() == [
        "Demo: Once more", "Demo: Polish hello.py", "first",
    ]  # fmt: skip


async def test_the_sdks_client_loads_a_session_of_our_demo_agent(
    repository: Path, env: dict[str, str]
) -> None:
    first: Any = Client("allow-once")
    async with spawn_agent_process(first, *demo_command(), env=env, cwd=repository) as (agent, _):
        await agent.initialize(protocol_version=1)
        session = (await agent.new_session(cwd=str(repository), mcp_servers=[])).session_id
        await agent.prompt(session_id=session, prompt=[text_block("Polish hello.py")])
    second: Any = Client("allow-once")
    async with spawn_agent_process(second, *demo_command(), env=env, cwd=repository) as (agent, _):
        await agent.initialize(protocol_version=1)
        await agent.load_session(cwd=str(repository), session_id=session, mcp_servers=[])
        assert second.kinds() == {"user_message_chunk", "agent_message_chunk"}
        with pytest.raises(RequestError):
            missing = "00000000-0000-4000-8000-000000000000"
            await agent.load_session(cwd=str(repository), session_id=missing, mcp_servers=[])


async def test_the_sdks_client_cancels_our_demo_agent_while_it_asks(
    repository: Path, env: dict[str, str]
) -> None:
    client: Any = Client("wait")
    before = (repository / "hello.py").read_text()
    async with spawn_agent_process(client, *demo_command(), env=env, cwd=repository) as (agent, _):
        await agent.initialize(protocol_version=1)
        session = (await agent.new_session(cwd=str(repository), mcp_servers=[])).session_id
        turn = asyncio.create_task(agent.prompt(session_id=session, prompt=[text_block("Polish hello.py")]))
        await client.waits.wait()
        await agent.cancel(session_id=session)
        assert (await turn).stop_reason == "cancelled"
    assert (repository / "hello.py").read_text() == before


async def test_our_driver_and_our_demo_agent_validate_against_the_sdks_models(
    repository: Path, env: dict[str, str]
) -> None:
    played = await play(
        built_in()[0], "Polish hello.py", repository, env=env, decide=wait,
        cancel_when=lambda played: bool(played.asked),
    )  # fmt: skip
    assert judge(played.sent)[-2:] == ["session/cancel", "reply"]
    assert played.ended.status is ProcessStatus.KILLED
