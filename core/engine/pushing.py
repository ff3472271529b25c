"""Pushes: what would go to the remotes, and having it go there."""

from __future__ import annotations

from core.errors import BoatyardError, ConflictError
from core.lifecycle.context import Context
from core.lifecycle.facts import workspace_facts
from core.lifecycle.pushing import Pushing, PushWanted
from core.values.pushing import PushReport
from core.values.requests import PushWorkspace
from core.values.states import WorkspaceState


class Pushes:
    """What a user can have pushed. An agent may work meanwhile: only its commits are pushed."""

    def __init__(self, context: Context, pushing: Pushing) -> None:
        self._context = context
        self._pushing = pushing

    async def preview(self, name: str, repo: str, remote: str) -> PushReport:
        """What a push would do now; the remotes are asked, nothing changes."""
        await self._refuse_unready(name)
        return await self._pushing.preview(name, PushWanted(repo=repo, remote=remote))

    async def push(self, name: str, body: PushWorkspace) -> PushReport:
        """Pushes the workspace's commits to the branch of its name.

        Raises:
            ConflictError: Somebody else's commits would be overwritten; nothing was pushed.
            GitError: A hook or the remote refused, or it cannot be reached.
        """
        await self._refuse_unready(name)
        return await self._pushing.push(name, PushWanted(repo=body.repo, remote=body.remote))

    async def push_targets(self, name: str) -> PushReport:
        """Pushes the target branches, after a merge.

        Raises:
            BoatyardError: As `push`; the merge stays.
        """
        try:
            return await self._pushing.push(name, PushWanted(target=True))
        except BoatyardError as error:
            error.message = f"{name!r} is merged, but not pushed: {error.message}"
            error.hint = f"Push the target branch by hand (git push). {error.hint}"
            raise

    async def _refuse_unready(self, name: str) -> None:
        facts = await self._context.store.read(workspace_facts, name)
        if facts.state in (WorkspaceState.CREATING, WorkspaceState.DELETED):
            raise ConflictError(
                f"the workspace {name!r} is {facts.state.value}", hint="Try again when it is open."
            )
