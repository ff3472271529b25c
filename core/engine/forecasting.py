"""The conflict forecast, in the background: every open workspace against its target and every other one.

It goes by the last snapshots and computes only what has changed: results are kept by the commits that they
were computed from.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path

from core.errors import BoatyardError
from core.git.branch_marks import Marks, branch_marks
from core.git.depot import Depot
from core.git.merge import read_work
from core.git.merge_tree import FileConflict
from core.git.user_repository import inspect_repository
from core.lifecycle.context import Context
from core.lifecycle.place import Place
from core.review.forecast import (
    Against,
    Stand,
    against_each_other,
    against_target,
    landing_order,
    may_clash,
)
from core.store import models as m
from core.values.conflicts import Clash, Conflict, Forecast
from core.values.events import (
    FilesChanged,
    ForecastChanged,
    OperationChanged,
    Removed,
    Reset,
    WorkspaceChanged,
)
from core.values.states import WorkspaceState

log = logging.getLogger(__name__)

QUIET_SECONDS = 1.5
"""How long nothing may change before it is looked at."""
WATCH_SECONDS = 3.0
"""How often it is looked whether a target branch has moved."""
REFRESH_SECONDS = 60.0
"""How old what is known of the user's branches may be, where no file tells that they have moved."""
COUNTED = (WorkspaceState.OPEN, WorkspaceState.FAILED, WorkspaceState.CLOSED)
Found = dict[str, dict[str, tuple[Conflict, ...]]]
"""By workspace, by the other one."""


