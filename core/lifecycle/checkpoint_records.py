"""Checkpoints in the database; each function is one transaction of the store, or part of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.errors import NotFoundError
from core.lifecycle.facts import WorkspaceFacts
from core.store import lookup, views
from core.store import models as m
from core.values.entities import Checkpoint
from core.values.review import FileChange
from core.values.states import CheckpointKind


@dataclass(frozen=True)
class RepoState:
    """One repo as a checkpoint keeps it."""

    repo_id: str
    commit: str
    head: str
    """Where the branch was."""
    folders: tuple[str, ...]
    """Empty folders, as a sandbox named them."""


@dataclass(frozen=True)
class Count:
    """How much differs: files, and lines."""

    files: int
    added: int
    removed: int


def count_of(files: Sequence[FileChange]) -> Count:
    return Count(len(files), sum(file.added for file in files), sum(file.removed for file in files))


def latest_commits(facts: WorkspaceFacts) -> dict[str, str]:
    """By repo id, the commit of the last checkpoint; of a repo that has none, where it started."""
    known = {repo.repo_id: repo.base_commit for repo in facts.repos}
    last = (
        m.Checkpoint.select()
        .where(m.Checkpoint.workspace == facts.id)
        .order_by(m.Checkpoint.number.desc())
        .first()
    )
    return known | ({each.repo_id: each.commit for each in last.repos} if last else {})


def insert_checkpoint(
    facts: WorkspaceFacts, kind: CheckpointKind, message: str, repos: Iterable[RepoState], count: Count
) -> Checkpoint:
    """Writes a checkpoint under the next free number."""
    numbers = m.Checkpoint.select(m.Checkpoint.number).where(m.Checkpoint.workspace == facts.id)
    row = m.Checkpoint.create(
        workspace=facts.id,
        number=(numbers.order_by(m.Checkpoint.number.desc()).scalar() or 0) + 1,
        kind=kind.value,
        message=message,
        files=count.files,
        added=count.added,
        removed=count.removed,
    )
    for repo in repos:
        m.CheckpointRepo.create(
            checkpoint=row, repo=repo.repo_id, commit=repo.commit, head=repo.head, folders=list(repo.folders)
        )
    return views.checkpoints([row])[0]


def list_checkpoints(name: str) -> tuple[Checkpoint, ...]:
    """A workspace's checkpoints, the first at the beginning."""
    row = lookup.live_workspace(name)
    return views.checkpoints(list(row.checkpoints.order_by(m.Checkpoint.number)))


def checkpoint_states(name: str, number: int) -> dict[str, RepoState]:
    """What a checkpoint kept, by repo id.

    Raises:
        NotFoundError: The workspace has no checkpoint of this number.
    """
    workspace = lookup.workspace(name)
    row = m.Checkpoint.get_or_none(m.Checkpoint.workspace == workspace, m.Checkpoint.number == number)
    if row is None:
        raise NotFoundError(
            f"the workspace {name!r} has no checkpoint {number}",
            hint=f"'boatyard workspace checkpoints {name}' lists them.",
        )
    return {
        each.repo_id: RepoState(
            each.repo_id, each.commit, each.head or each.commit, tuple(each.folders or ())
        )
        for each in row.repos
    }


def compared_commits(facts: WorkspaceFacts, since: int, until: int) -> tuple[dict[str, str], dict[str, str]]:
    """By repo id, the commits of checkpoint `since` and of checkpoint `until`.

    `since` 0 is the checkpoint before `until`, or the beginning; `until` 0 is the latest snapshot. A repo
    that a checkpoint does not know is as it was at the beginning.

    Raises:
        NotFoundError: The workspace has no such checkpoint.
    """
    beginning = {repo.repo_id: repo.base_commit for repo in facts.repos}
    new = {repo.repo_id: repo.snapshot for repo in facts.repos}
    if until:
        new = beginning | _commits(facts.name, until)
    since = since or max(0, until - 1)
    return (beginning | _commits(facts.name, since)) if since else beginning, new


def _commits(name: str, number: int) -> dict[str, str]:
    return {repo_id: state.commit for repo_id, state in checkpoint_states(name, number).items()}
