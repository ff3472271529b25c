"""Whether everything that a workspace is made of is still there: its folder, its clones, its container.

Facts are looked at and never stored: a user, a clean-up or a reboot may have taken any of them away.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from core.lifecycle.context import Context
from core.lifecycle.disk_use import bytes_below
from core.lifecycle.facts import WorkspaceFacts
from core.lifecycle.place import Place
from core.runners.runner import EnvironmentState
from core.values.containers import WorkspaceHealth
from core.values.states import RunnerKind, WorkspaceState

OPEN = (WorkspaceState.OPEN, WorkspaceState.FAILED)


@dataclass(frozen=True)
class Damage:
    """What of a workspace's files is missing."""

    folder: bool = False
    repos: tuple[str, ...] = ()
    """Names of the repos whose clone is not whole."""

    @property
    def found(self) -> bool:
        return self.folder or bool(self.repos)

    def words(self, name: str) -> list[str]:
        """A sentence for each thing, with what to do."""
        remedy = f"bring back its last snapshot: boatyard workspace repair {name}"
        if self.folder:
            return [f"the folder of {name} is gone; {remedy}"]
        return [f"the clone of {repo} in {name} is gone or not whole; {remedy}" for repo in self.repos]


def damage_of(place: Place, facts: WorkspaceFacts) -> Damage:
    """Looks at the folders; call in a thread."""
    broken = []
    for repo in facts.repos:
        clone = place.clone(repo.name)
        whole = clone.exists and clone.worktree.is_dir() and (clone.git_dir / "HEAD").is_file()
        if not whole:
            broken.append(repo.name)
    return Damage(not place.root.is_dir(), tuple(broken))


async def health_of(context: Context, facts: WorkspaceFacts) -> WorkspaceHealth:
    """Looks at everything; a container engine that does not answer raises `UnreachableError`."""
    place = Place(context.home, facts.name)
    damage = await asyncio.to_thread(damage_of, place, facts)
    troubles = damage.words(facts.name)
    state = await context.runners[facts.runner].state(place.environment(facts))
    if facts.runner is RunnerKind.DOCKER:
        troubles += container_troubles(facts.name, facts.state, state)
    return WorkspaceHealth(
        workspace=facts.name,
        environment=state.value,
        disk_bytes=await asyncio.to_thread(bytes_below, place.root),
        troubles=tuple(troubles),
    )


def container_troubles(name: str, state: WorkspaceState, container: EnvironmentState) -> list[str]:
    """What does not fit between what was decided about a workspace and its container."""
    # One whose creation failed may never have had a container.
    if state is WorkspaceState.OPEN and container is EnvironmentState.ABSENT:
        return [f"the container of {name} was removed; its files are there, the next process makes a new one"]
    if state is WorkspaceState.OPEN and container is EnvironmentState.STOPPED:
        return [f"the container of {name} was stopped; its files are there, the next process starts it"]
    if state is WorkspaceState.CLOSED and container is EnvironmentState.RUNNING:
        return [f"{name} is closed and its container runs; stop it: boatyard container stop {name}"]
    return []
