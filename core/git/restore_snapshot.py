"""Bringing a snapshot back into a workspace's clone: run where the sandbox is, as snapshots are.

What changes is the working tree, the workspace's branch and the agent's index; ignored files stay. The
present state has to be in the depot as a snapshot before: the script refuses when anything else is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from core.git.path_text import text_to_name
from core.git.snapshot import is_folder_below, sandbox_script

CHANGED_MEANWHILE = 75
"""Exit code of the script when files are not as the snapshot before says."""


def restore_command(
    git_dir: str, worktree: str, *, mode: Literal["check", "restore"], target: str, head: str, branch: str,
    expected: str, token: str,
) -> tuple[str, ...]:  # fmt: skip
    """The argument list that restores a snapshot, to be run where the sandbox is.

    Args:
        git_dir: Path of the git directory there.
        worktree: Path of the working tree there.
        mode: `check` changes nothing and only says whether it can be done.
        target: The snapshot to bring back.
        head: Where the branch is put.
        branch: The workspace's branch, which is checked out afterwards.
        expected: The snapshot of what is there now.
        token: Names this restoration, so that it can go on after it was killed.
    """
    script = sandbox_script("submodules.sh", "work_index.sh", "restore_snapshot.sh")
    paths = (git_dir, worktree, head)
    return ("/bin/sh", "-c", script, "boatyard-restore", *paths, mode, target, head, branch, expected, token)


def folder_changes(wanted: Iterable[str], present: Iterable[str]) -> bytes:
    """What the script is told of empty folders. The lists came from a sandbox once, so they are looked at."""
    there, here = _names(wanted), _names(present)
    gone = sorted(here - there, key=lambda name: -name.count(b"/"))
    # First those that go, with whatever is empty above them; what is wanted of that is made again.
    return b"".join([*(b"-" + n + b"\0" for n in gone), *(b"+" + name + b"\0" for name in sorted(there))])


def _names(folders: Iterable[str]) -> set[bytes]:
    names = set()
    for folder in folders:
        try:
            name = text_to_name(folder)
        except ValueError:
            continue
        if is_folder_below(name):
            names.add(name)
    return names
