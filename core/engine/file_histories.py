"""What became of one file: across the checkpoints of a workspace, its turns, and the commits before them.

Everything is asked of the depot. A change that an agent committed is there twice, in the checkpoint that has
it first, which knows the turn, and as the commit, unless the one is exactly the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from core.engine.comparing import Comparing
from core.engine.file_places import located
from core.engine.moments import Moment, moments_of
from core.errors import NotFoundError
from core.git.changes import CHANGES
from core.git.depot import Depot
from core.git.diff import WHOLE
from core.git.file_log import LoggedChange, file_log
from core.git.file_states import StateChange, change_between, changes_along, renamed_from
from core.git.known import EMPTY_TREES, known_commit
from core.git.path_text import name_to_text
from core.git.tree_edit import entry_at
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts
from core.lifecycle.place import Place
from core.lifecycle.snapshots import Snapshots
from core.review.diff import FileDiffs, Sides
from core.review.past_file import read_past_window
from core.values.provenance import FileHistory, FileStep, StepKind
from core.values.review import FileContent, FileDiff

PAGE_LIMIT = 200
START_LIMIT = 5000
"""Steps that can be left out before a page: all of them have to be looked for."""
PROMPT_LIMIT = 200
WINDOW_LIMIT = 20_000
"""Lines that one answer holds at most."""


class FileHistories:
    """Looks for the steps of a file, and shows what was there."""

    def __init__(self, context: Context, comparing: Comparing, snapshots: Snapshots) -> None:
        self._context = context
        self._comparing = comparing
        self._snapshots = snapshots
        self._diffs = FileDiffs()

    async def history(self, name: str, path: str, start: int, limit: int) -> FileHistory:
        """A page of the changes of a file, the latest first, with a snapshot of the present.

        Args:
            name: The workspace.
            path: The file as it is called now, `REPO/PATH`, or `PATH` where there is one repository; it may
                be gone.
            start: How many of the latest to leave out.
            limit: Steps at most.

        Raises:
            NotFoundError: There never was such a file.
        """
        start, limit = max(0, min(start, START_LIMIT)), max(1, min(limit, PAGE_LIMIT))
        await self._comparing.live(name)
        facts = await self._snapshots.take(name) if start == 0 else await self._comparing.live(name)
        repo, wanted = located(facts, path)
        depot = Place(self._context.home, name).depot(repo.repo_id)
        moments = await self._context.store.read(moments_of, facts, repo)
        along, at_first = await changes_along(depot, [moment.commit for moment in moments], wanted)
        at_head = await _called_at(depot, repo, wanted, at_first)
        logged, older = await file_log(depot, repo.head or repo.base_commit, at_head, start + limit + 1)
        order: list[tuple[float, StateChange | LoggedChange]] = [
            (moments[each.index].at or float("inf"), each) for each in along
        ]
        commits = {each.commit: each for each in logged}
        kept = {moments[each.index].commit for each in along if _is_one(moments, each, commits)}
        order += [(each.at, each) for each in logged if each.commit not in kept]
        order.sort(key=lambda each: -each[0])
        if not order:
            raise NotFoundError(f"there never was a file {path[:200]!r}", hint="Check the path.")
        page = [each for _, each in order[start : start + limit]]
        steps = [await self._step(depot, repo, moments, each, commits) for each in page]
        return FileHistory(steps=tuple(steps), start=start, more=older or len(order) > start + limit)

    async def _step(
        self, depot: Depot, repo: RepoFacts, moments: Sequence[Moment], found: StateChange | LoggedChange,
        commits: Mapping[str, LoggedChange],
    ) -> FileStep:  # fmt: skip
        if isinstance(found, LoggedChange):
            before = found.parent or EMPTY_TREES[len(found.commit)]
            change, lines = found.change, found.lines
        else:
            moment, before = moments[found.index], moments[found.index - 1].commit
            change, lines = await change_between(depot, before, moment.commit, found)
        added, removed = lines or (0, 0)
        step = FileStep(
            kind=StepKind.COMMIT, path=_path(repo, change.name), change=CHANGES[change.status],
            old_path=_path(repo, change.old_name) if change.old_name is not None else None,
            added=added, removed=removed, binary=lines is None, commit="", before=before,
        )  # fmt: skip
        if isinstance(found, LoggedChange):
            told = {"commit": found.commit, "at": found.at, "author": found.author, "subject": found.subject}
            return replace(step, **told)
        kind = StepKind.CHECKPOINT if moment.number else StepKind.NOW
        step = replace(step, kind=kind, commit=moment.commit, at=moment.at, checkpoint=moment.number)
        if _is_one(moments, found, commits):
            same = commits[moment.commit]
            step = replace(step, author=same.author, subject=same.subject)
        if moment.turn is None:
            return step
        turn = moment.turn
        prompt = (turn.prompt.strip().splitlines() or [""])[0][:PROMPT_LIMIT]
        return replace(step, process_id=turn.process_id, agent=turn.agent, prompt=prompt)

    async def diff(self, name: str, path: str, before: str, commit: str, start: int, limit: int) -> FileDiff:
        """A window of what a step changed in the file.

        Args:
            name: The workspace.
            path: As the step says it.
            before: The step's.
            commit: The step's.
            start: Index of the first line wanted.
            limit: How many lines are wanted.
        """
        repo, inner, depot = await self._found(name, path, before, commit)
        sides = Sides(repo.repo_id, repo.name, depot, before, commit)
        return await self._diffs.window(
            sides, name_to_text(inner), WHOLE, start=max(0, start), limit=max(1, min(limit, WINDOW_LIMIT))
        )

    async def content(self, name: str, path: str, commit: str, start: int, limit: int) -> FileContent:
        """A window of a file as it was in a commit of the depot."""
        _, inner, depot = await self._found(name, path, commit)
        entry = await entry_at(depot, commit, inner)
        if entry is None:
            raise NotFoundError(f"there was no {path[:200]!r} then", hint="Look at the step before.")
        return await read_past_window(
            depot, entry, path, start=max(0, start), limit=max(1, min(limit, WINDOW_LIMIT))
        )

    async def _found(self, name: str, path: str, *ids: str) -> tuple[RepoFacts, bytes, Depot]:
        facts = await self._comparing.live(name)
        repo, inner = located(facts, path)
        depot = Place(self._context.home, name).depot(repo.repo_id)
        for id_ in ids:
            await known_commit(depot, id_)
        return repo, inner, depot

    async def close(self) -> None:
        """Lets go of the diffs that are open."""
        await self._diffs.close()


def _is_one(moments: Sequence[Moment], step: StateChange, commits: Mapping[str, LoggedChange]) -> bool:
    """Whether a checkpoint is a commit and nothing more, so that both are the same step."""
    same = commits.get(moments[step.index].commit)
    return same is not None and same.parent == moments[step.index - 1].commit


def _path(repo: RepoFacts, name: bytes) -> str:
    return f"{repo.name}/{name_to_text(name)}"


async def _called_at(depot: Depot, repo: RepoFacts, name: bytes, at_first: bytes | None) -> bytes:
    """What a file is called at the workspace's HEAD, if it is known by then what it was at the beginning."""
    if not repo.head or await entry_at(depot, repo.head, name) is not None:
        return name
    return await renamed_from(depot, repo.head, repo.snapshot, name) or at_first or name
