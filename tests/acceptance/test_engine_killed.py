"""`kill -9` of the engine while an agent writes: the next command finds agent, log and exit code whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.user import User, make_repository

pytestmark = pytest.mark.slow

LINES = 4000
SCRIPT = (
    f'i=0; while [ $i -lt {LINES} ]; do i=$((i+1)); echo "line $i"; '
    '[ $((i % 400)) -ne 0 ] || sleep 0.1; done; echo "$1" > DONE.md; exit 7'
)


def write_profile(user: User) -> None:
    (user.home / "config").mkdir(parents=True)
    command = ["sh", "-c", SCRIPT, "sh", "{prompt}"]
    (user.home / "config" / "config.toml").write_text(
        f'[agents.writer]\nkind = "command"\ncommand = {command!r}\n'.replace('\\"', '\\"')
    )


@pytest.mark.parametrize("runner", ["host", pytest.param("docker", marks=pytest.mark.container)])
def test_a_killed_engine_loses_no_byte_of_log_and_no_exit_code(
    user: User, tmp_path: Path, runner: str, request: pytest.FixtureRequest
) -> None:
    options = ["--runner", runner]
    if runner == "docker":
        options += ["--image", request.getfixturevalue("docker_engine")]
    write_profile(user)
    repository = make_repository(tmp_path / "repo", {"README.md": "# Repo\n"})
    run = user.boatyard(
        "run", "write", "--repo", str(repository), "--agent", "writer", "--json", *options
    ).json
    process = run["workspace"]["process_id"]
    assert process, run

    # Twice: also the engine that took over is killed while the agent still writes.
    for _ in range(2):
        user.kill_engine()

    log = user.boatyard("process", "logs", process, "--follow").out
    assert log.splitlines() == [f"line {n}" for n in range(1, LINES + 1)]
    ended = user.boatyard("process", "show", process, "--json").json
    assert (ended["status"], ended["exit_code"]) == ("failed", 7)
    diff = user.boatyard("workspace", "diff", run["workspace"]["name"], "--json").json
    assert [file["path"] for file in diff["files"]] == ["DONE.md"]
