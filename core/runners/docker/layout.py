"""What a container sees of the host, and under which paths: its own workspace and nothing else.

Worktrees, the depots' objects and run directories keep their paths, so that paths in output and in git's
alternates hold on both sides. Each worktree is a mount of its own: a mount point cannot be renamed or
replaced from inside, and neither can the one-line `.git` file that is mounted read-only into it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from core.errors import NotFoundError, UsageError
from core.runners.runner import Environment
from core.values.entities import Settings

LOGIN = "boatyard"
"""The user's name inside, where nothing gives another one."""
GIT = "/boatyard/git"
AGENTS = "/boatyard/agents"
ETC = "/boatyard/etc"
SECRETS = "/boatyard/secrets"
"""A tmpfs, in containers of workspaces that have secrets."""


@dataclass(frozen=True)
class MountPoint:
    """A file or folder of the host in the container."""

    source: Path
    target: str
    read_only: bool = False

    def identity(self) -> tuple[str, str, bool, int, int]:
        """Changes when the source was made anew: a container that runs still holds the old one.

        Raises:
            NotFoundError: The source is gone.
        """
        try:
            status = self.source.stat()
        except OSError as error:
            raise NotFoundError(
                f"{self.source} cannot be given to a container: {error.strerror}",
                hint="The workspace is damaged; delete it, or restore what is missing.",
            ) from error
        return str(self.source), self.target, self.read_only, status.st_dev, status.st_ino


def mount_points(env: Environment) -> list[MountPoint]:
    """All that the workspace's container sees.

    Raises:
        UsageError: A path cannot be told to the engine.
    """
    points: dict[str, MountPoint] = {}

    def add(source: Path, target: str | None = None, *, read_only: bool = False) -> None:
        point = MountPoint(source, target or str(source), read_only)
        _check(point)
        points.setdefault(point.target, point)

    for clone in env.clones:
        add(clone.worktree)
        add(clone.dot_git, str(clone.worktree / ".git"), read_only=True)
        add(clone.git_dir, git_path(clone.name))
        add(clone.objects, read_only=True)
    if not env.clones:
        add(env.folder)
    add(env.runs)
    add(env.root / "home", home_of(env.settings))
    add(env.root / "etc", ETC, read_only=True)
    for table in ("passwd", "group"):
        add(env.root / "etc" / table, f"/etc/{table}", read_only=True)
    for folder, target in env.volumes:
        add(folder, target)
    if env.agents_folder is not None:
        add(env.agents_folder, AGENTS, read_only=True)
    return list(points.values())


def login_of(settings: Settings) -> str:
    """The name of the user that processes run as."""
    return settings.login or LOGIN


def home_of(settings: Settings) -> str:
    """Where the user's home folder is inside."""
    return f"/home/{login_of(settings)}"


def _check(point: MountPoint) -> None:
    try:
        f"{point.source}{point.target}".encode()
    except UnicodeEncodeError as error:
        raise UsageError(
            f"the path {os.fsencode(point.source)!r} is no valid UTF-8 and cannot be given to a container",
            hint="Use a path without such characters, or the host runner.",
        ) from error


def git_path(name: str) -> str:
    """Where a container sees a clone's git directory."""
    if "/" in name or name in ("", ".", ".."):
        raise UsageError(f"{name!r} cannot be the name of a repository's folder")
    return f"{GIT}/{name}"


def inside(env: Environment, host_path: Path) -> str:
    """How the container sees a path of the host.

    Raises:
        UsageError: It does not see it.
    """
    best: tuple[int, str] | None = None
    for point in mount_points(env):
        if host_path.is_relative_to(point.source):
            seen = str(Path(point.target) / host_path.relative_to(point.source))
            best = max(best or (0, ""), (len(point.source.parts), seen))
    if best is None and host_path == env.folder:
        return str(host_path)
    if best is None:
        raise UsageError(f"{host_path} is not visible in the container of {env.workspace}")
    return best[1]


def write_accounts(folder: Path, uid: int, gid: int, settings: Settings) -> None:
    """Writes `passwd` and `group`, so that the user's ids have a name and a home inside.

    Files that are right already are left: a container holds them by inode.
    """
    name, home = login_of(settings), home_of(settings)
    users = {uid: f"{name}:x:{uid}:{gid}::{home}:/bin/sh", 65534: "nobody:x:65534:65534::/:/bin/false"}
    groups = {gid: f"{name}:x:{gid}:", 65534: "nogroup:x:65534:"}
    users.setdefault(0, "root:x:0:0::/root:/bin/sh")
    groups.setdefault(0, "root:x:0:")
    for table, lines in (("passwd", users), ("group", groups)):
        text = "".join(f"{line}\n" for line in lines.values())
        path = folder / table
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            path.chmod(0o644)
