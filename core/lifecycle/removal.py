"""Removing a workspace: counted first, kept in the depot and in the trash, brought back on request.

The folder is moved away by one rename below the same root, so removal is quick and never half-done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import ConflictError, NotFoundError
from core.git.depot import WORKSPACES, Depot, RefChange
from core.git.merge import read_work
from core.git.removal import remove_below
from core.lifecycle.closing import Closing
from core.lifecycle.context import Context
from core.lifecycle.copy_files import copied_names
from core.lifecycle.create import set_state
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.mending import Mending
from core.lifecycle.operation import Step
from core.lifecycle.place import Place
from core.lifecycle.publishing import Publishing
from core.lifecycle.snapshots import Snapshots
from core.lifecycle.soundness import Damage, damage_of
from core.store import models as m
from core.store import views
from core.store.models.fields import now
from core.values.entities import Workspace
from core.values.events import Removed, WorkspaceChanged
from core.values.review import LossReport
from core.values.states import WorkspaceState

log = logging.getLogger(__name__)

REMOVE_STEPS = (
    ("stop", "stop what runs"),
    ("keep", "keep the work in the depot"),
    ("environment", "remove the environment"),
    ("trash", "move the folder to the trash"),
    ("state", "mark it removed"),
)
RECOVER_STEPS = (
    ("folder", "bring the folder back"),
    ("state", "mark it closed"),
    ("environment", "start the environment"),
    ("open", "mark it open"),
)
COUNT_SCRIPT = r"""
exec 3<&0
others() {
  git ls-files --others "$@" --exclude-standard -z | tr '\000\n' '\n\000' | grep -avxFf /dev/fd/3 | wc -l
}
others; others --ignored; git diff --name-only -z HEAD -- | tr -cd '\000' | wc -c
"""
"""Prints how many files are untracked, ignored and changed; runs where the sandbox is.

