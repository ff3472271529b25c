"""Warm spares: the next workspace of a large repository starts with a clone that is there already."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.git.clone import WorkspaceClone
from core.lifecycle import spares as module
from core.lifecycle.spares import spare_clone
from core.values.entities import Workspace
from tests.yard import AGENTS, HOST, Yard, git

pytestmark = pytest.mark.slow

FILES = {"README.md": "# Repo\n", "src/a.py": "a\n", "src/b.py": "b\n", ".gitignore": "*.log\n"}


@pytest.fixture
async def yard(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Yard]:
    monkeypatch.setattr(module, "SLOW_SECONDS", 0.0)
    async with Yard() as each:
        yield each


async def settled(yard: Yard, repository: Path) -> WorkspaceClone:
    """The repository's spare when it has been made."""
    await yard.engine._spares.settle()
    (repo,) = [repo for repo in await yard.client.repos() if repo.path == str(repository)]
    return spare_clone(yard.home.spares / repo.id)


def contents(workspace: Workspace) -> dict[str, str]:
    folder = Path(workspace.repos[0].path)
    found = [path for path in folder.rglob("*") if path.is_file() and path.name != ".git"]
    return {str(path.relative_to(folder)): path.read_text() for path in found}


async def test_the_second_workspace_is_made_of_the_spare_and_is_like_any_other(yard: Yard) -> None:
    repository = yard.repository(files=FILES)
    first = await yard.workspace(repository, name="first")
    spare = await settled(yard, repository)
    assert spare.exists
    inode = spare.worktree.stat().st_ino
    second = await yard.workspace(repository, name="second")
    folder = Path(second.repos[0].path)
    assert folder.stat().st_ino == inode
    assert contents(first) == contents(second) == FILES
    assert git(folder, "status", "--porcelain", "--ignored") == ""
    assert git(folder, "rev-parse", "HEAD", "--abbrev-ref", "HEAD").split()[1] == "boatyard/second"
    assert "spare" not in git(folder, "for-each-ref") + git(folder, "config", "--list", "--local")
    assert git(folder, "config", "user.name") == git(Path(first.repos[0].path), "config", "user.name")
    assert (await settled(yard, repository)).exists, "the next one is ready"


async def test_a_spare_of_an_older_commit_is_brought_to_the_target(yard: Yard) -> None:
    repository = yard.repository(files=FILES)
    await yard.workspace(repository, name="first")
    await settled(yard, repository)
    (repository / "src/a.py").write_text("changed\n")
    (repository / "src/b.py").unlink()
    (repository / "new").mkdir()
    (repository / "new/c").write_text("c\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "on")
    second = await yard.workspace(repository, name="second")
    folder = Path(second.repos[0].path)
    assert contents(second) == {
        "README.md": "# Repo\n", "src/a.py": "changed\n", ".gitignore": "*.log\n", "new/c": "c\n"
    }  # fmt: skip
    assert git(folder, "rev-parse", "HEAD") == git(repository, "rev-parse", "main")
    assert git(folder, "status", "--porcelain", "--ignored") == ""


@pytest.mark.parametrize("damage", ["index", "objects", "half taken", "earlier start"])
async def test_a_spare_that_cannot_be_used_is_no_harm(
    yard: Yard, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = yard.repository(files=FILES)
    await yard.workspace(repository, name="first")
    spare = await settled(yard, repository)
    if damage == "index":
        (spare.git_dir / "index").write_bytes(b"torn")
    elif damage == "objects":
        (spare.worktree / "src/a.py").unlink()
        (spare.worktree / "src/a.py").mkdir()
        (spare.git_dir / "index").unlink()
    elif damage == "half taken":
        spare.dot_git.unlink()
    else:
        (spare.worktree / "src/a.py").write_text("torn")
        monkeypatch.setattr(module, "boot_id", lambda: "another start")
    second = await yard.workspace(repository, name="second")
    assert contents(second) == FILES
    assert git(Path(second.repos[0].path), "status", "--porcelain") == ""


async def test_no_spare_is_kept_of_a_repository_whose_clone_is_quick(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLOW_SECONDS", 60.0)
    repository = yard.repository(files=FILES)
    await yard.workspace(repository)
    assert not (await settled(yard, repository)).exists


async def test_settings_can_do_without() -> None:
    async with Yard(HOST.replace("[workspace]", "[workspace]\nwarm_spares = false") + AGENTS) as yard:
        repository = yard.repository()
        await yard.workspace(repository)
        assert list(yard.home.spares.iterdir()) == []


async def test_a_forgotten_repository_leaves_no_spare(yard: Yard) -> None:
    repository = yard.repository(files=FILES)
    workspace = await yard.workspace(repository)
    spare = await settled(yard, repository)
    await yard.remove(workspace.name)
    await yard.client.remove_task(workspace.task_id, force=True)
    await yard.client.remove_project("harbour")
    (repo,) = await yard.client.repos()
    await yard.client.remove_repo(repo.id)
    assert not spare.root.exists()
