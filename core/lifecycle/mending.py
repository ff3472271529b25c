"""Repairing a workspace whose folder, clone or container was taken away behind our back.

What is left of a broken clone is moved aside and never deleted. In its place comes a fresh clone on the same
branch at the last commit that the depot has, with the files of the last snapshot, uncommitted ones included.
"""

from __future__ import annotations

import asyncio
import logging
import time

from core.errors import GitError
from core.git.clone import create_clone
from core.git.user_repository import inspect_repository, user_identity
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.operation import Step
from core.lifecycle.place import Place
from core.lifecycle.soundness import OPEN, damage_of
from core.store import models as m
from core.store import views
from core.values.events import FilesChanged, WorkspaceChanged

log = logging.getLogger(__name__)

REPAIR_STEPS = (
    ("aside", "move what is left of broken clones aside"),
    ("clones", "make the missing clones again"),
    ("files", "bring back the files of the last snapshot"),
    ("environment", "start the environment"),
)
ASIDE = "damaged"
"""Folder of the workspace that holds what was left of broken clones."""
REBUILDING = "rebuilding"
"""Marks a folder that lacks its work yet; out of a sandbox's reach."""
FILES = 'git read-tree --reset -u "$1" && git read-tree "$2"'
"""Files as in the snapshot, index as in the commit; runs where the sandbox is, in a clone just made."""
FILES_SECONDS = 600.0


class Mending:
    """The steps of a repair; each looks at what there is, so that it can be repeated."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def steps(self, operation_id: str, name: str) -> list[Step]:
        labels = dict(REPAIR_STEPS)
        return [
            Step("aside", labels["aside"], lambda: self._aside(operation_id, name), keeps=True),
            Step("clones", labels["clones"], lambda: self._clones(name), keeps=True),
            Step("files", labels["files"], lambda: self._files(operation_id, name), keeps=True),
            Step("environment", labels["environment"], lambda: self._ensure(name), keeps=True),
        ]

    def is_rebuilding(self, name: str) -> bool:
        """Whether `rebuild` was begun and did not come to its end."""
        return (Place(self._context.home, name).root / REBUILDING).exists()

    async def rebuild(self, name: str) -> None:
        """Makes a folder that is gone altogether again, from the last snapshot; may be repeated."""
        facts, place = await self._facts(name), Place(self._context.home, name)
        await asyncio.to_thread(place.root.mkdir, 0o700, exist_ok=True)
        await asyncio.to_thread((place.root / REBUILDING).touch)
        await self._clones(name)
        for repo in facts.repos:
            if repo.snapshot:
                await self._bring_back(facts, repo)
        await asyncio.to_thread((place.root / REBUILDING).unlink, missing_ok=True)

    async def _facts(self, name: str) -> WorkspaceFacts:
        return await self._context.store.read(workspace_facts, name)

    async def _aside(self, operation_id: str, name: str) -> None:
        facts, place = await self._facts(name), Place(self._context.home, name)
        damage = await asyncio.to_thread(damage_of, place, facts)
        await self._context.operations.set_result(operation_id, repos=list(damage.repos))
        kept = await asyncio.to_thread(_move_aside, place, damage.repos)
        if kept:
            log.info("what was left of %s in %s is in %s", ", ".join(damage.repos), name, kept)
            await self._context.operations.set_result(operation_id, kept=kept)

    async def _clones(self, name: str) -> None:
        facts, place = await self._facts(name), Place(self._context.home, name)
        await asyncio.to_thread(place.root.mkdir, 0o700, exist_ok=True)
        for repo in facts.repos:
            source = await inspect_repository(repo.path)
            depot = place.depot(repo.repo_id)
            await depot.ensure(source)
            await create_clone(
                place.clone(repo.name), depot, target=repo.target_branch,
                commit=repo.head or repo.base_commit, identity=await user_identity(source), source=source,
            )  # fmt: skip

    async def _files(self, operation_id: str, name: str) -> None:
        facts = await self._facts(name)
        made = (await self._context.operations.get(operation_id)).result.get("repos")
        for repo in facts.repos:
            if repo.snapshot and isinstance(made, list) and repo.name in made:
                await self._bring_back(facts, repo)
        workspace = await self._context.store.read(
            lambda: views.workspace(m.Workspace.get(m.Workspace.name == name))
        )
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        self._context.hub.publish(FilesChanged(workspace=name))

    async def _bring_back(self, facts: WorkspaceFacts, repo: RepoFacts) -> None:
        place = Place(self._context.home, facts.name)
        environment = place.environment(facts)
        await asyncio.to_thread(environment.prepare)
        answer = await self._context.runners[facts.runner].exec(
            environment,
            ("sh", "-c", FILES, "boatyard", repo.snapshot, repo.head or repo.base_commit),
            cwd=str(place.clone(repo.name).worktree), timeout_seconds=FILES_SECONDS, needs="git",
        )  # fmt: skip
        if answer.exit_code:
            said = answer.err.decode(errors="replace").strip()[-500:]
            raise GitError(
                f"the last snapshot of {repo.name} in {facts.name!r} cannot be brought back: {said}",
                hint=f"It is the commit {repo.snapshot[:12]} of the depot; repair it again, or remove it.",
            )

    async def _ensure(self, name: str) -> None:
        facts = await self._facts(name)
        if facts.state in OPEN:
            environment = Place(self._context.home, name).environment(facts)
            await asyncio.to_thread(environment.prepare)
            await self._context.runners[facts.runner].ensure(environment)


def _move_aside(place: Place, repos: tuple[str, ...]) -> str:
    """Moves what there is of these clones out of the way; gives where to, if there was anything."""
    target = place.root / ASIDE / time.strftime("%Y%m%d-%H%M%S")
    moved = False
    for name in repos:
        clone = place.clone(name)
        for path, kind in ((clone.worktree, "code"), (clone.git_dir, "git"), (clone.dot_git, "dotgit")):
            if path.is_symlink() or path.exists():
                (target / kind).mkdir(mode=0o700, parents=True, exist_ok=True)
                path.rename(target / kind / path.name)
                moved = True
    return str(target) if moved else ""
