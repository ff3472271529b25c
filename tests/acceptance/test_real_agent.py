"""An agent that we did not write does a whole turn in a workspace: on the host and in a container."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

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
def options(request: pytest.FixtureRequest, user: User, tmp_path: Path) -> Iterator[list[str]]:
    """The options of `run` that start the real agent, with the user's profile of it written."""
    agent = install()
    contained = request.param == "docker"
    with ExitStack() as stack:
        url = stack.enter_context(stub_for_container(tmp_path) if contained else stub_model(tmp_path))
        chosen = ["--agent", "real", "--runner", request.param]
        if contained:
            chosen += ["--image", agent_image(request.getfixturevalue("docker_engine"), agent)]
        else:
            user.env["HOME"] = str(tmp_path)  # the agent keeps its own files in the user's home
        write_profile(user, agent.argv(contained=contained), agent_env(url))
        yield chosen


def write_profile(user: User, argv: tuple[str, ...], env: dict[str, str]) -> None:
    lines = ["[agents.real]", 'kind = "acp"', 'title = "Claude Code"', f"command = {json.dumps(argv)}"]
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