class Forecasting:
    """A loop that lives as long as the engine."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._forecasts: dict[str, Forecast] = {}
        self._targets: dict[tuple[str, str, str, str], Against] = {}
        self._pairs: dict[tuple[str, str, str], tuple[FileConflict, ...]] = {}
        self._refreshed: dict[str, float] = {}
        self._watched: dict[str, tuple[Path, tuple[str, ...], Marks]] = {}
        """By repo: its common git directory, target branches, and their marks when they were last read."""
        self._lock = asyncio.Lock()

    async def known(self) -> tuple[Forecast, ...]:
        """What is known now, by workspace."""
        return tuple(self._forecasts[name] for name in sorted(self._forecasts))

    async def look(self, *, refresh: bool = True) -> tuple[Forecast, ...]:
        """Computes it now from the last snapshots; with `refresh`, looks where the targets are first."""
        async with self._lock:
            if refresh:
                self._refreshed.clear()
            await self._look()
        return await self.known()

    async def run(self) -> None:
        """Looks at the start, whenever something has changed and things are quiet again, and now and then."""
        changed = asyncio.Event()
        listening = asyncio.create_task(self._listen(changed))
        try:
            while True:
                await asyncio.sleep(QUIET_SECONDS)
                changed.clear()
                await self._look_safely()
                await self._something_new(changed)
        finally:
            listening.cancel()

    async def _something_new(self, changed: asyncio.Event) -> None:
        """Returns when something has changed here, or the user has committed, or it was long ago."""
        for _ in range(int(REFRESH_SECONDS / WATCH_SECONDS)):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WATCH_SECONDS):
                    await changed.wait()
            moved = await asyncio.to_thread(_moved, dict(self._watched))
            for repo_id in moved:
                self._refreshed.pop(repo_id, None)
            if changed.is_set() or moved:
                return

    async def _look_safely(self) -> None:
        try:
            await self.look(refresh=False)
        except BoatyardError as error:
            log.info("the conflict forecast: %s", error)
        except Exception:  # the worker boundary: a forecast must not end the engine
            log.exception("the conflict forecast")

    async def _listen(self, changed: asyncio.Event) -> None:
        hub = self._context.hub
        states: dict[str, object] = {}
        async for event in hub.subscribe(hub.sequence, counted=False):
            if isinstance(event, FilesChanged | Reset):
                changed.set()
            elif isinstance(event, OperationChanged) and event.operation.kind in ("merge", "unmerge"):
                self._refreshed.clear()
                changed.set()
            elif isinstance(event, Removed) and event.entity == "workspace":
                changed.set()
            elif isinstance(event, WorkspaceChanged):
                workspace = event.workspace
                if states.get(workspace.name) != workspace.state:
                    states[workspace.name] = workspace.state
                    changed.set()

    async def _look(self) -> None:
        """Repository by repository; one that cannot be read leaves the others their forecast."""
        places = await self._context.store.read(_places)
        self._watched = {repo: kept for repo, kept in self._watched.items() if repo in places}
        against: defaultdict[str, list[tuple[str, Against]]] = defaultdict(list)
        clashes: Found = defaultdict(dict)
        for repo_id, (path, rows) in places.items():
            try:
                stands = await self._stands(repo_id, path, rows)
                found = await self._against_targets(repo_id, stands)
                await self._against_each_other(repo_id, stands, found, clashes)
            except BoatyardError as error:
                log.info("no conflict forecast for %s: %s", path, error)
                continue
            for stand, each in zip(stands, found, strict=True):
                against[stand.workspace].append((repo_id, each))
        self._tell(against, clashes)

    async def _stands(self, repo_id: str, path: str, rows: Mapping[str, str]) -> list[Stand]:
        depot = self._depot(repo_id)
        if time.monotonic() - self._refreshed.get(repo_id, -REFRESH_SECONDS) >= REFRESH_SECONDS:
            await self._refresh(repo_id, path, _local_too(rows.values()))
            self._refreshed[repo_id] = time.monotonic()
        stands = []
        for name, branch in rows.items():
            work = await read_work(depot, name)
            if work is not None:
                stands.append(Stand(name, work, await depot.target(await depot.local_branch(branch))))
        return stands

    async def _refresh(self, repo_id: str, path: str, branches: tuple[str, ...]) -> None:
        repository = await inspect_repository(path)
        # Marked first: what moves while it is read is read again.
        marks = await asyncio.to_thread(branch_marks, repository.common_dir, branches)
        self._watched[repo_id] = repository.common_dir, branches, marks
        await self._depot(repo_id).refresh(repository)

    async def _against_targets(self, repo_id: str, stands: list[Stand]) -> list[Against]:
        found, kept = [], {}
        for stand in stands:
            key = (repo_id, stand.target, stand.work.head, stand.work.snapshot)
            known = self._targets.get(key)
            kept[key] = known or await against_target(self._depot(repo_id), stand)
            found.append(kept[key])
        others = {key: value for key, value in self._targets.items() if key[0] != repo_id}
        self._targets = others | kept
        return found

    async def _against_each_other(
        self, repo_id: str, stands: list[Stand], found: list[Against], clashes: Found
    ) -> None:
        kept = {}
        for (one, mine), (other, theirs) in combinations(zip(stands, found, strict=True), 2):
            if not may_clash(mine.paths, theirs.paths):
                continue
            first, second = sorted((one, other), key=lambda stand: stand.work.snapshot)
            key = (repo_id, first.work.snapshot, second.work.snapshot)
            known = self._pairs.get(key)
            kept[key] = (
                known if known is not None else await against_each_other(self._depot(repo_id), first, second)
            )
            conflicts = tuple(Conflict(repo_id=repo_id, path=c.path, kind=c.kind) for c in kept[key])
            if conflicts:
                for a, b in ((one.workspace, other.workspace), (other.workspace, one.workspace)):
                    clashes[a][b] = clashes[a].get(b, ()) + conflicts
        self._pairs = {key: value for key, value in self._pairs.items() if key[0] != repo_id} | kept

    def _tell(self, against: Mapping[str, list[tuple[str, Against]]], clashes: Found) -> None:
        able = [
            name
            for name, found in against.items()
            if any(each.paths for _, each in found) and not any(each.conflicts for _, each in found)
        ]
        order = landing_order(able, {name: frozenset(others) for name, others in clashes.items()})
        ranks = {name: place for place, name in enumerate(order, 1)}
        forecasts = {}
        for name, found in against.items():
            forecasts[name] = Forecast(
                workspace=name,
                target=tuple(
                    Conflict(repo_id=repo_id, path=each.path, kind=each.kind)
                    for repo_id, stand in found
                    for each in stand.conflicts
                ),
                behind=sum(stand.behind for _, stand in found),
                others=tuple(
                    Clash(workspace=other, conflicts=conflicts)
                    for other, conflicts in sorted(clashes.get(name, {}).items())
                ),
                rank=ranks.get(name, 0),
            )
        before, self._forecasts = self._forecasts, forecasts
        for name, forecast in forecasts.items():
            if before.get(name, Forecast(workspace=name)) != forecast:
                self._context.hub.publish(ForecastChanged(forecast=forecast))

    def _depot(self, repo_id: str) -> Depot:
        return Place(self._context.home, "any").depot(repo_id)


def _local_too(branches: Iterable[str]) -> tuple[str, ...]:
    """Target branches, and the local ones that work for remote-tracking ones may go into."""
    found = set(branches)
    return tuple(sorted(found | {branch.partition("/")[2] for branch in found if "/" in branch}))


def _moved(watched: Mapping[str, tuple[Path, tuple[str, ...], Marks]]) -> list[str]:
    return [repo for repo, (folder, names, marks) in watched.items() if branch_marks(folder, names) != marks]


def _places() -> dict[str, tuple[str, dict[str, str]]]:
    """By repo: its path, and by workspace in it the target branch."""
    rows = (
        m.WorkspaceRepo.select(m.WorkspaceRepo, m.Workspace, m.Repo)
        .join(m.Workspace)
        .switch(m.WorkspaceRepo)
        .join(m.Repo)
        .where(m.Workspace.state.in_(COUNTED), ~m.Workspace.archived)
        .order_by(m.Workspace.created_at)
    )
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for row in rows:
        _, names = found.setdefault(row.repo_id, (row.repo.path, {}))
        names[row.workspace.name] = row.target_branch
    return found
