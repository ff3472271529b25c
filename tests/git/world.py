"""A user's repository, its depot and one workspace's clone, as tests need them."""

from __future__ import annotations

import asyncio
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from core.git.clone import WorkspaceClone, create_clone
from core.git.depot import Depot
from core.git.landing import land
from core.git.merge import Merged, Work, compute_merge, read_work, record_landed
from core.git.snapshot import Snapshot, import_snapshot, parse_snapshot, sandbox_paths, snapshot_command
from core.git.user_repository import UserRepository, inspect_repository, user_identity
from core.values.states import MergeStyle


def git(folder: Path, *args: str | bytes) -> str:
    """Plain git, as a user or an agent types it."""
    done = subprocess.run(["git", *args], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return os.fsdecode(done.stdout).removesuffix("\n")


def make_repository(folder: Path, files: dict[str, str] | None = None) -> Path:
    """A repository on branch main with one commit."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    commit(folder, files if files is not None else {"a.txt": "one\ntwo\nthree\n"}, "first")
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def commit(folder: Path, files: dict[str, str], message: str) -> str:
    """Writes files, commits everything, and gives the commit."""
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Each file and link below a folder, with its rights and content."""
    found: dict[str, tuple[int, bytes]] = {}
    for where, _, names in os.walk(folder):
        for name in names:
            path = Path(where, name)
            data = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
            found[str(path.relative_to(folder))] = (path.lstat().st_mode, data)
    return found


def working_tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {name: found for name, found in everything(folder).items() if not name.startswith(".git/")}


@dataclass
class World:
    """One repository, one workspace. The workspace's `folder` is where an agent would work."""

    root: Path
    user: UserRepository
    depot: Depot
    clone: WorkspaceClone
    start: str

    @property
    def home(self) -> Path:
        """The user's working tree."""
        return self.user.path

    @property
    def folder(self) -> Path:
        return self.clone.worktree

    def tip(self, branch: str = "main") -> str:
        return git(self.home, "rev-parse", f"refs/heads/{branch}")

    async def snapshot(self) -> Snapshot:
        """Runs the script as a runner would, and imports what it wrote."""
        answer = await asyncio.to_thread(self.run_script)
        snapshot = parse_snapshot(answer)
        await import_snapshot(self.depot, self.clone, snapshot)
        return snapshot

    def run_script(self) -> bytes:
        command = snapshot_command(*sandbox_paths(self.clone, container=False), self.start)
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout

    async def work(self) -> Work:
        await self.snapshot()
        work = await read_work(self.depot, self.clone.workspace)
        assert work is not None
        return work

    async def computed(self, style: MergeStyle = MergeStyle.MERGE, message: str = "Merge it") -> Merged:
        work = await self.work()
        await self.depot.refresh(self.user)
        return await compute_merge(
            self.depot, style=style, target=await self.depot.target("main"), work=work, message=message,
            identity=await user_identity(self.user),
        )  # fmt: skip

    async def merge(self, style: MergeStyle = MergeStyle.MERGE, message: str = "Merge it") -> Merged:
        merged = await self.computed(style, message)
        assert merged.conflicts == ()
        await land(self.user, self.depot, "main", old=merged.old, new=merged.new, label="merge")
        await record_landed(self.depot, self.clone.workspace, merged.source, merged.new)
        return merged


def clone_paths(root: Path, workspace: str = "fix-it", repo: str = "repo") -> WorkspaceClone:
    return WorkspaceClone(
        root=root, worktree=root / "code" / repo, git_dir=root / "git" / repo,
        dot_git=root / "etc" / f"{repo}.git", workspace=workspace, repo=repo,
    )  # fmt: skip


async def make_world(tmp: Path, repository: Path, workspace: str = "fix-it") -> World:
    user = await inspect_repository(repository)
    (tmp / "depots").mkdir(exist_ok=True)
    depot = Depot(tmp / "depots" / repository.name)
    await depot.ensure(user)
    start = await depot.target("main")
    clone = clone_paths(tmp / "workspaces" / workspace, workspace, repository.name)
    identity = await user_identity(user)
    await create_clone(clone, depot, target="main", commit=start, identity=identity, source=user)
    return World(clone.root, user, depot, clone, start)
