"""What a container can reach of the host: its own workspace, and nothing it could do harm with."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.errors import NotFoundError, UsageError
from core.runners import Clone, Environment, ExecResult
from core.runners.docker import DockerRunner

pytestmark = [pytest.mark.container, pytest.mark.usefixtures("docker_engine")]


def git(*argv: str, cwd: Path) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *argv], cwd=cwd, check=True, capture_output=True)


def _clone(folder: Path, source: Path, name: str) -> Clone:
    """A private clone with the layout that a container expects."""
    depot = folder / "depots" / f"{name}.git"
    git("clone", "-q", "--bare", str(source), str(depot), cwd=folder)
    root = folder / "workspace"
    worktree, git_dir = root / "code" / name, root / "git" / name
    git_dir.parent.mkdir(exist_ok=True)
    git("clone", "-q", "--shared", "--separate-git-dir", str(git_dir), str(depot), str(worktree), cwd=folder)
    dot_git = root / "git" / f"{name}.dot"
    dot_git.write_text(f"gitdir: /boatyard/git/{name}\n")
    return Clone(name, worktree, git_dir, dot_git, depot / "objects")


@dataclass
class Inside:
    """A workspace's container and what lies around it on the host."""

    runner: DockerRunner
    env: Environment
    user_repository: Path
    other_workspace: Path

    async def sh(self, script: str) -> ExecResult:
        return await self.runner.exec(self.env, ("sh", "-c", script))


@pytest.fixture
def workspace(environment: Environment, tmp_path: Path) -> Environment:
    source = tmp_path / "user"
    source.mkdir()
    git("init", "-q", cwd=source)
    (source / "readme").write_text("hello\n")
    git("add", "readme", cwd=source)
    git("commit", "-qm", "first", cwd=source)
    return replace(environment, clones=(_clone(tmp_path, source, "repo"),))


@pytest.fixture
async def inside(docker_engine: str, workspace: Environment, tmp_path: Path) -> AsyncIterator[Inside]:
    other = tmp_path / "other"
    other.mkdir()
    (other / "secret").write_text("secret")
    runner = DockerRunner()
    await runner.ensure(workspace)
    yield Inside(runner, workspace, tmp_path / "user", other)
    await runner.remove(workspace)


async def test_git_works_at_the_same_path(inside: Inside) -> None:
    worktree = inside.env.clones[0].worktree
    result = await inside.sh(
        f"cd {worktree} && git log --format=%s && echo more >>readme && "
        "git -c user.name=B -c user.email=b@example.com commit -qam second && git log --format=%s"
    )
    assert (result.err, result.out) == (b"", b"first\nsecond\nfirst\n")
    assert (worktree / "readme").stat().st_uid == os.getuid()
    assert inside.runner.path_of(inside.env, worktree / "readme") == str(worktree / "readme")
    git_dir = inside.env.clones[0].git_dir
    assert inside.runner.path_of(inside.env, git_dir / "HEAD") == "/boatyard/git/repo/HEAD"


async def test_the_depots_objects_can_be_read_and_not_written(inside: Inside) -> None:
    objects = inside.env.clones[0].objects
    before = sorted(objects.rglob("*"))
    result = await inside.sh(
        f'cd {objects} && test -n "$(ls)" && ! touch new && ! rm -rf * && ! mv pack x && ! mkdir -p aa/bb'
    )
    assert result.exit_code == 0 and b"Read-only file system" in result.err
    assert sorted(objects.rglob("*")) == before


ATTEMPTS = ["rm -rf .git", "mv .git x", "ln -sfn /tmp .git", "echo x >.git", "mv -T x .git", ": >.git"]


@pytest.mark.parametrize("attempt", ATTEMPTS)
async def test_the_git_file_cannot_be_replaced(inside: Inside, attempt: str) -> None:
    worktree = inside.env.clones[0].worktree
    before = (worktree / ".git").read_bytes()
    result = await inside.sh(f"cd {worktree} && mkdir -p x && {attempt}")
    assert result.exit_code != 0
    assert (worktree / ".git").read_bytes() == before and not (worktree / ".git").is_symlink()


