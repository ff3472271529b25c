"""Turns: follow-ups queued, permissions by policy, stopping, what follows an end, and logs by window."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from core.errors import ConflictError, NotFoundError, UsageError
from core.store import models as m
from core.values.conversation import EntryKind
from core.values.events import ApprovalChanged, LogGrew, ProcessChanged, TaskChanged, WorkspaceChanged
from core.values.requests import (
    AnswerApproval,
    RunCommand,
    SendPrompt,
    UpdateRepo,
    WantedSettings,
)
from core.values.states import Activity, ApprovalStatus, ProcessStatus, RunReason, TaskStatus
from tests.waiting import until
from tests.yard import AGENTS, HOST, Yard, git


@pytest.fixture
def gate(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the agent `gated` waits; a line lets it go on."""
    path = yard.fifo()
    monkeypatch.setenv("GATE", str(path))
    return path


async def open_gate(gate: Path, word: str = "go") -> None:
    await asyncio.to_thread(gate.write_text, f"{word}\n")


async def test_prompts_sent_meanwhile_are_queued_and_start_in_order(yard: Yard, gate: Path) -> None:
    workspace = await yard.workspace(agent="gated")
    for prompt in ("first", "second", "third"):
        sent = await yard.client.send(workspace.name, SendPrompt(prompt=prompt, agent="writer"))
        assert not hasattr(sent, "status"), "it was started instead of queued"
    queue = await yard.client.queue(workspace.name)
    assert [prompt.prompt for prompt in queue] == ["first", "second", "third"]
    await yard.client.drop_queued(workspace.name, queue[1].id)
    assert (await yard.client.workspace(workspace.name)).queued == 2

    async with yard.watch() as watch:
        await open_gate(gate)
        await watch.until(TaskChanged, lambda e: e.task.status is TaskStatus.IN_REVIEW)
        await watch.until(WorkspaceChanged, lambda e: e.workspace.turns == 3 and not e.workspace.queued)
        await yard.turn(workspace)
    told = (Path(workspace.repos[0].path) / "WORK.md").read_text()
    assert told.startswith("first\n\n# What happened before\n"), "another agent is told what it missed"
    assert told.endswith("\nthird\n"), "the same agent remembers"
    assert await yard.client.queue(workspace.name) == ()
    turn = await yard.client.turn(queue[0].id)
    assert turn.prompt == "first", "the process of a queued prompt has another id than the prompt"


async def test_prompts_sent_at_the_same_moment_give_one_turn_and_a_queue(yard: Yard, gate: Path) -> None:
    workspace = await yard.workspace()
    body = SendPrompt(prompt="x", agent="gated")
    await asyncio.gather(*(yard.client.send(workspace.name, body) for _ in range(4)))
    found = await yard.client.workspace(workspace.name)
    assert (found.turns, found.queued) == (1, 3)
    await yard.client.stop_workspace(workspace.name)
    found = await yard.client.workspace(workspace.name)
    assert (found.turns, found.queued) == (1, 3), "stopping leaves the queue waiting"


async def test_a_failed_turn_leaves_the_queue_waiting(yard: Yard, gate: Path) -> None:
    workspace = await yard.workspace(agent="gated")
    await yard.client.send(workspace.name, SendPrompt(prompt="one", agent="failing"))
    await yard.client.send(workspace.name, SendPrompt(prompt="two", agent="writer"))
    async with yard.watch() as watch:
        await open_gate(gate)
        await watch.until(ProcessChanged, lambda e: e.process.status is ProcessStatus.FAILED)
        await watch.until(WorkspaceChanged, lambda e: e.workspace.activity is Activity.FAILED)
    found = await yard.client.workspace(workspace.name)
    assert (found.turns, found.queued) == (2, 1) or (found.turns, found.queued) == (1, 1)


async def test_a_failed_agent_says_why(yard: Yard) -> None:
    workspace = await yard.workspace(agent="failing")
    ended = await yard.turn(workspace)
    assert (ended.status, ended.exit_code) == (ProcessStatus.FAILED, 3)
    assert "because" in ended.reason
    assert (await yard.client.workspace(workspace.name)).activity is Activity.FAILED
    conversation = await yard.client.conversation(workspace.name)
    assert any(e.kind is EntryKind.ERROR and "because" in e.text for e in conversation.entries)


async def test_a_conversation_is_the_same_after_a_new_start_of_the_engine(yard: Yard) -> None:
    workspace = await yard.workspace(agent="failing")
    await yard.turn(workspace)
    await yard.done(await yard.begin(title="Describe README.md", name="demo-one", agent="demo",
        settings=WantedSettings(approve="all")))  # fmt: skip
    await yard.turn("demo-one")
    names = (workspace.name, "demo-one")
    before = [await yard.client.conversation(name) for name in names]
    await yard.restart()
    after = [await yard.client.conversation(name) for name in names]
    told = [[(e.id, e.kind, e.text, e.state, e.output, e.plan) for e in each.entries] for each in before]
    rebuilt = [[(e.id, e.kind, e.text, e.state, e.output, e.plan) for e in each.entries] for each in after]
    assert rebuilt == told
    assert all(conversation.total > 1 for conversation in before)


