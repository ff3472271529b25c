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
from functools import cache
from importlib.resources import files

from core.errors import GitError
from core.git.clone import SANDBOX_GIT, WorkspaceClone
from core.git.depot import FETCH, LONG, WORKSPACES, Depot, RefChange
from core.git.path_text import name_to_text
from core.git.quoting import unquote
from core.git.sandbox_objects import take_objects

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LINE_LIMIT = 500
FOLDER_LIMIT = 5000
"""Empty folders that are remembered of one repository at most."""


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
    """New submodules, of which only the commit they are at is recorded."""
    missing: tuple[str, ...] = ()
    """Files, and folders with `/` behind, that could not be read: they are missing in the snapshot, or as
    they were before."""
    folders: tuple[str, ...] = ()
    """Folders without any file, when they were asked for; a commit cannot hold them."""


@cache
def sandbox_script(*names: str) -> str:
    """Scripts of this package as one text, to be run by `sh -c` where the sandbox is."""
    parts = (files("core.git").joinpath(name).read_text(encoding="utf-8") for name in names)
    return "".join(parts)


def snapshot_command(
    git_dir: str, worktree: str, base: str, *, folders: bool = False, coming: str = ""
) -> tuple[str, ...]:
    """The argument list that writes a snapshot, to be run where the sandbox is.

    Args:
        git_dir: Path of the git directory there.
        worktree: Path of the working tree there.
        base: The commit to stand on when HEAD has none.
        folders: Whether to look for empty folders, too.
        coming: A commit that is to be restored: ignored files that are in its way are taken in. Or empty.
    """
    script = sandbox_script("submodules.sh", "work_index.sh", "snapshot.sh")
    listed = str(int(folders))
    return ("/bin/sh", "-c", script, "boatyard-snapshot", git_dir, worktree, base, listed, coming)


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
    folders = _folders(single.pop("folders", ""), single.pop("ignored", ""))
    if (
        set(single) != {"snapshot", "head", "dirty", "unborn"}
        or not all(_ID.fullmatch(single[key]) for key in ("snapshot", "head"))
        or not {single["dirty"], single["unborn"]} <= {"0", "1"}
    ):
        raise _unreadable(output)
    return Snapshot(
        single["snapshot"], single["head"], single["dirty"] == "1", single["unborn"] == "1",
        tuple(map(unquote, listed["embedded"])), tuple(map(unquote, listed["missing"])), folders,
    )  # fmt: skip


def _folders(found: str, ignored: str) -> tuple[str, ...]:
    """Folders from the two lists that the script printed; what makes no sense is left out."""
    try:
        names, left_out = (bytes.fromhex(text).split(b"\0")[:-1] for text in (found, ignored))
    except ValueError:
        return ()
    kept = {name.removeprefix(b"./") for name in names} - {name.removeprefix(b"./") for name in left_out}
    return tuple(name_to_text(name) for name in sorted(kept)[:FOLDER_LIMIT] if is_folder_below(name))


def is_folder_below(name: bytes) -> bool:
    """Whether a path stays inside the working tree and outside of any git directory."""
    parts = name.split(b"/")
    return all(part not in (b"", b".", b"..") and part.lower() != b".git" for part in parts)


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
        GitError: The commits are not among the sandbox's own objects, or are broken.
        StorageError: The disk is full.
    """
    taken = await take_objects(clone, depot)
    refs = f"{WORKSPACES}/{clone.workspace}"
    async with depot.writing() as git:
        fetching = git.having(
            {"GIT_ALLOW_PROTOCOL": "file"},
            config={"fetch.fsckObjects": "true", "transfer.fsckObjects": "true"},
        )
        try:
            await fetching.run(*FETCH, "--", str(taken), snapshot.commit, snapshot.head, seconds=LONG)
        except GitError as error:
            raise _unusable(clone, _refused_object(error) or error.message, error) from error
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


def _refused_object(error: GitError) -> str:
    """What git says of an object that it takes from nobody, such as one that would run a program."""
    lines = str(error.details.get("stderr", "")).splitlines()
    said = next((line for line in lines if line.startswith(("error: object ", "error: in "))), "")
    return f"git refuses {said.removeprefix('error: ').removeprefix('in ')[:500]}" if said else ""


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
