"""An agent that we did not write does whole turns through our driver."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from core.agents.acp import AcpExecutor
from core.runners.docker.address import find_address
from core.values.conversation import EntryKind, ToolState
from core.values.states import ProcessStatus
from tests.agents.pump import allow, play, reject, wait
from tests.agents.real_agent import IN_IMAGE, RealAgent, agent_env, agent_image, give_up, stub_for_container

pytestmark = [pytest.mark.agents, pytest.mark.slow, pytest.mark.xdist_group("real agent")]


def executor(agent: RealAgent, url: str) -> AcpExecutor:
    return AcpExecutor("real", "Claude Code", agent.argv(), env=agent_env(url))


async def test_it_writes_edits_and_runs_a_file_with_permission(
    real_agent: RealAgent, model_url: str, repository: Path, env: dict[str, str]
) -> None:
    (repository / "hello.py").unlink()
    played = await play(executor(real_agent, model_url), "go [[script:tour]]", repository, env=env)
    assert played.ended.status is ProcessStatus.COMPLETED, played.errors
    assert (repository / "hello.py").read_text() == "print('ahoy')\n"
    assert played.ended.summary.startswith("**Done.** `hello.py` prints *ahoy*.")
    tools = {entry.title: entry for entry in played.of_kind(EntryKind.TOOL)}
    assert {entry.state for entry in tools.values()} == {ToolState.COMPLETED}
    assert tools["Write hello.py"].edits[0].new == "print('hello')\n"
    assert "ahoy" in tools["python3 hello.py"].output
    assert [ask.tool_kind for ask in played.asked][-1] == "execute"
    assert played.asked[-1].detail == "python3 hello.py"
    assert played.usage[-1].input_tokens and played.usage[-1].output_tokens
    assert played.exit_code == 0


async def test_what_is_rejected_is_not_done(
    real_agent: RealAgent, model_url: str, repository: Path, env: dict[str, str]
) -> None:
    before = (repository / "hello.py").read_text()
    played = await play(
        executor(real_agent, model_url), "go [[script:hello]]", repository, env=env, decide=reject
    )
    assert (repository / "hello.py").read_text() == before
    assert played.asked
    assert {entry.state for entry in played.of_kind(EntryKind.PERMISSION)} == {ToolState.CANCELLED}
    assert ToolState.FAILED in {entry.state for entry in played.of_kind(EntryKind.TOOL)}


async def test_a_follow_up_goes_on_in_the_agents_own_session(
    real_agent: RealAgent, model_url: str, repository: Path, env: dict[str, str]
) -> None:
    agent = executor(real_agent, model_url)
    first = await play(agent, "go [[script:chat]]", repository, env=env)
    second = await play(agent, "and on [[script:chat]]", repository, env=env, session=first.session)
    assert second.ended.status is ProcessStatus.COMPLETED
    assert second.session == first.session
    assert [entry.text for entry in second.of_kind(EntryKind.NOTICE)] == []
    assert [entry.text for entry in second.of_kind(EntryKind.USER)] == ["and on [[script:chat]]"]


async def test_cancelling_while_it_asks_ends_the_turn_as_killed(
    real_agent: RealAgent, model_url: str, repository: Path, env: dict[str, str]
) -> None:
    played = await play(
        executor(real_agent, model_url), "go [[script:danger]]", repository, env=env,
        decide=wait, cancel_when=lambda played: bool(played.asked),
    )  # fmt: skip
    assert played.ended.status is ProcessStatus.KILLED
    assert played.withdrawn == [played.asked[0].key]


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
