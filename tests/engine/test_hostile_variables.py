"""Variables that turn programs into something else reach what runs in the workspace, and nothing of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.values.requests import MergeWorkspace, RunCommand, WantedSettings
from core.values.states import ProcessStatus
from tests.yard import Yard, git


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """As a `.env` may hold them, all leading to a script that leaves a mark."""
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/mark\n")
    trap.chmod(0o755)
    return {
        "LD_PRELOAD": "/nonexistent/boatyard.so", "GIT_DIR": str(tmp_path), "GIT_WORK_TREE": "/",
        "GIT_SSH_COMMAND": str(trap), "GIT_EXTERNAL_DIFF": str(trap), "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": str(trap), "BASH_ENV": str(trap),
        "PYTHONSTARTUP": str(trap), "PAGER": str(trap), "EDITOR": str(trap), "IFS": "/", "PS4": f"$({trap})",
    }  # fmt: skip


async def test_no_program_of_ours_obeys_the_variables_of_a_workspace(
    yard: Yard, variables: dict[str, str], tmp_path: Path
) -> None:
    workspace = await yard.workspace(settings=WantedSettings(env=variables))
    folder = Path(workspace.repos[0].path)
    process = await yard.client.run_command(
        workspace.name, RunCommand(argv=("/bin/sh", "-c", "echo x >a.txt"))
    )
    assert (await yard.client.wait_process(process.id)).status is ProcessStatus.COMPLETED
    assert [change.path for change in (await yard.client.diff(workspace.name)).files] == ["a.txt"]
    assert await yard.client.files(workspace.name)
    await yard.client.merge(workspace.name, MergeWorkspace())
    assert (yard.folder / "repo" / "a.txt").read_text() == "x\n"
    assert git(folder, "status", "--porcelain", "--untracked-files=no") == ""
    assert not (tmp_path / "mark").exists()