@pytest.mark.parametrize(("policy", "asks"), [("all", False), ("edits", False), ("ask", True)])
async def test_a_policy_decides_which_requests_reach_the_user(yard: Yard, policy: str, asks: bool) -> None:
    async with yard.watch() as watch:
        workspace = await yard.workspace(
            title="Describe README.md", agent="demo", settings=WantedSettings(approve=policy)
        )
        if asks:
            asked = await watch.until(ApprovalChanged, lambda e: e.approval.status is ApprovalStatus.PENDING)
            option = next(o for o in asked.approval.options if o.kind == "reject_once")
            answered = await yard.client.answer_approval(
                asked.approval.id, AnswerApproval(option="reject_once")
            )
            assert (answered.status, answered.chosen) == (ApprovalStatus.ANSWERED, option.id)
            with pytest.raises(ConflictError, match="needs no answer any more"):
                await yard.client.answer_approval(asked.approval.id, AnswerApproval())
            with pytest.raises(NotFoundError):
                await yard.client.answer_approval("0" * 32, AnswerApproval())
            await yard.client.stop_workspace(workspace.name)
        await yard.turn(workspace)
    asked_ever = [e for e in watch.seen if isinstance(e, ApprovalChanged)]
    assert all((e.approval.status is ApprovalStatus.ANSWERED) is not asks for e in asked_ever[:1])
    assert await yard.client.approvals(workspace.name) == ()


async def test_an_unanswered_request_is_withdrawn_when_its_agent_ends(yard: Yard) -> None:
    async with yard.watch() as watch:
        workspace = await yard.workspace(title="Describe README.md", agent="demo")
        asked = await watch.until(ApprovalChanged, lambda e: e.approval.status is ApprovalStatus.PENDING)
        await yard.client.stop_workspace(workspace.name)
        await watch.until(
            ApprovalChanged,
            lambda e: e.approval.id == asked.approval.id and e.approval.status is ApprovalStatus.WITHDRAWN,
        )
    ended = await yard.turn(workspace)
    assert (ended.status, ended.reason) == (ProcessStatus.KILLED, "stopped by you")


async def test_a_wrong_option_or_policy_is_refused_by_name(yard: Yard) -> None:
    async with yard.watch() as watch:
        workspace = await yard.workspace(title="Describe README.md", agent="demo")
        asked = await watch.until(ApprovalChanged, lambda e: e.approval.status is ApprovalStatus.PENDING)
    with pytest.raises(NotFoundError, match="no option 'perhaps'") as refusal:
        await yard.client.answer_approval(asked.approval.id, AnswerApproval(option="perhaps"))
    assert "allow-once" in refusal.value.hint
    await yard.client.stop_workspace(workspace.name)
    with pytest.raises(UsageError, match="approval policy 'never'"):
        await yard.begin(settings=WantedSettings(approve="never"))


async def test_stopping_ends_grandchildren_in_sessions_of_their_own(yard: Yard) -> None:
    workspace = await yard.workspace()
    script = "setsid sh -c 'sleep 600 & echo $!; wait' & wait"
    process = await yard.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", script)))
    async with yard.watch() as watch:
        if not (await yard.client.log(process.id)).text.strip():
            await watch.until(LogGrew, lambda e: e.process_id == process.id)
    grandchild = psutil.Process(int((await yard.client.log(process.id)).text))
    stopped = await yard.client.stop_process(process.id)
    assert stopped.status is ProcessStatus.KILLED
    await until(lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE)


async def test_an_ended_process_can_be_stopped_again(yard: Yard) -> None:
    workspace = await yard.workspace(agent="writer")
    process = await yard.turn(workspace)
    assert (await yard.client.stop_process(process.id)).status is ProcessStatus.COMPLETED
    await yard.client.stop_workspace(workspace.name)


async def test_the_cleanup_script_runs_after_a_turn_but_not_after_a_stop(yard: Yard, gate: Path) -> None:
    await yard.task("x")
    (repo,) = await yard.client.repos()
    await yard.client.update_repo(repo.id, UpdateRepo(cleanup_script="echo clean >> ../cleaned"))
    async with yard.watch() as watch:
        workspace = await yard.workspace(agent="writer", title="x")
        await watch.until(TaskChanged, lambda e: e.task.status is TaskStatus.IN_REVIEW)
    cleaned = Path(workspace.folder) / "cleaned"
    assert cleaned.read_text() == "clean\n"
    await yard.client.send(workspace.name, SendPrompt(prompt="again", agent="gated"))
    await yard.client.stop_workspace(workspace.name)
    reasons = [process.run_reason for process in await yard.client.processes(workspace.name)]
    assert reasons.count(RunReason.CLEANUP_SCRIPT) == 1
    assert cleaned.read_text() == "clean\n"