async def test_names_of_users_and_the_files_beside_git_cannot_be_changed(inside: Inside) -> None:
    before = {path: path.read_bytes() for path in (inside.env.root / "etc").iterdir()}
    for attempt in (
        "touch /boatyard/etc/new",
        "echo x >>/etc/passwd",
        ": >/etc/group",
        "rm -f /boatyard/etc/*",
    ):
        result = await inside.sh(attempt)
        assert result.exit_code != 0 and b"Read-only file system" in result.err, attempt
    assert {path: path.read_bytes() for path in (inside.env.root / "etc").iterdir()} == before


async def test_the_worktree_itself_cannot_be_replaced(inside: Inside) -> None:
    worktree = inside.env.clones[0].worktree
    assert (await inside.sh(f"mv {worktree} {worktree}.old")).exit_code != 0
    assert (await inside.sh(f"rmdir {worktree}")).exit_code != 0
    assert worktree.is_dir() and not worktree.is_symlink()


async def test_nothing_else_of_the_host_is_there(inside: Inside) -> None:
    hidden = [
        inside.user_repository,
        inside.other_workspace,
        inside.env.clones[0].objects.parent / "config",
        inside.env.root / "git",
        Path("/var/run/docker.sock"),
    ]
    for path in hidden:
        assert path.exists()
        assert (await inside.sh(f"ls -d {path}")).exit_code != 0, path


async def test_paths_that_are_not_there_have_no_name(inside: Inside) -> None:
    with pytest.raises(UsageError, match="not visible"):
        inside.runner.path_of(inside.env, inside.user_repository)


async def test_processes_have_the_users_ids_a_name_and_a_home(inside: Inside) -> None:
    result = await inside.sh("id -u; id -g; whoami; echo $HOME; touch $HOME/login")
    assert result.out.decode().split() == [str(os.getuid()), str(os.getgid()), "boatyard", "/home/boatyard"]
    assert (inside.env.root / "home" / "login").exists()


async def test_processes_have_no_capabilities_and_can_gain_none(inside: Inside) -> None:
    status = dict(
        line.split(":", 1) for line in (await inside.sh("cat /proc/self/status")).out.decode().splitlines()
    )
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0, name
    assert (status["NoNewPrivs"].strip(), status["Seccomp"].strip()) == ("1", "2")


async def test_limits_are_in_force(inside: Inside) -> None:
    script = "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; true"
    assert (await inside.sh(script)).out.strip() == str(512 * 1024**2).encode()
    script = "cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max; true"
    assert (await inside.sh(script)).out.strip() == b"128"


async def test_without_network_there_is_none(inside: Inside) -> None:
    assert (await inside.sh("ls /sys/class/net")).out.split() == [b"lo"]


async def test_temporary_programs_can_run(inside: Inside) -> None:
    result = await inside.sh("printf '#!/bin/sh\\necho ran' >/tmp/x && chmod +x /tmp/x && /tmp/x")
    assert result.out == b"ran\n"


async def test_agents_can_be_run_and_not_changed(
    docker_engine: str, workspace: Environment, tmp_path: Path
) -> None:
    agents = tmp_path / "agents"
    agents.mkdir()
    (agents / "tool").write_text("#!/bin/sh\necho tool\n")
    (agents / "tool").chmod(0o755)
    env, runner = replace(workspace, agents_folder=agents), DockerRunner()
    await runner.ensure(env)
    result = await runner.exec(env, ("sh", "-c", "/boatyard/agents/tool; touch /boatyard/agents/new"))
    assert result.out == b"tool\n" and b"Read-only" in result.err
    assert runner.path_of(env, agents / "tool") == "/boatyard/agents/tool"


async def test_variables_cannot_be_read_from_the_engine(docker_engine: str, environment: Environment) -> None:
    env, runner = replace(environment, env={"TOKEN": "s3cr3t-token"}), DockerRunner()
    await runner.ensure(env)
    assert (await runner.exec(env, ("sh", "-c", "echo $TOKEN"))).out == b"s3cr3t-token\n"
    name = f"boatyard-{env.instance}-{env.workspace}"
    shown = subprocess.run(["docker", "inspect", name], capture_output=True, check=True).stdout  # noqa: ASYNC221
    assert b"s3cr3t-token" not in shown


async def test_a_missing_folder_is_named_and_nothing_is_made_in_its_place(
    docker_engine: str, workspace: Environment, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    clone = replace(workspace.clones[0], git_dir=gone)
    with pytest.raises(NotFoundError, match="gone"):
        await DockerRunner().ensure(replace(workspace, clones=(clone,)))
    assert not gone.exists()
