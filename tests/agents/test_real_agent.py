"""An agent that we did not write does whole turns through our driver."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from core.agents.acp import AcpExecutor
from core.agents.claude import ClaudeExecutor
from core.agents.driver import Executor
from core.runners.docker.address import find_address
from core.values.conversation import EntryKind, ToolState
from core.values.states import ProcessStatus
from tests.agents.pump import allow, play, reject, wait
from tests.agents.real_agent import IN_IMAGE, RealAgent, agent_env, agent_image, give_up, stub_for_container

pytestmark = [pytest.mark.agents, pytest.mark.slow, pytest.mark.xdist_group("real agent")]


@pytest.fixture(params=["native", "acp"])
def executor(request: pytest.FixtureRequest, real_agent: RealAgent, model_url: str) -> Executor:
    """The same agent, spoken to in its own language and through its adapter."""
    if request.param == "native":
        return ClaudeExecutor("real", "Claude Code", real_agent.argv(native=True), env=agent_env(model_url))
    return AcpExecutor("real", "Claude Code", real_agent.argv(), env=agent_env(model_url))


async def test_it_writes_edits_and_runs_a_file_with_permission(
    executor: Executor, repository: Path, env: dict[str, str]
) -> None:
    (repository / "hello.py").unlink()
    played = await play(executor, "go [[script:tour]]", repository, env=env)
    assert played.ended.status is ProcessStatus.COMPLETED, played.errors
    assert (repository / "hello.py").read_text() == "print('ahoy')\n"
    assert played.ended.summary.startswith("**Done.** `hello.py` prints *ahoy*.")
    tools = {entry.title: entry for entry in played.of_kind(EntryKind.TOOL)}
    assert {entry.state for entry in tools.values()} == {ToolState.COMPLETED}
    assert tools["Write hello.py"].edits[0].new == "print('hello')\n"
    assert "ahoy" in tools["python3 hello.py"].output
    assert [ask.tool_kind for ask in played.asked][-1] == "execute"
    assert played.asked[-1].detail == "python3 hello.py"
    assert [each.name for each in played.commands]
    assert played.usage[-1].input_tokens and played.usage[-1].output_tokens
    assert played.exit_code == 0


async def test_what_is_rejected_is_not_done(
    executor: Executor, repository: Path, env: dict[str, str]
) -> None:
    before = (repository / "hello.py").read_text()
    played = await play(executor, "go [[script:hello]]", repository, env=env, decide=reject)
    assert (repository / "hello.py").read_text() == before
    assert played.asked
    assert {entry.state for entry in played.of_kind(EntryKind.PERMISSION)} == {ToolState.CANCELLED}
    assert ToolState.FAILED in {entry.state for entry in played.of_kind(EntryKind.TOOL)}


async def test_a_follow_up_goes_on_in_the_agents_own_session(
    executor: Executor, repository: Path, env: dict[str, str]
) -> None:
    first = await play(executor, "go [[script:chat]]", repository, env=env)
    second = await play(executor, "and on [[script:chat]]", repository, env=env, session=first.session)
    assert second.ended.status is ProcessStatus.COMPLETED
    assert second.session == first.session
    assert [entry.text for entry in second.of_kind(EntryKind.NOTICE)] == []
    assert [entry.text for entry in second.of_kind(EntryKind.USER)] == ["and on [[script:chat]]"]


async def test_cancelling_while_it_asks_ends_the_turn_as_killed(
    executor: Executor, repository: Path, env: dict[str, str]
) -> None:
    played = await play(
        executor, "go [[script:danger]]", repository, env=env,
        decide=wait, cancel_when=lambda played: bool(played.asked),
    )  # fmt: skip
    assert played.ended.status is ProcessStatus.KILLED
    assert played.withdrawn == [played.asked[0].key]


async def test_a_question_is_answered_with_a_choice(
    executor: Executor, repository: Path, env: dict[str, str]
) -> None:
    played = await play(
        executor, "go [[script:ask]]", repository, env=env,
        decide=lambda ask: next(option.id for option in ask.options if option.id == "choice:red"),
    )  # fmt: skip
    assert played.ended.status is ProcessStatus.COMPLETED
    (ask,) = played.asked
    assert ask.question and ask.form[0].kind == "choice"
    assert "red" in played.of_kind(EntryKind.TOOL)[0].output
    assert played.ended.summary == "Thank you."


async def test_cancelling_in_the_middle_of_an_answer_ends_it_soon(
    executor: Executor, repository: Path, env: dict[str, str]
) -> None:
    played = await play(
        executor, "go [[script:slow]]", repository, env=env,
        cancel_when=lambda played: "A long" in played.text(),
    )  # fmt: skip
    assert played.ended.status is ProcessStatus.KILLED
    assert played.text().count("A long answer") < 5


async def test_a_rate_limit_is_shown_and_told_while_it_is_waited_for(
    real_agent: RealAgent, model_url: str, repository: Path, env: dict[str, str]
) -> None:
    native = ClaudeExecutor("real", "Claude Code", real_agent.argv(native=True), env=agent_env(model_url))
    played = await play(native, "go [[script:http429]]", repository, env=env)
    assert played.ended.summary == "Recovered from the rate limit."
    (notice,) = played.of_kind(EntryKind.NOTICE)
    assert notice.text.startswith("The model could not be asked (429 rate limit): try 2 of")
    assert len(played.limits) == 1


async def test_a_model_that_refuses_the_key_is_shown_at_once_and_the_turn_can_be_ended(
    real_agent: RealAgent, model_url: str, repository: Path, env: dict[str, str]
) -> None:
    native = ClaudeExecutor("real", "Claude Code", real_agent.argv(native=True), env=agent_env(model_url))
    played = await play(
        native, "go [[script:http401]]", repository, env=env,
        cancel_when=lambda played: bool(played.of_kind(EntryKind.NOTICE)),
    )  # fmt: skip
    assert "401" in played.of_kind(EntryKind.NOTICE)[0].text
    assert played.ended.status is ProcessStatus.KILLED


@pytest.mark.container
async def test_it_works_in_a_container_and_reaches_the_scripted_model(
    real_agent: RealAgent, docker_engine: str, tmp_path: Path, repository: Path, env: dict[str, str]
) -> None:
    if shutil.which("docker") is None:
        give_up("the docker command is needed")
    image = agent_image(docker_engine, real_agent)
    with stub_for_container(tmp_path) as url:
        variables = [f"--env={name}={value}" for name, value in agent_env(url).items()]
        argv = (
            "docker", "run", "--rm", "--interactive", f"--volume={repository}:{repository}",
            f"--workdir={repository}", "--tmpfs=/root", *variables, image,
            *real_agent.argv(contained=True),
        )  # fmt: skip
        agent = AcpExecutor("real", "Claude Code", argv)
        docker_env = {**env, "DOCKER_HOST": find_address(os.environ)}
        played = await play(agent, "go [[script:hello]]", repository, env=docker_env, decide=allow)
    assert IN_IMAGE in argv[-1]
    assert played.ended.status is ProcessStatus.COMPLETED, played.errors
    assert "hello from the stub" in (repository / "hello.py").read_text()
