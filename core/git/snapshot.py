"""Snapshots: everything in a workspace's clone as one commit, without touching the agent's index.

The snapshot is written where the sandbox is: the caller runs `snapshot_command` through a runner, for the
host never runs git in a tree that a sandbox can write. Only then `import_snapshot` fetches the result.
The script needs nothing but POSIX sh, git and the usual file tools.

What the printed answer says is the sandbox's claim. It is parsed strictly, and the fetch asks for exactly
those ids and checks every object.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from core.errors import GitError
from core.git.clone import SANDBOX_GIT, WorkspaceClone, alternates
from core.git.depot import FETCH, LONG, WORKSPACES, Depot, RefChange
from core.git.quoting import unquote
from core.git.untouched import refuse_redirected

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LINE_LIMIT = 500


@dataclass(frozen=True)
class Snapshot:
    """What the script found."""

    commit: str
    """The snapshot: HEAD itself when there is nothing uncommitted."""
    head: str
    """HEAD, or the given base when HEAD has no commit."""
    dirty: bool
    """Whether there is anything that is not committed."""
    unborn: bool = False
    """HEAD names a branch that does not exist (deleted, or an orphan that was begun)."""
    embedded: tuple[str, ...] = ()
    """New embedded repositories, of which only the commit they are at is recorded."""
    missing: tuple[str, ...] = ()
    """Files that could not be read: they are missing in the snapshot, or as they were before."""


def snapshot_command(git_dir: str, worktree: str, base: str, *left_out: str) -> tuple[str, ...]:
    """The argument list that writes a snapshot, to be run where the sandbox is.

    Args:
        git_dir: Path of the git directory there.
        worktree: Path of the working tree there.
        base: The commit to stand on when HEAD has none.
        left_out: Folders that are no part of the work; such files come on standard input, NUL-ended.
    """
    script = files("core.git").joinpath("snapshot.sh").read_text(encoding="utf-8")
    return ("/bin/sh", "-c", script, "boatyard-snapshot", git_dir, worktree, base, *left_out)


def parse_snapshot(output: bytes) -> Snapshot:
    """Reads what the script printed.

    Raises:
        GitError: It is not what the script prints.
    """
    single: dict[str, str] = {}
    listed: dict[str, list[str]] = {"embedded": [], "missing": []}
    for line in output.decode("utf-8", "backslashreplace").splitlines()[:_LINE_LIMIT]:
        key, _, value = line.partition(" ")
        if key in listed:
            listed[key].append(value)
        elif key in single:
            raise _unreadable(output)
        else:
            single[key] = value
    if (
        set(single) != {"snapshot", "head", "dirty", "unborn"}
        or not all(_ID.fullmatch(single[key]) for key in ("snapshot", "head"))
        or not {single["dirty"], single["unborn"]} <= {"0", "1"}
    ):
        raise _unreadable(output)
    return Snapshot(
        single["snapshot"], single["head"], single["dirty"] == "1", single["unborn"] == "1",
        *(tuple(unquote(name) for name in listed[key]) for key in ("embedded", "missing")),
    )  # fmt: skip


def _unreadable(output: bytes) -> GitError:
    tail = output[-500:].decode("utf-8", "backslashreplace")
    return GitError(
        "the snapshot in the workspace gave no readable answer",
        hint="Check that git works inside the workspace: boatyard workspace exec NAME -- git status",
        details={"output": tail},
    )


async def import_snapshot(depot: Depot, clone: WorkspaceClone, snapshot: Snapshot) -> None:
    """Fetches a snapshot and the HEAD that it stands on into the depot, every object checked.

    The ids are looked at before any ref gets them: the sandbox may claim what it likes.

    The refs `workspaces/<name>/snapshot` and `…/head` have them afterwards.

    Raises:
        GitError: The commits are not there, are broken, or the git directory has been tampered with.
        StorageError: The disk is full.
    """
    await refuse_redirected(clone.git_dir, alternates(depot))
    refs = f"{WORKSPACES}/{clone.workspace}"
    async with depot.writing() as git:
        fetching = git.having(
            {"GIT_ALLOW_PROTOCOL": "file"},
            config={"fetch.fsckObjects": "true", "transfer.fsckObjects": "true"},
        )
        try:
            await fetching.run(*FETCH, "--", str(clone.git_dir), snapshot.commit, snapshot.head, seconds=LONG)
        except GitError as error:
            raise _unusable(clone, error.message, error) from error
    if not await _is_as_claimed(depot, snapshot):
        raise _unusable(clone, "what it calls its snapshot is no commit on top of its HEAD")
    await depot.update_refs([
        RefChange(f"{refs}/snapshot", snapshot.commit), RefChange(f"{refs}/head", snapshot.head),
    ])  # fmt: skip


async def _is_as_claimed(depot: Depot, snapshot: Snapshot) -> bool:
    asked = (f"{snapshot.head}^{{commit}}", f"{snapshot.commit}^{{commit}}")
    answer = await depot.git.run("rev-parse", *asked, f"{snapshot.commit}^@", ok=(0, 128))
    expected = [snapshot.head, snapshot.commit]
    if snapshot.commit == snapshot.head:
        return answer.text.splitlines()[:2] == expected
    return answer.text.splitlines() == [*expected, snapshot.head]


def _unusable(clone: WorkspaceClone, reason: str, error: GitError | None = None) -> GitError:
    return GitError(
        f"the work of workspace {clone.workspace!r} cannot be fetched: {reason}",
        hint="Nothing is lost: it is in the workspace. Run git fsck there.",
        details=error.details if error else None,
    )


def sandbox_paths(clone: WorkspaceClone, *, container: bool) -> tuple[str, str]:
    """Git directory and working tree as the sandbox sees them, for `snapshot_command`."""
    git_dir = f"{SANDBOX_GIT}/{clone.repo}" if container else str(clone.git_dir)
    return git_dir, str(clone.worktree)
