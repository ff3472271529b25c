"""Parts of a diff discarded, or taken into another workspace or onto a branch: files, hunks, lines."""

from __future__ import annotations

from collections.abc import Sequence

from core.engine.comparing import Comparing, DiffRequest
from core.engine.file_places import located_in_diff
from core.errors import ConflictError, GitError, UsageError
from core.git.changes import changed_files
from core.git.merge_tree import merge_trees, scaffold
from core.git.user_repository import inspect_repository
from core.lifecycle.applying import Applying, Goal, Plan, refuse_unchangeable
from core.lifecycle.context import Context
from core.lifecycle.copied_work import is_copied
from core.lifecycle.place import Place
from core.lifecycle.snapshots import Snapshots
from core.lifecycle.taking import Taking
from core.review.base import parse_base
from core.review.diff import Compared
from core.review.hunks import Part, tree_with, tree_without
from core.review.taken import compute_taken
from core.values.entities import Operation
from core.values.requests import DiffPart, DiscardParts, TakeParts

Chosen = list[tuple[Compared, list[Part]]]


class Parts:
    """What a user can do with parts of a diff."""

    def __init__(
        self,
        context: Context,
        comparing: Comparing,
        snapshots: Snapshots,
        applying: Applying,
        taking: Taking,
    ) -> None:
        self._context = context
        self._comparing = comparing
        self._snapshots = snapshots
        self._applying = applying
        self._taking = taking

    async def discard(self, name: str, body: DiscardParts) -> Operation:
        """Begins to put parts of the workspace back to how the base has them; a checkpoint is taken before.

        Raises:
            UsageError: A part is not in the diff.
            ConflictError: A file has changed since the diff was looked at, or an agent works.
        """
        await refuse_unchangeable(self._context, name)
        chosen = await self._chosen(name, body.base, body.parts, body.snapshot)
        facts = await self._comparing.live(name)
        heads = {repo.repo_id: repo.head for repo in facts.repos}
        goals = {}
        for side, parts in chosen:
            tree = await tree_without(side.depot, side.base, side.snapshot, parts)
            head = heads[side.repo_id]
            goals[side.repo_id] = Goal(await scaffold(side.depot, tree, head), head, side.snapshot)
        plan = Plan(goals=goals, message=f"before discarding parts of {_named(body.parts)}")
        return await self._applying.begin("apply", name, plan)

    async def take(self, name: str, body: TakeParts) -> Operation:
        """Begins to bring parts of a workspace's diff into another one, where a checkpoint is taken before,
        or onto a branch of the user's repository.

        Raises:
            UsageError: A part is not in the diff, or the other workspace lacks its repository.
            ConflictError: They do not fit there; nothing was changed.
        """
        if bool(body.into) == bool(body.branch):
            raise UsageError("either a workspace or a branch gets the parts", hint="Name one of the two.")
        if body.branch:
            return await self._take_onto(name, body)
        if body.into == name:
            raise UsageError(f"{name!r} has these parts already", hint="Name another workspace.")
        await refuse_unchangeable(self._context, body.into)
        chosen = await self._chosen(name, body.base, body.parts, body.snapshot)
        await self._comparing.live(body.into)
        other = {repo.repo_id: repo for repo in (await self._snapshots.take(body.into)).repos}
        goals, clashes = {}, list[str]()
        for side, parts in chosen:
            repo = other.get(side.repo_id)
            if repo is None:
                raise UsageError(f"{body.into!r} has no repository {side.name!r}", hint="Choose another one.")
            wanted = await tree_with(side.depot, side.base, side.snapshot, parts)
            merged = await merge_trees(side.depot, repo.snapshot, wanted, side.base)
            clashes += [f"{side.name}/{each.path} ({each.kind})" for each in merged.conflicts]
            commit = await scaffold(side.depot, merged.tree, repo.head)
            goals[side.repo_id] = Goal(commit, repo.head, repo.snapshot)
        if clashes:
            raise ConflictError(
                f"these parts do not fit into {body.into!r}: {', '.join(clashes[:10])}",
                hint="Nothing was changed. Take fewer parts, or let its agent do it.",
                details={"files": clashes},
            )
        plan = Plan(goals=goals, message=f"before taking parts of {_named(body.parts)} from {name}")
        return await self._applying.begin("apply", body.into, plan)

    async def _take_onto(self, name: str, body: TakeParts) -> Operation:
        """A commit of the parts on a branch of the user's."""
        chosen = await self._chosen(name, body.base, body.parts, body.snapshot)
        if len(chosen) != 1:
            raise UsageError("these parts are of several repositories", hint="Take those of one at a time.")
        ((side, parts),) = chosen
        facts = await self._comparing.live(name)
        repo = next(each for each in facts.repos if each.repo_id == side.repo_id)
        place = Place(self._context.home, name)
        copied = [part.path for part in parts if await is_copied(place, repo.name, part.path)]
        if copied:
            raise UsageError(
                f"{copied[0]} was copied into the workspace from beside git", hint="Take other files."
            )
        repository = await inspect_repository(repo.path)
        await side.depot.refresh(repository)
        start = await side.depot.target(await side.depot.local_branch(repo.target_branch))
        wanted = await tree_with(side.depot, side.base, side.snapshot, parts)
        message = body.message.strip() or f"{facts.task_title}\n\nTaken from {name}: {_named(body.parts)}"
        taken = await compute_taken(
            side,
            wanted,
            repository,
            branch=body.branch,
            start=start,
            message=message,
            hooks=self._context.config.merge.hooks,
        )
        return await self._taking.begin(name, taken)

    async def _chosen(
        self, name: str, base: str, parts: Sequence[DiffPart], snapshot: dict[str, str]
    ) -> Chosen:
        sides = await self._comparing.sides(name, DiffRequest(parse_base(base)))
        chosen: dict[str, tuple[Compared, list[Part]]] = {}
        for part in parts:
            side, path = await located_in_diff(sides, part.repo, part.path)
            _, wanted = chosen.setdefault(side.repo_id, (side, []))
            wanted.append(Part(path, part.old, part.new))
        for side, wanted in chosen.values():
            for path in await _changed_since(side, snapshot.get(side.repo_id, side.snapshot), wanted):
                raise ConflictError(
                    f"{side.name}/{path} in {name!r} has changed since its diff was looked at",
                    hint="Look at the diff anew. Nothing was changed.",
                )
        if not chosen:
            raise UsageError("nothing of the diff is named", hint="Name files, or lines of one.")
        return list(chosen.values())


async def _changed_since(side: Compared, seen: str, parts: Sequence[Part]) -> list[str]:
    """Paths of the parts whose files differ otherwise now than when the diff was looked at."""
    if seen == side.snapshot:
        return []
    paths = [part.path for part in parts]
    try:
        before, now = [
            {each.path: each for each in await changed_files(side.depot, "", side.base, snapshot)}
            for snapshot in (seen, side.snapshot)
        ]
    except GitError:  # What was looked at is not kept any more.
        return paths
    return [path for path in paths if before.get(path) != now.get(path)]


def _named(parts: Sequence[DiffPart]) -> str:
    names = list(dict.fromkeys(part.path for part in parts))
    return names[0][:100] if len(names) == 1 else f"{len(names)} files"
