"""An agent that we did not write does a whole turn in a workspace: on the host and in a container."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.user import User, git, make_repository
from tests.agents.real_agent import agent_env, agent_image, install, stub_for_container, stub_model

pytestmark = [
    pytest.mark.agents,
    pytest.mark.timeout(900),
    pytest.mark.slow,
    pytest.mark.xdist_group("real agent"),
]


@pytest.fixture(params=["host", pytest.param("docker", marks=pytest.mark.container)])
def place(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["claude", "acp"])
def options(request: pytest.FixtureRequest, user: User, tmp_path: Path, place: str) -> Iterator[list[str]]:
    """The options of `run` that start the real agent, with the user's profile of it written."""
    agent, contained = install(), place == "docker"
    with ExitStack() as stack:
        url = stack.enter_context(stub_for_container(tmp_path) if contained else stub_model(tmp_path))
        chosen = ["--agent", "real", "--runner", place]
        if contained:
            chosen += ["--image", agent_image(request.getfixturevalue("docker_engine"), agent)]
        else:
            user.env["HOME"] = str(tmp_path)  # the agent keeps its own files in the user's home
        argv = agent.argv(contained=contained, native=request.param == "claude")
        write_profile(user, request.param, argv, agent_env(url))
        yield chosen


def write_profile(user: User, kind: str, argv: tuple[str, ...], env: dict[str, str]) -> None:
    lines = ["[agents.real]", f'kind = "{kind}"', 'title = "Claude Code"', f"command = {json.dumps(argv)}"]
    lines += ["[agents.real.env]", *(f"{name} = {json.dumps(value)}" for name, value in env.items())]
    (user.home / "config").mkdir(parents=True)
    (user.home / "config" / "config.toml").write_text("\n".join(lines) + "\n")


def test_a_real_agent_writes_edits_runs_and_its_work_is_merged(
    user: User, tmp_path: Path, options: list[str]
) -> None:
    repository = make_repository(tmp_path / "repo", {"README.md": "# Repo\n"})
    title = "Greet from Python [[script:tour]]"
    run = user.boatyard(
        "run", title, "--repo", str(repository), "--wait", "--approve", "all", "--json", *options, seconds=300
    ).json
    assert run["process"]["status"] == "completed", run
    assert "hello.py" in run["turn"]["summary"]
    assert run["turn"]["output_tokens"] > 0

    name = run["workspace"]["name"]
    diff = user.boatyard("workspace", "diff", name, "--json").json
    assert [file["path"] for file in diff["files"]] == ["hello.py"]
    answer = user.boatyard(
        "workspace", "send", name, "And on [[script:chat]]", "--wait", "--json", seconds=300
    )
    assert answer.json["status"] == "completed", answer
    user.boatyard("workspace", "merge", name)
    assert git(repository, "show", "main:hello.py") == "print('ahoy')"


def until(user: User, met: Callable[[Any], object], *argv: str) -> Any:
    """What a command tells as soon as it meets a condition; the command line cannot wait for such."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        told = user.boatyard(*argv, "--json").json
        if met(told):
            return told
        time.sleep(0.2)
    raise AssertionError(f"{' '.join(argv)}: {told}")


def until_it_asks(user: User, name: str) -> dict[str, Any]:
    """The request that the agent makes next."""
    (request,) = until(user, lambda waiting: waiting, "workspace", "requests", name)
    return dict(request)


def until_it_ends(user: User, process_id: str) -> dict[str, Any]:
    """The turn when it has ended."""
    return dict(until(user, lambda told: told["status"] != "running", "process", "show", process_id))


def until_answered(user: User, name: str, process_id: str) -> dict[str, Any]:
    """The turn when it has ended, with all that it asks for allowed."""

    def met(told: Any) -> bool:
        for _ in user.boatyard("workspace", "requests", name, "--json").json:
            user.boatyard("workspace", "approve", name, ok=False)
        return bool(told["status"] != "running")

    return dict(until(user, met, "process", "show", process_id))


def test_a_real_agent_asks_is_answered_interrupted_and_fails(
    user: User, tmp_path: Path, options: list[str]
) -> None:
    repository = make_repository(tmp_path / "repo", {"README.md": "# Repo\n"})
    run = user.boatyard(
        "run", "Write it [[script:hello]]", "--repo", str(repository), "--json", *options, seconds=300
    ).json
    name = run["workspace"]["name"]
    asked = until_it_asks(user, name)
    assert (asked["question"], asked["title"]) == (False, "Write hello.py")
    user.kill_engine()
    assert until_it_asks(user, name)["id"] == asked["id"]
    user.boatyard("workspace", "approve", name)
    assert until_answered(user, name, asked["process_id"])["status"] == "completed"
    assert "hello from the stub" in (Path(run["workspace"]["repos"][0]["path"]) / "hello.py").read_text()

    chosen = user.boatyard("workspace", "send", name, "Choose [[script:ask]]", "--json").json
    question = until_it_asks(user, name)
    assert question["question"]
    field = question["form"][0]["name"]
    user.boatyard("workspace", "approve", name, "--set", f"{field}=green", "--option", "answer")
    assert until_it_ends(user, chosen["id"])["status"] == "completed"
    assert user.boatyard("workspace", "commands", name, "--json").json

    slow = user.boatyard("workspace", "send", name, "Slowly [[script:slow]]", "--json").json
    user.boatyard("workspace", "stop", name)
    assert until_it_ends(user, slow["id"])["status"] == "killed"
    answer = user.boatyard(
        "workspace", "send", name, "On [[script:http429]]", "--wait", "--json", seconds=300
    )
    assert answer.json["status"] == "completed", answer
