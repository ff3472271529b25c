"""Set-up scripts: side by side or one by one, stopped at a failure, and gone on with from there."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.values.requests import UpdateRepo
from core.values.states import OperationStatus, ProcessStatus, WorkspaceState
from tests.yard import Yard, make_repository

pytestmark = pytest.mark.slow


async def two(yard: Yard, **settings: object) -> tuple[Path, Path]:
    """Two repositories of a project, both with these settings."""
    pair = make_repository(yard.folder / "one", {"a": "a"}), make_repository(yard.folder / "two", {"b": "b"})
    await yard.task("x", *pair)
    for repository in pair:
        await yard.client.update_repo(str(repository), UpdateRepo(**settings))  # type: ignore[arg-type]
    return pair


async def test_a_retry_begins_with_the_script_that_failed_and_starts_the_agent(yard: Yard) -> None:
    await two(yard, setup_script='echo "$PWD" >> ../ran; case $PWD in *two) [ -e ../fixed ];; esac')
    operation = await yard.begin(name="broken", agent="writer", prompt="go")
    ended = await yard.client.wait_operation(operation.id)
    assert ended.status is OperationStatus.FAILED
    (setup,) = [step for step in ended.steps if step.name == "setup"]
    assert [line.partition(",")[0] for line in setup.detail.splitlines()] == ["one: completed", "two: failed"]
    assert setup.process_id and "the set-up script of two failed" in setup.error
    workspace = await yard.client.workspace("broken")
    assert workspace.state is WorkspaceState.FAILED
    assert (Path(workspace.folder) / "one/a").exists(), "something was taken away"

    (Path(workspace.folder) / "fixed").touch()
    again = await yard.done(await yard.client.retry_setup("broken"))
    assert [step.name for step in again.steps] == ["setup", "start"]
    ran = [Path(line).name for line in (Path(workspace.folder) / "ran").read_text().splitlines()]
    assert ran == ["one", "two", "two"]
    assert (await yard.turn("broken")).status is ProcessStatus.COMPLETED
    assert (await yard.client.workspace("broken")).state is WorkspaceState.OPEN


async def test_scripts_run_side_by_side_when_every_repo_allows_it(yard: Yard) -> None:
    """Each waits until the other has begun."""
    script = (
        'touch "../began-${PWD##*/}"; n=0; '
        "until [ -e ../began-one ] && [ -e ../began-two ]; do sleep 0.05; n=$((n+1)); [ $n -lt 400 ]; done"
    )
    await two(yard, setup_script=f"set -e; {script}", parallel_setup=True)
    operation = await yard.done(await yard.begin(name="both"))
    (setup,) = [step for step in operation.steps if step.name == "setup"]
    assert sorted(line.partition(",")[0] for line in setup.detail.splitlines()) == [
        "one: completed", "two: completed",
    ]  # fmt: skip
