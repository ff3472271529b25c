"""Publishing a folder of a workspace, and taking it back."""

from __future__ import annotations

import getpass
from contextvars import ContextVar

from core.engine.workspaces import Workspaces
from core.errors import ConflictError
from core.lifecycle.context import Context
from core.lifecycle.public_copy import checked_folder
from core.lifecycle.publishing import PUBLISH_STEPS, UNPUBLISH_STEPS, Publishing
from core.store import lookup
from core.values.entities import Operation
from core.values.requests import PublishWorkspace
from core.values.states import WorkspaceState

ASKING: ContextVar[str] = ContextVar("asking", default="")
"""Who asks, where that is not the engine's own user: set by the door."""
THERE = (WorkspaceState.OPEN, WorkspaceState.FAILED, WorkspaceState.CLOSED)


class Publications:
    """What a user can do about what of a workspace is public."""

    def __init__(self, context: Context, workspaces: Workspaces, publishing: Publishing) -> None:
        self._context = context
        self._workspaces = workspaces
        self._publishing = publishing

    async def publish(self, name: str, body: PublishWorkspace) -> Operation:
        """Begins to copy a folder to where the public file server finds it.

        Raises:
            UsageError: The folder is none that can be published.
            ConflictError: Something else is under way.
        """
        checked_folder(body.folder)
        arguments: dict[str, object] = {"folder": body.folder, "by": ASKING.get() or _login()}
        return await self._workspaces.launch(
            "publish", name, PUBLISH_STEPS, THERE,
            lambda operation: self._publishing.publish_steps(operation, body.folder, str(arguments["by"])),
            arguments,
        )  # fmt: skip

    async def unpublish(self, name: str) -> Operation:
        """Begins to take back what was published.

        Raises:
            ConflictError: Nothing was, or something else is under way.
        """

        def check() -> None:
            if lookup.live_workspace(name).published_at is None:
                raise ConflictError(
                    f"nothing of {name!r} is published", hint=f"Publish: boatyard workspace publish {name}"
                )

        await self._context.store.read(check)
        return await self._workspaces.launch(
            "unpublish", name, UNPUBLISH_STEPS, THERE, lambda _: self._publishing.unpublish_steps(name)
        )


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return "owner"
