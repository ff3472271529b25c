"""Where the work of a remix comes from: another workspace's state, brought into the new clones."""

from __future__ import annotations

import asyncio

from core.errors import GitError
from core.git.depot import WORKSPACES, Depot, RefChange
from core.git.restore_snapshot import folder_changes, restore_command
from core.git.snapshot import sandbox_paths
from core.lifecycle.checkpoint_records import RepoState, checkpoint_states
from core.lifecycle.context import Context
from core.lifecycle.copy_files import names_left_out
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.lifecycle.snapshots import SNAPSHOT_SECONDS
from core.store import models as m

ORIGIN = "origin"
"""The argument of a `create` operation that makes it a remix: the parent's name and checkpoint."""


def origin_of(name: str) -> dict[str, RepoState] | None:
    """What a remix begins with, by repo id; None for any other workspace. Call on the store's thread.

    It is written down with the operation, since the parent may be removed for good one day.
    """
    row = m.Workspace.get(m.Workspace.name == name)
    query = m.Operation.select().where(m.Operation.workspace == row, m.Operation.kind == "create")
    for operation in query.order_by(m.Operation.created_at):
        states = operation.arguments.get(ORIGIN)
        if states:
            return {
                repo_id: RepoState(repo_id, commit, head, tuple(folders))
                for repo_id, (commit, head, folders) in states.items()
            }
    return None


def origin_argument(parent: str, number: int) -> dict[str, list[object]]:
    """A checkpoint as the operation keeps it. Call on the store's thread."""
    states = checkpoint_states(parent, number)
    return {each.repo_id: [each.commit, each.head, list(each.folders)] for each in states.values()}


async def take_over_landed(depot: Depot, parent: str, name: str) -> None:
    """What the parent has landed does not count as the remix's own work either."""
    found = [(ref, await depot.ref(f"{WORKSPACES}/{parent}/{ref}")) for ref in ("landed", "landed-result")]
    await depot.update_refs([RefChange(f"{WORKSPACES}/{name}/{ref}", oid) for ref, oid in found if oid])


class Origin:
    """Brings the work over."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def bring(self, name: str, operation_id: str) -> None:
        """Makes the new clones, which are at the parent's heads, hold what was not committed there, too."""
        facts = await self._context.store.read(workspace_facts, name)
        states = await self._context.store.read(origin_of, name)
        for repo in facts.repos:
            if states and repo.repo_id in states:
                await self.bring_state(facts, repo, states[repo.repo_id], operation_id)

    async def bring_state(
        self, facts: WorkspaceFacts, repo: RepoFacts, state: RepoState, operation_id: str
    ) -> None:
        """Makes one new clone hold what a snapshot has over its head.

        Raises:
            GitError: git failed inside the workspace.
        """
        place, runner = Place(self._context.home, facts.name), self._context.runners[facts.runner]
        clone = place.clone(repo.name)
        left_out = await asyncio.to_thread(names_left_out, place.copied(repo.name))
        answer = await runner.exec(
            place.environment(facts),
            restore_command(
                *sandbox_paths(clone, container=runner.isolates), mode="restore", target=state.commit,
                head=state.head, branch=clone.branch, expected=state.head, token=operation_id,
            ),
            stdin=left_out.told + folder_changes(state.folders, ()),
            timeout_seconds=SNAPSHOT_SECONDS,
            needs="git",
        )  # fmt: skip
        if answer.exit_code:
            said = answer.err.decode(errors="replace").strip()[-500:]
            raise GitError(
                f"the work of {repo.name} cannot be brought into {facts.name!r}: {said}",
                hint=f"Try again: boatyard workspace retry {facts.name}",
                details={"exit_code": answer.exit_code},
            )
