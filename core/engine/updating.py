"""Updates of workspaces from their target branches: begun, gone on with, given up, handed to the agent."""

from __future__ import annotations

from core.engine.sessions import Sessions
from core.errors import ConflictError
from core.lifecycle.context import Context
from core.lifecycle.updating import Updates
from core.values.answers import SendAnswer
from core.values.conflicts import Conflict, ConflictSides, UpdateState
from core.values.entities import Operation
from core.values.requests import SendPrompt, TakeSide, UpdateFromTarget

NAMED = 40
"""Files in conflict that the agent is told by name."""


class Updating:
    """What a user can do to bring a workspace up to date."""

    def __init__(self, context: Context, updates: Updates, sessions: Sessions) -> None:
        self._context = context
        self._updates = updates
        self._sessions = sessions

    async def begin(self, name: str, body: UpdateFromTarget) -> Operation:
        """Begins to bring the target branches' new commits into the workspace.

        Where both changed the same places, the operation ends with the files in conflict in its result, and
        the workspace has them with conflict marks in them.

        Raises:
            ConflictError: There is nothing new, an update has stopped already, or an agent works.
        """
        operation = await self._updates.begin(name, body.style)
        if operation is None:
            raise ConflictError(
                f"{name!r} has everything that its target branches have", hint="Nothing was changed."
            )
        return operation

    async def go_on(self, name: str) -> Operation:
        """Goes on with what was made of the conflicts; may stop at the next ones.

        Raises:
            ConflictError: Conflict marks are left, nothing has stopped, or an agent works.
        """
        return await self._updates.go_on(name)

    async def give_up(self, name: str) -> Operation:
        """Brings everything back to how it was before the update; what there is now stays as a checkpoint."""
        return await self._updates.give_up(name)

    async def sides(self, name: str, repo: str, path: str) -> ConflictSides:
        """A file in conflict as each side has it."""
        return await self._updates.sides(name, repo, path)

    async def unresolved(self, name: str) -> tuple[Conflict, ...]:
        """The conflicts that nobody has resolved in the files yet; none where no update has stopped."""
        return await self._updates.unresolved(name)

    async def take_side(self, name: str, body: TakeSide) -> Operation:
        """Resolves a file in conflict as one side has it; a checkpoint is taken before."""
        return await self._updates.take_side(name, body.repo, body.path, theirs=body.theirs)

    async def hand_over(self, name: str) -> SendAnswer:
        """Asks the agent to resolve the conflicts; its turn's end does not go on by itself.

        Raises:
            ConflictError: No update has stopped.
        """
        halted = await self._updates.halted(name)
        if halted is None:
            raise ConflictError(f"no update of {name!r} has stopped", hint="There are no conflicts.")
        facts = {repo.repo_id: repo.name for repo in await self._updates.repos(name)}
        return await self._sessions.send(name, SendPrompt(prompt=_prompt(halted.state(), facts)))


def _prompt(state: UpdateState, names: dict[str, str]) -> str:
    several = len(names) > 1
    listed = [
        f"- {f'{names[each.repo_id]}/' if several else ''}{each.path} ({each.kind})"
        for each in state.conflicts[:NAMED]
    ]
    more = len(state.conflicts) - NAMED
    if more > 0:
        listed.append(f"- and {more} more files with conflict marks")
    return (
        "The target branch was brought into this workspace, and these files are in conflict:\n\n"
        + "\n".join(listed)
        + "\n\nResolve every conflict so that the intent of both sides is kept, and remove all conflict marks"
        " (<<<<<<<, =======, >>>>>>>). Do not commit, and start no merge or rebase: that is done for you"
        " afterwards."
    )