async def test_each_turn_has_a_checkpoint_before_and_after(yard: Yard) -> None:
    async with yard.watch() as watch:
        workspace = await yard.workspace(agent="writer")
        await watch.until(TaskChanged, lambda e: e.task.status is TaskStatus.IN_REVIEW)
    rows = await yard.engine._context.store.read(lambda: [(c.number, c.kind) for c in m.Checkpoint.select()])
    assert rows == [(1, "before_turn"), (2, "after_turn")]
    (repo,) = workspace.repos
    refs = git(yard.home.depots / f"{repo.repo_id}.git", "for-each-ref", "--format=%(refname)").splitlines()
    assert sum("/checkpoints/" in ref for ref in refs) == 2


@pytest.mark.parametrize(
    ("prompt", "why"),
    [("", "empty"), (" \n", "empty"), ("a\0b", "NUL"), ("x" * 2**21, "may have")],
    ids=["empty", "blank", "NUL", "2 MiB"],
)
async def test_a_prompt_that_cannot_be_one_is_refused(yard: Yard, prompt: str, why: str) -> None:
    workspace = await yard.workspace()
    with pytest.raises(UsageError, match=why):
        await yard.client.send(workspace.name, SendPrompt(prompt=prompt, agent="writer"))
    assert (await yard.client.workspace(workspace.name)).turns == 0


async def test_without_an_agent_a_prompt_asks_for_one(yard: Yard) -> None:
    workspace = await yard.workspace()
    with pytest.raises(UsageError, match="no agent has worked") as refusal:
        await yard.client.send(workspace.name, SendPrompt(prompt="x"))
    assert "--agent" in refusal.value.hint


async def test_the_default_agent_is_taken_when_none_is_named() -> None:
    async with Yard('default_agent = "writer"\n' + HOST + AGENTS) as yard:
        workspace = await yard.workspace()
        await yard.client.send(workspace.name, SendPrompt(prompt="x"))
        assert (await yard.turn(workspace)).status is ProcessStatus.COMPLETED


async def test_another_agent_begins_a_session_of_its_own(yard: Yard) -> None:
    workspace = await yard.workspace(agent="writer")
    await yard.turn(workspace)
    await yard.client.send(workspace.name, SendPrompt(prompt="x", agent="failing"))
    await yard.turn(workspace)
    sessions = await yard.client.sessions(workspace.name)
    assert [session.executor for session in sessions] == ["writer", "failing"]
    assert (await yard.client.workspace(workspace.name)).agent == "failing"


class TestLogs:
    async def log_of(self, yard: Yard, script: str) -> str:
        workspace = await yard.workspace()
        process = await yard.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", script)))
        await yard.client.wait_process(process.id)
        return process.id

    async def test_windows_of_any_size_give_the_whole_log(self, yard: Yard) -> None:
        text = "€uro 😀 naïve\n" * 5
        process = await self.log_of(yard, f"printf '%s' '{text}'")
        for limit in (1, 2, 3, 4, 5, 7, 1000):
            offset, pieces = 0, []
            while True:
                chunk = await yard.client.log(process, offset=offset, limit=limit)
                pieces.append(chunk.text)
                assert chunk.next_offset > offset
                offset = chunk.next_offset
                if chunk.ended:
                    break
            if limit >= 4:
                assert "".join(pieces) == text

    async def test_the_end_is_given_without_an_offset(self, yard: Yard) -> None:
        process = await self.log_of(yard, "seq 1 1000")
        chunk = await yard.client.log(process, limit=9)
        assert (chunk.text, chunk.ended) == ("999\n1000\n", True)
        assert chunk.next_offset == chunk.size

    async def test_beyond_the_end_there_is_nothing(self, yard: Yard) -> None:
        process = await self.log_of(yard, "echo x")
        chunk = await yard.client.log(process, offset=10**15)
        assert (chunk.text, chunk.offset, chunk.ended) == ("", 2, True)

    async def test_bytes_that_are_no_text_are_shown_as_such(self, yard: Yard) -> None:
        process = await self.log_of(yard, r"printf 'a\377b\342\202'")
        assert (await yard.client.log(process, offset=0)).text == "a\ufffdb\ufffd"

    async def test_half_a_character_of_a_running_process_is_waited_for(self, yard: Yard) -> None:
        gate = yard.fifo()
        workspace = await yard.workspace()
        script = rf"printf '\342\202'; read line < {gate}; printf '\254'"
        process = await yard.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", script)))
        async with yard.watch() as watch:
            if not (await yard.client.log(process.id)).size:
                await watch.until(LogGrew)
        half = await yard.client.log(process.id, offset=0)
        assert (half.text, half.next_offset, half.size) == ("", 0, 2)
        await open_gate(gate)
        await yard.client.wait_process(process.id)
        assert (await yard.client.log(process.id, offset=0)).text == "€"

    async def test_there_are_two_streams_and_no_third(self, yard: Yard) -> None:
        process = await self.log_of(yard, "true")
        with pytest.raises(UsageError, match="no stream 'in'"):
            await yard.client.log(process, stream="in")
