"""Rows of pull requests; each function is one transaction of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from core.errors import NotFoundError
from core.lifecycle.turn_records import move_task
from core.store import lookup, views
from core.store import models as m
from core.store.models.fields import now
from core.store.pull_links import pull_link
from core.values.entities import Task, Workspace
from core.values.pull_requests import Check, CheckStatus, PullLink, PullRequest, PullState, PullStatus
from core.values.states import TaskStatus, WorkspaceState


@dataclass(frozen=True)
class Followed:
    """A pull request and where its workspace and remote are."""

    link: PullLink
    workspace: str
    remote: str


@dataclass(frozen=True)
class Seen:
    """What a look at a pull request has changed."""

    link: PullLink
    workspace: Workspace
    before: PullLink
    changed: bool
    task: Task | None = None
    """The task, if it is done now."""


def record_opened(workspace: str, repo_id: str, repository: str, remote: str, pull: PullRequest) -> Workspace:
    """Writes down that a pull request is there; may be repeated."""
    row = lookup.live_workspace(workspace)
    merge, _ = m.Merge.get_or_create(
        workspace=row,
        repo=repo_id,
        pr_repository=repository,
        pr_number=pull.number,
        defaults={
            "kind": "pull_request",
            "target_branch": pull.base,
            "pr_url": pull.url,
            "pr_status": pull.status.value,
            "pr_remote": remote,
        },
    )
    _fill(merge, pull, _state_of(merge, pull))
    return views.workspace(row)


def record_seen(
    merge_id: str, pull: PullRequest, checks: Sequence[Check], comments: int, *, finishes_task: bool
) -> Seen:
    """Writes down how a pull request is now; a workspace whose pull requests are all merged is done."""
    row = _row(merge_id)
    before = pull_link(row)
    counted = {status: sum(check.status is status for check in checks) for status in CheckStatus}
    state = PullState(
        title=pull.title,
        draft=pull.draft,
        head=pull.head,
        failed=counted[CheckStatus.FAILED],
        pending=counted[CheckStatus.PENDING],
        passed=counted[CheckStatus.PASSED],
        comments=comments,
        looked_at=now(),
    )
    _fill(row, pull, state)
    after = pull_link(row)
    merged_now = after.status is PullStatus.MERGED and before.status is not PullStatus.MERGED
    task = _finish(row) if merged_now and finishes_task else None
    return Seen(after, views.workspace(row.workspace), before, _differ(before, after), task)


def record_trouble(merge_id: str, trouble: str) -> Workspace | None:
    """Writes down that a look at a pull request came to nothing; None: that was known."""
    row = _row(merge_id)
    state = msgspec.convert(row.pr_state or {}, PullState)
    if state.trouble == trouble:
        return None
    row.pr_state = msgspec.to_builtins(msgspec.structs.replace(state, trouble=trouble))
    row.save(only=[m.Merge.pr_state])
    return views.workspace(row.workspace)


def pulls_of(workspace: str) -> list[Followed]:
    """The pull requests of a workspace, the latest of each repo and host."""
    row = lookup.workspace(workspace)
    ids = [link.id for link in views.workspace(row).pull_requests]
    rows = {each.id: each for each in m.Merge.select().where(m.Merge.id.in_(ids))}
    return [Followed(pull_link(rows[each]), row.name, rows[each].pr_remote or "") for each in ids]


def one_of_them(found: Sequence[Followed], workspace: str, repo_ids: Sequence[str]) -> list[Followed]:
    """Those of some repos.

    Raises:
        NotFoundError: There is none.
    """
    chosen = [each for each in found if each.link.repo_id in repo_ids]
    if not chosen:
        raise NotFoundError(
            f"the workspace {workspace!r} has no pull request",
            hint=f"Open one: boatyard workspace pr open {workspace}",
        )
    return chosen


def open_pulls() -> list[Followed]:
    """All that have not been merged or closed, of workspaces that are there."""
    rows = (
        m.Merge.select(m.Merge, m.Workspace)
        .join(m.Workspace)
        .where(
            m.Merge.kind == "pull_request",
            m.Merge.pr_status == PullStatus.OPEN.value,
            m.Workspace.state != WorkspaceState.DELETED,
        )
        .order_by(m.Merge.created_at)
    )
    return [Followed(pull_link(row), row.workspace.name, row.pr_remote or "") for row in rows]


def _row(merge_id: str) -> m.Merge:
    row: m.Merge | None = m.Merge.get_or_none(m.Merge.id == merge_id)
    if row is None:
        raise NotFoundError("the pull request's workspace is gone", hint="Look at it in a browser.")
    return row


def _fill(row: m.Merge, pull: PullRequest, state: PullState) -> None:
    row.pr_status, row.pr_url, row.target_branch = pull.status.value, pull.url, pull.base
    row.merged_at = (pull.merged_at or now()) if pull.status is PullStatus.MERGED else None
    row.commit, row.source = pull.merge_commit or None, pull.head
    row.pr_state = msgspec.to_builtins(state)
    row.save()


def _state_of(row: m.Merge, pull: PullRequest) -> PullState:
    """What was known, with what the host has just said."""
    known = msgspec.convert(row.pr_state or {}, PullState)
    return msgspec.structs.replace(known, title=pull.title, draft=pull.draft, head=pull.head)


def _differ(before: PullLink, after: PullLink) -> bool:
    """In more than the time of the look."""
    state = msgspec.structs.replace(after.state, looked_at=before.state.looked_at)
    return msgspec.structs.replace(after, state=state) != before


def _finish(row: m.Merge) -> Task | None:
    """The task is done when no other pull request of the workspace is still open."""
    others = m.Merge.select().where(
        m.Merge.workspace == row.workspace, m.Merge.pr_status == PullStatus.OPEN.value, m.Merge.id != row.id
    )
    if others.exists():
        return None
    open_states = tuple(status for status in TaskStatus if status is not TaskStatus.DONE)
    return move_task(row.workspace.task_id, TaskStatus.DONE, open_states)
