"""The pull requests of workspaces, as rows and as values. Call on the store's thread."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.store import models as m
from core.store.prepared import Prepared
from core.values.pull_requests import PullLink, PullState, PullStatus

_OPENED = Prepared(
    lambda ids: m.Merge.select(m.Merge.id).where(m.Merge.workspace.in_(ids), m.Merge.kind == "pull_request")
)


def pull_links(ids: Sequence[str]) -> dict[str, tuple[PullLink, ...]]:
    """By workspace: of each repo and host the pull request that was opened last."""
    opened = [merge_id for (merge_id,) in _OPENED.tuples(ids)]
    if not opened:
        return {}
    latest: dict[tuple[str, str, str], m.Merge] = {}
    # A host counts its numbers up, whatever the clock here does.
    for row in m.Merge.select().where(m.Merge.id.in_(opened)).order_by(m.Merge.pr_number):
        key = (row.workspace_id, row.repo_id, row.pr_repository or "")
        latest.pop(key, None)
        latest[key] = row
    found: dict[str, tuple[PullLink, ...]] = {}
    for row in latest.values():
        found[row.workspace_id] = (*found.get(row.workspace_id, ()), pull_link(row))
    return found


def pull_link(row: m.Merge) -> PullLink:
    """A row of the kind `pull_request` as a value."""
    return PullLink(
        id=row.id,
        repo_id=row.repo_id,
        repository=row.pr_repository or "",
        number=row.pr_number,
        url=row.pr_url or "",
        base=row.target_branch,
        status=PullStatus(row.pr_status),
        state=msgspec.convert(row.pr_state or {}, PullState),
        merged_at=row.merged_at,
        commit=row.commit or "",
    )
