"""The two sides of a diff: a workspace's present or one of its checkpoints, and what it is compared with."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import NotFoundError, UsageError
from core.git.depot import Depot
from core.git.diff import Shown
from core.lifecycle.checkpoint_records import compared_commits
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.landing import Landing
from core.lifecycle.place import Place
from core.lifecycle.snapshots import Snapshots
from core.review.base import Base, BaseKind
from core.review.diff import Compared, Sides
from core.store import lookup
from core.store import models as m
from core.values.states import CheckpointKind


@dataclass(frozen=True)
class DiffRequest:
    """What is compared, and how it is shown."""

    base: Base = field(default_factory=Base)
    until: int = 0
    """A checkpoint instead of the present; compared with the one before it unless `base` names another."""
    shown: Shown = field(default_factory=Shown)


KEPT = 64
"""Comparisons whose sides are remembered for the next page of theirs."""
Kept = tuple[str, Base, int]
"""Workspace, base, and the checkpoint on the new side."""
HEAD = re.compile(r"\A(?:HEAD|@)(?=[~^]|\Z)")
"""The workspace's own; the depot has none."""


class Comparing:
    """Finds the commits on both sides."""

    def __init__(self, context: Context, snapshots: Snapshots, landing: Landing) -> None:
        self._context = context
        self._snapshots = snapshots
        self._landing = landing
        self._kept: OrderedDict[Kept, tuple[tuple[str, ...], Sequence[Compared]]] = OrderedDict()

    async def sides(self, name: str, request: DiffRequest, *, fresh: bool = True) -> Sequence[Compared]:
        """The two sides in each repo.

        Args:
            name: The workspace.
            request: What is compared.
            fresh: Whether to take a snapshot where the present is one of the sides.

        Raises:
            NotFoundError: There is no such checkpoint, commit or workspace.
        """
        facts = await self.live(name)
        key = (name, request.base, request.until)
        kept = self._kept.get(key)
        if not fresh and kept is not None and kept[0] == _snapshots(facts):
            return kept[1]  # what was looked at last: pages of one diff go together, and come at once
        if not request.until:
            facts = await self._present(name, fresh=fresh)
        sides = await self._sides(facts, request)
        self._kept[key] = _snapshots(facts), sides
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return sides

    async def _sides(self, facts: WorkspaceFacts, request: DiffRequest) -> Sequence[Compared]:
        if request.base.kind is BaseKind.TARGET and not request.until:
            return await self._landing.targets(facts, refresh=False)
        old, new = await self._commits(facts, request)
        place = Place(self._context.home, facts.name)
        return [
            Sides(repo.repo_id, repo.name, place.depot(repo.repo_id), old[repo.repo_id], new[repo.repo_id])
            for repo in facts.repos
            if repo.repo_id in old
        ]

    async def live(self, name: str) -> WorkspaceFacts:
        """A workspace that is not deleted."""
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        return await self._context.store.read(workspace_facts, name)

    async def _present(self, name: str, *, fresh: bool) -> WorkspaceFacts:
        facts = await self.live(name)
        known = all(repo.snapshot for repo in facts.repos)
        return facts if known and not fresh else await self._snapshots.take(name)

    async def _commits(
        self, facts: WorkspaceFacts, request: DiffRequest
    ) -> tuple[Mapping[str, str], Mapping[str, str]]:
        base = request.base
        number = base.number
        if base.kind is BaseKind.TURN:
            number = await self._context.store.read(_before_last_turn, facts)
        old, new = await self._context.store.read(compared_commits, facts, number, request.until)
        if base.kind is BaseKind.UNCOMMITTED:
            old = {repo.repo_id: repo.head for repo in facts.repos}
        elif base.kind is BaseKind.COMMIT:
            old = await self._revision(facts, base.name)
        elif base.kind is BaseKind.WORKSPACE:
            old = await self._other(facts, base.name)
        return old, new

    async def _revision(self, facts: WorkspaceFacts, revision: str) -> dict[str, str]:
        """The commit in each repo that knows the revision: an id, a branch or tag of the user's, or one
        counted from any of them or from the workspace's HEAD, as in `HEAD~2` (gitrevisions(7))."""
        place = Place(self._context.home, facts.name)
        found = {}
        for repo in facts.repos:
            wanted = HEAD.sub(repo.head, revision) if repo.head else revision
            commit = await _resolve(place.depot(repo.repo_id), wanted)
            if commit:
                found[repo.repo_id] = commit
        if not found:
            raise NotFoundError(
                f"no repository of {facts.name!r} knows the commit {revision[:60]!r}",
                hint="Give its id, the name of a branch or tag of your repository, or HEAD~1.",
            )
        return found

    async def _other(self, facts: WorkspaceFacts, name: str) -> dict[str, str]:
        """What another workspace has now in the repos that both have."""
        if name == facts.name:
            raise UsageError(f"{name!r} cannot be compared with itself", hint="Name another workspace.")
        other = await self._present(name, fresh=True)
        mine = {repo.repo_id for repo in facts.repos}
        shared = {repo.repo_id: repo.snapshot for repo in other.repos if repo.repo_id in mine}
        if not shared:
            raise UsageError(f"{facts.name!r} and {name!r} have no repository in common")
        return shared


def _snapshots(facts: WorkspaceFacts) -> tuple[str, ...]:
    return tuple(repo.snapshot for repo in facts.repos)


def _before_last_turn(facts: WorkspaceFacts) -> int:
    """Number of the checkpoint that was taken before the latest turn; 0: there was none."""
    row = (
        m.Checkpoint.select(m.Checkpoint.number)
        .where(m.Checkpoint.workspace == facts.id, m.Checkpoint.kind == CheckpointKind.BEFORE_TURN)
        .order_by(m.Checkpoint.number.desc())
        .first()
    )
    return int(row.number) if row else 0


async def _resolve(depot: Depot, revision: str) -> str:
    """The commit's id; empty when the depot knows none of that name."""
    for candidate in (
        revision,
        f"refs/boatyard/source/heads/{revision}",
        f"refs/boatyard/source/tags/{revision}",
        f"refs/boatyard/source/remotes/{revision}",
    ):
        answer = await depot.git.run(
            "rev-parse", "--verify", "-q", "--end-of-options", f"{candidate}^{{commit}}", ok=(0, 1, 128)
        )
        if answer.code == 0:
            return answer.text
    return ""
