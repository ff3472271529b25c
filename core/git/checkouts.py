"""Where a branch of the user's repository is checked out, and what goes on there (git-worktree(1))."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from core.git.command import reader_git
from core.git.user_repository import UserRepository

_OPERATIONS = {
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "BISECT_LOG": "bisect",
    "sequencer": "cherry-pick or revert",
}


@dataclass(frozen=True)
class Checkout:
    """A working tree of the user, the main one or a linked one."""

    path: Path
    branch: str
    """Full ref name; empty when HEAD is detached."""
    reachable: bool
    """False when its folder is gone: then nothing in it can be updated, or has to be."""
    locked: bool = False
    """Kept although its folder may be away for now, such as on a removable disk."""


async def checkouts(repository: UserRepository) -> list[Checkout]:
    """All working trees that the repository knows."""
    listed = await repository.git.run("worktree", "list", "--porcelain", "-z")
    found = [_checkout(record) for record in listed.out.split(b"\0\0") if record]
    return await asyncio.to_thread(lambda: [_seen(checkout) for checkout in found])


async def checkout_of(repository: UserRepository, branch: str) -> Checkout | None:
    """The working tree that has the branch checked out, or None."""
    ref = f"refs/heads/{branch}"
    return next((found for found in await checkouts(repository) if found.branch == ref), None)


async def git_dir_of(checkout: Path) -> Path:
    """A working tree's own git directory."""
    return Path((await reader_git(checkout).run("rev-parse", "--absolute-git-dir")).text)


def operation_under_way(git_dir: Path) -> str | None:
    """What the user is in the middle of in a working tree, in git's word."""
    return next((word for name, word in _OPERATIONS.items() if (git_dir / name).exists()), None)


def held_by_operation(common_dir: Path, branch: str) -> str | None:
    """A rebase or bisect, in any working tree, that will move the branch when it ends."""
    linked = common_dir / "worktrees"
    folders = [common_dir, *(linked.iterdir() if linked.is_dir() else ())]
    for folder in folders:
        for name in ("rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START"):
            if _first_line(folder / name) in (f"refs/heads/{branch}", branch):
                return "bisect" if name == "BISECT_START" else "rebase"
    return None


def _checkout(record: bytes) -> Checkout:
    fields: dict[str, str] = {}
    for line in record.strip(b"\0").split(b"\0"):
        key, _, value = line.partition(b" ")
        fields[os.fsdecode(key)] = os.fsdecode(value)
    return Checkout(Path(fields["worktree"]), fields.get("branch", ""), True, "locked" in fields)


def _seen(checkout: Checkout) -> Checkout:
    return Checkout(checkout.path, checkout.branch, (checkout.path / ".git").exists(), checkout.locked)


def _first_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return os.fsdecode(file.readline(4096).rstrip(b"\n"))
    except (FileNotFoundError, NotADirectoryError):
        return ""
