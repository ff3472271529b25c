"""Screens of agents: looked at, typed into and attached to."""

from __future__ import annotations

from core.errors import UsageError
from core.lifecycle.context import Context
from core.lifecycle.screens import running_screen
from core.runners import screen
from core.values.answers import ShellAnswer, TypedAnswer
from core.values.conversation import Screen
from core.values.requests import TypeText


class Screens:
    """What a user can do with the screen of a workspace's agent."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def look(self, name: str) -> Screen:
        """What it shows now.

        Raises:
            ConflictError: No agent works on a screen there.
        """
        run = await running_screen(self._context, name)
        return Screen(process_id=run.id, lines=await screen.capture(run))

    async def attach(self, name: str) -> ShellAnswer:
        """The command line for the caller's own terminal; ctrl+] leaves the screen, which goes on.

        Raises:
            ConflictError: No agent works on a screen there.
        """
        return ShellAnswer(argv=screen.attach_argv(await running_screen(self._context, name)))

    async def type(self, name: str, body: TypeText) -> TypedAnswer:
        """Types a text, as the user would.

        Raises:
            ConflictError: No agent works on a screen there.
            UsageError: The text is too long.
        """
        if len(body.text) > screen.TYPED_LIMIT:
            raise UsageError(f"more than {screen.TYPED_LIMIT} characters cannot be typed at once")
        run = await running_screen(self._context, name)
        await screen.type_text(run, body.text, enter=body.enter)
        return TypedAnswer(typed=len(body.text))
