"""Bringing the target branches' new commits into a workspace, over all its repos at once."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.errors import ConflictError, NotFoundError
from core.git.merge_tree import scaffold
from core.git.path_text import text_to_name
from core.git.tree_edit import entry_at, with_entries
from core.git.user_repository import Identity, user_identity
from core.lifecycle.applying import Applying, Goal, Plan
from core.lifecycle.checkpoint_records import checkpoint_states
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.halted import Halted, read_halt
from core.lifecycle.landing import Landing
from core.lifecycle.place import Place
from core.lifecycle.snapshots import Snapshots
from core.review.target import ReviewTarget
from core.review.unresolved import unresolved
from core.review.update import Halt, Stage, Updated, Updating, begin_update, go_on
from core.store import lookup
from core.values.conflicts import Conflict, ConflictSides, UpdateStyle
from core.values.entities import Operation

SIDE_LIMIT = 1024 * 1024
"""Bytes of a file in conflict that are shown of each side."""


class Updates:
    """Computes updates and brings them in."""

    def __init__(self, context: Context, snapshots: Snapshots, landing: Landing, applying: Applying) -> None:
        self._context = context
        self._snapshots = snapshots
        self._landing = landing
        self._applying = applying

    async def begin(self, name: str, style: UpdateStyle) -> Operation | None:
        """Begins an update; None when the workspace has everything already.

        Raises:
            ConflictError: One has stopped already, an agent works, or the workspace is not ready.
        """
        if await self.halted(name) is not None:
            raise ConflictError(
                f"an update of {name!r} has stopped at conflicts",
                hint=f"Go on or give up: boatyard workspace update {name} --continue, or --abort",
            )
        facts = await self._snapshots.take(name)
        found = []
        for target in await self._landing.targets(facts, refresh=True):
            updated = await begin_update(await self._wanted(facts, target, style))
            if updated is not None:
                found.append((target, updated))
        if not found:
            return None
        message = f"before the update from {', '.join(sorted({t.target_branch for t, _ in found}))}"
        return await self._applying.begin("update", name, self._plan(message, found))

    async def go_on(self, name: str) -> Operation:
        """Goes on with what was made of the conflicts.

        Raises:
            ConflictError: Conflict marks are left, nothing has stopped, or an agent works.
        """
        halted = await self._need(name)
        facts = await self._snapshots.take(name)
        targets = {target.repo_id: target for target in await self._landing.targets(facts, refresh=False)}
        found = []
        for halt in halted.halts:
            target = targets[halt.repo_id]
            found.append((target, await go_on(await self._wanted(facts, target, halt.style), halt)))
        return await self._applying.begin("update", name, self._plan("before going on", found))

    async def give_up(self, name: str) -> Operation:
        """Brings everything back to how it was before the update.

        Raises:
            ConflictError: Nothing has stopped, or an agent works.
        """
        halted = await self._need(name)
        facts = await self._snapshots.take(name)
        states = await self._context.store.read(checkpoint_states, name, halted.before)
        goals = {
            repo.repo_id: Goal(states[repo.repo_id].commit, states[repo.repo_id].head, repo.snapshot)
            for repo in facts.repos
            if repo.repo_id in states
        }
        plan = Plan(goals=goals, message="before giving the update up", halt=[])
        return await self._applying.begin("update", name, plan)

    async def halted(self, name: str) -> Halted | None:
        """Where an update of the workspace has stopped."""
        return await self._context.store.read(lambda: read_halt(lookup.live_workspace(name).update_halt))

    async def repos(self, name: str) -> Sequence[RepoFacts]:
        """The workspace's repos."""
        return (await self._context.store.read(workspace_facts, name)).repos

    async def sides(self, name: str, repo_key: str, path: str) -> ConflictSides:
        """A file in conflict as each side has it.

        Raises:
            NotFoundError: It is in no conflict.
        """
        halt, place = await self._in_conflict(name, repo_key, path)
        depot = place.depot(halt.repo_id)

        async def text(side: str) -> str | None:
            answer = await depot.git.run(
                "cat-file", "blob", f"{side}:".encode() + text_to_name(path), ok=(0, 128)
            )
            if answer.code or b"\0" in answer.out or len(answer.out) > SIDE_LIMIT:
                return None
            return answer.out.decode("utf-8", "backslashreplace")

        ours, theirs = _names(halt, name)
        return ConflictSides(
            repo_id=halt.repo_id, path=path, base=await text(halt.base), ours=await text(halt.ours),
            theirs=await text(halt.theirs), ours_name=ours,
            theirs_name=theirs,
        )  # fmt: skip

    async def unresolved(self, name: str) -> tuple[Conflict, ...]:
        """The conflicts that nobody has resolved in the files yet; none where no update has stopped."""
        halted = await self.halted(name)
        if halted is None:
            return ()
        facts = await self._snapshots.take(name)
        place = Place(self._context.home, name)
        now = {repo.repo_id: repo.snapshot for repo in facts.repos}
        left: list[Conflict] = []
        for halt in halted.halts:
            found = await unresolved(place.depot(halt.repo_id), now[halt.repo_id], halt)
            left += [Conflict(repo_id=halt.repo_id, path=path, kind=kind) for path, kind in found]
        return tuple(left)

    async def take_side(self, name: str, repo_key: str, path: str, *, theirs: bool) -> Operation:
        """Resolves a file in conflict as one side has it.

        Raises:
            NotFoundError: It is in no conflict.
            ConflictError: An agent works in the workspace.
        """
        halt, place = await self._in_conflict(name, repo_key, path)
        facts = await self._snapshots.take(name)
        depot, file = place.depot(halt.repo_id), text_to_name(path)
        repo = next(repo for repo in facts.repos if repo.repo_id == halt.repo_id)
        entry = await entry_at(depot, halt.theirs if theirs else halt.ours, file)
        tree = await with_entries(depot, repo.snapshot, {file: entry})
        goal = Goal(await scaffold(depot, tree, repo.head), repo.head, repo.snapshot)
        side = "theirs" if theirs else "ours"
        plan = Plan(goals={repo.repo_id: goal}, message=f"before taking {side} of {path[:100]}")
        return await self._applying.begin("apply", name, plan)

    async def _in_conflict(self, name: str, repo_key: str, path: str) -> tuple[Halt, Place]:
        halted = await self.halted(name)
        facts = await self._context.store.read(workspace_facts, name)
        names = {repo.repo_id: repo.name for repo in facts.repos}
        for halt in halted.halts if halted else ():
            if repo_key in ("", halt.repo_id, names[halt.repo_id]) and path in dict(halt.conflicts):
                return halt, Place(self._context.home, name)
        raise NotFoundError(
            f"{path[:200]!r} of {name!r} is in no conflict",
            hint=f"See: boatyard workspace update {name} --show",
        )

    async def _need(self, name: str) -> Halted:
        halted = await self.halted(name)
        if halted is None:
            raise ConflictError(f"no update of {name!r} has stopped", hint="There is nothing to go on with.")
        return halted

    async def _wanted(self, facts: WorkspaceFacts, target: ReviewTarget, style: UpdateStyle) -> Updating:
        identity = await user_identity(target.repository)
        return Updating(
            depot=target.depot, repo_id=target.repo_id, workspace=facts.branch, branch=target.target_branch,
            target=target.target, work=target.work, style=style,
            identity=Identity(identity.name, identity.email),
        )  # fmt: skip

    def _plan(self, message: str, found: Sequence[tuple[ReviewTarget, Updated]]) -> Plan:
        halts = [updated.halt for _, updated in found if updated.halt is not None]
        conflicts = [
            {"repo_id": halt.repo_id, "path": path, "kind": kind}
            for halt in halts
            for path, kind in halt.conflicts
        ]
        return Plan(
            goals={
                target.repo_id: Goal(updated.commit, updated.head, target.work.snapshot)
                for target, updated in found
            },
            message=message,
            halt=[msgspec.to_builtins(halt) for halt in halts],
            result={"conflicts": conflicts},
        )


def _names(halt: Halt, workspace: str) -> tuple[str, str]:
    """What our side and theirs are, in words; what is not committed comes last, on top of all else."""
    if halt.stage is Stage.UNCOMMITTED:
        return f"{workspace} with {halt.branch}", "what was not committed"
    if halt.style is UpdateStyle.MERGE:
        return workspace, halt.branch
    return halt.branch, "the workspace's commit"
