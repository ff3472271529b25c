"""What became of one file from state to state of a tree, the latest first, through renames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import GitError
from core.git.changes import DIFF_OPTIONS, FOLLOW_OPTIONS, RawChange, parse_changes
from core.git.depot import Depot


@dataclass(frozen=True)
class StateChange:
    """Between a state and the one before it."""

    index: int
    """Of the newer state."""
    name: bytes
    """What the file is called in it."""
    old_name: bytes | None = None
    """What it was called before, where it was renamed."""


async def changes_along(
    depot: Depot, commits: Sequence[str], name: bytes
) -> tuple[list[StateChange], bytes | None]:
    """The states in which a file is another than in the one before, the latest first.

    Args:
        depot: Where they are.
        commits: Commits or trees, the oldest first.
        name: What the file is called in the last one.

    Returns:
        The changes, and what the file is called in the first state; None where it is not there.
    """
    found: list[StateChange] = []
    ids = await _ids(depot, commits, name)
    for index in range(len(commits) - 1, 0, -1):
        if ids[index] == ids[index - 1]:
            continue
        old_name = None
        if not ids[index - 1]:
            old_name = await renamed_from(depot, commits[index - 1], commits[index], name)
        found.append(StateChange(index, name, old_name))
        if old_name is not None:
            name = old_name
            ids[:index] = await _ids(depot, commits[:index], name)
    return found, name if commits and ids[0] else None


async def renamed_from(depot: Depot, old: str, new: str, name: bytes) -> bytes | None:
    """What a file that is new in `new` was called in `old`; None where it is truly new."""
    answer = await depot.git.run("diff-tree", "-z", "--raw", "--diff-filter=R", *FOLLOW_OPTIONS, old, new)
    raw, _ = parse_changes(answer.out)
    return next((change.old_name for change in raw if change.name == name), None)


async def change_between(
    depot: Depot, old: str, new: str, step: StateChange
) -> tuple[RawChange, tuple[int, int] | None]:
    """What happened in a step: the record, and the lines added and removed, or None of a binary file.

    Raises:
        GitError: Nothing did.
    """
    names = [step.name] if step.old_name is None else [step.old_name, step.name]
    argv = ("diff-tree", "-z", "--raw", "--numstat", *DIFF_OPTIONS, old, new, "--")
    raw, counts = parse_changes((await depot.git.run(*argv, *names)).out)
    change = next((each for each in raw if each.name == step.name), None)
    if change is None:
        raise GitError("git finds no change of the file where there is one", hint="Try again.")
    return change, counts.get(change.name)


async def _ids(depot: Depot, commits: Sequence[str], name: bytes) -> list[str]:
    """The id that each state has at the name; empty where it has nothing."""
    asked = [commit.encode() + b":" + name for commit in commits]
    if not asked:
        return []
    stdin = b"".join(each + b"\0" for each in asked)
    answer = await depot.git.run("cat-file", "-z", "--batch-check=%(objectname) %(objecttype)", stdin=stdin)
    ids, at = [], 0
    for each in asked:  # in step with what was asked, for a name may hold a line end
        missing = each + b" missing\n"
        if answer.out.startswith(missing, at):
            ids.append("")
            at += len(missing)
            continue
        end = answer.out.index(b"\n", at)
        id_, _, kind = answer.out[at:end].partition(b" ")
        ids.append(id_.decode() if kind != b"tree" else "")
        at = end + 1
    return ids