The names that come on standard input, a line each with NUL for line end, do not count: they were copied.
"""


@dataclass(frozen=True)
class Gone:
    """A removed workspace whose rows are gone: nothing can bring it back any more."""

    name: str
    repo_ids: tuple[str, ...]


class Removal:
    """What removing and recovering a workspace takes."""

    def __init__(self, context: Context, snapshots: Snapshots, closing: Closing) -> None:
        self._context = context
        self._snapshots = snapshots
        self._closing = closing
        self._mending = Mending(context)
        self._publishing = Publishing(context)

    async def loss(self, name: str) -> LossReport:
        """What removing would put into the trash, counted over all repos."""
        report = LossReport(workspace=name)
        if await self._context.store.read(_is_untouched, name):
            return report
        await self._refuse_damaged(name)
        try:
            facts = await self._snapshots.take(name)
        except NotFoundError as error:
            raise ConflictError(
                f"what removing {name!r} would lose cannot be counted: {error.message}",
                hint="Or use --force: its folder is kept as it is for 30 days.",
            ) from error
        for repo in facts.repos:
            untracked, ignored, changed = await self._count_files(facts, repo.name)
            depot = self._place(name).depot(repo.repo_id)
            if await _all_landed(depot, name):
                untracked = changed = 0  # uncommitted here, but in the target branch
            report = LossReport(
                workspace=name,
                unmerged_commits=report.unmerged_commits
                + await _count_unmerged(depot, name, repo.target_branch),
                changed_files=report.changed_files + changed,
                untracked_files=report.untracked_files + untracked,
                ignored_files=report.ignored_files + ignored,
            )
        return report

    async def _refuse_damaged(self, name: str) -> None:
        damage = await self._damage(await self._facts(name))
        if damage.found:
            raise ConflictError(
                f"what removing {name!r} would lose cannot be counted: {damage.words(name)[0]}",
                hint="Or use --force: its last snapshot is kept for 30 days.",
            )

    async def _damage(self, facts: WorkspaceFacts) -> Damage:
        return await asyncio.to_thread(damage_of, self._place(facts.name), facts)

    def remove_steps(self, name: str) -> list[Step]:
        labels = dict(REMOVE_STEPS)
        return [
            Step("stop", labels["stop"], lambda: self._closing.stop_processes(name), keeps=True),
            Step("keep", labels["keep"], lambda: self._keep(name), keeps=True),
            Step("environment", labels["environment"], lambda: self._remove_environment(name), keeps=True),
            Step("trash", labels["trash"], lambda: self._to_trash(name), keeps=True),
            Step("state", labels["state"], lambda: self._mark_removed(name), keeps=True),
        ]

    def recover_steps(self, name: str) -> list[Step]:
        labels = dict(RECOVER_STEPS)
        restore = self._closing.restore_steps(name)[0]

        return [
            Step("folder", labels["folder"], lambda: self._from_trash(name), keeps=True),
            Step("state", labels["state"], lambda: self._mark_recovered(name), keeps=True),
            Step("environment", labels["environment"], restore.do, keeps=True),
            Step("open", labels["open"], lambda: self._closing.open(name), keeps=True),
        ]

    async def purge(self, gone: Sequence[Gone]) -> None:
        """Deletes what was kept of removed workspaces, in the trash and in the depots."""
        for each in gone:
            for repo_id in each.repo_ids:
                depot = self._place(each.name).depot(repo_id)
                if depot.exists():
                    await depot.forget_workspace(each.name)
            trash = self._context.home.trash
            await asyncio.to_thread(remove_below, trash, trash / each.name)

    def _place(self, name: str) -> Place:
        return Place(self._context.home, name)

    async def _facts(self, name: str) -> WorkspaceFacts:
        return await self._context.store.read(workspace_facts, name)

    async def _count_files(self, facts: WorkspaceFacts, repo_name: str) -> tuple[int, int, int]:
        runner = self._context.runners[facts.runner]
        answer = await runner.exec(
            self._place(facts.name).environment(facts),
            ("/bin/sh", "-c", COUNT_SCRIPT),
            stdin=await asyncio.to_thread(copied_names, self._place(facts.name).copied(repo_name)),
            cwd=str(self._place(facts.name).code / repo_name),
            needs="git",
        )
        numbers = [int(word) for word in answer.out.split()[:3] if word.isdigit()]
        if answer.exit_code or len(numbers) != 3:
            raise ConflictError(
                f"what removing {facts.name!r} would lose cannot be counted",
                hint="Use --force to remove it all the same; it can be recovered for 30 days.",
            )
        return numbers[0], numbers[1], numbers[2]

    async def _keep(self, name: str) -> None:
        """Takes a last snapshot, unless that was done, and keeps it where no later snapshot moves it."""
        if not self._place(name).root.exists():
            return
        facts = await self._facts(name)
        untouched = await self._context.store.read(_is_untouched, name)
        damaged = (await self._damage(facts)).found
        if facts.state is not WorkspaceState.CREATING and not untouched and not damaged:
            try:
                facts = await self._snapshots.take(name)
            except NotFoundError as error:  # its image is gone: nothing can run in it any more
                log.warning("%s is removed without a last snapshot; its folder is kept: %s", name, error)
        for repo in facts.repos:
            if repo.snapshot:
                ref = f"{WORKSPACES}/{name}/removed"
                await self._place(name).depot(repo.repo_id).update_refs([RefChange(ref, repo.snapshot)])

    async def _remove_environment(self, name: str) -> None:
        facts = await self._facts(name)
        await self._context.runners[facts.runner].remove(self._place(name).environment(facts))

    async def _to_trash(self, name: str) -> None:
        root, trash = self._place(name).root, self._context.home.trash / name
        await self._publishing.withdraw(name)
        if root.exists():
            await asyncio.to_thread(root.rename, trash)

    async def _from_trash(self, name: str) -> None:
        root, trash = self._place(name).root, self._context.home.trash / name
        if not root.exists():
            if trash.exists():
                await asyncio.to_thread(trash.rename, root)
        if not root.exists() or await asyncio.to_thread(self._mending.is_rebuilding, name):
            await self._mending.rebuild(name)

    async def _mark_removed(self, name: str) -> None:
        def write() -> str:
            row = m.Workspace.get(m.Workspace.name == name)
            row.state, row.deleted_at = WorkspaceState.DELETED.value, now()
            row.save()
            return str(row.id)

        workspace_id = await self._context.store.write(write)
        self._context.hub.publish(Removed(entity="workspace", id=workspace_id))

    async def _mark_recovered(self, name: str) -> None:
        def write() -> Workspace:
            row = m.Workspace.get(m.Workspace.name == name)
            row.deleted_at = None
            row.save()
            set_state(name, WorkspaceState.CLOSED)
            return views.workspace(m.Workspace.get_by_id(row.id))

        workspace = await self._context.store.write(write)
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))


def _is_untouched(name: str) -> bool:
    """Whether its environment never came up: there is no image to take a snapshot in, and nothing to see."""
    operations = m.Operation.select().where(m.Operation.workspace_name == name, m.Operation.kind == "create")
    steps = [step for row in operations for step in views.operation(row).steps if step.name == "environment"]
    return bool(steps) and all(step.error for step in steps)


async def _count_unmerged(depot: Depot, name: str, target_branch: str) -> int:
    """How many commits of the workspace neither the target nor the last landing has."""
    work = await read_work(depot, name)
    if work is None:
        return 0
    without = [f"^{await depot.target(target_branch)}", *([f"^{work.landed}"] if work.landed else [])]
    return int((await depot.git.run("rev-list", "--count", work.head, *without)).text)


async def _all_landed(depot: Depot, name: str) -> bool:
    """Whether the last landing brought everything that the workspace has, uncommitted work included."""
    work = await read_work(depot, name)
    if work is None or work.landed is None:
        return False
    return await depot.tree(work.snapshot) == await depot.tree(work.landed)
