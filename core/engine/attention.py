"""Calls the user's own command once when a workspace begins to wait for them, has finished or failed."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from core.lifecycle.context import Context
from core.store import models as m
from core.store import views
from core.values.entities import Workspace
from core.values.events import Reset, WorkspaceChanged
from core.values.states import Activity

log = logging.getLogger(__name__)

WORDS = {
    Activity.WAITING: "asks for permission",
    Activity.ASKING: "asks you something",
    Activity.UNSEEN: "has finished",
    Activity.FAILED: "has failed",
}
WAITING_LIMIT = 100
"""Calls that wait for the one that runs; more are left out."""


class Attention:
    """Watches how activities change."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[str, Activity] = {}
        self._calls: asyncio.Queue[list[str]] = asyncio.Queue(WAITING_LIMIT)
        self.trouble = ""
        """Why the last call failed; empty: it did not."""

    async def begin(self) -> None:
        """Takes what there is now for known: only what changes from here on is told."""
        self._known = {each.id: each.activity for each in await self._workspaces()}

    async def run(self) -> None:
        """Watches for ever, if a command is set."""
        if not self._context.config.attention.command:
            return
        caller = asyncio.create_task(self._call_all())
        try:
            async for event in self._context.hub.subscribe(self._context.hub.sequence, counted=False):
                if isinstance(event, WorkspaceChanged):
                    self._look(event.workspace)
                elif isinstance(event, Reset):
                    for workspace in await self._workspaces():
                        self._look(workspace)
        finally:
            caller.cancel()
            await asyncio.wait([caller])

    def _look(self, workspace: Workspace) -> None:
        before = self._known.get(workspace.id)
        self._known[workspace.id] = workspace.activity
        words = WORDS.get(workspace.activity)
        if words is None or workspace.activity is before:
            return
        filled = {
            "{title}": f"{workspace.name} {words}",
            "{text}": workspace.queue_paused or workspace.paused or f"Boatyard: {workspace.name} {words}.",
            "{workspace}": workspace.name,
            "{state}": workspace.activity.value,
        }
        argv = [_filled(part, filled) for part in self._context.config.attention.command]
        with contextlib.suppress(asyncio.QueueFull):  # what is left out is older news than the user reads
            self._calls.put_nowait(argv)

    async def _call_all(self) -> None:
        while True:
            argv = await self._calls.get()
            self.trouble = await self._call(argv)
            if self.trouble:
                log.warning("the attention command: %s", self.trouble)

    async def _call(self, argv: list[str]) -> str:
        """Runs the command; gives what went wrong, for people."""
        seconds = self._context.config.attention.seconds
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return f"{argv[0]} cannot be started: {error}"
        try:
            async with asyncio.timeout(seconds):
                _, said = await process.communicate()
        except TimeoutError:
            return f"{argv[0]} took more than {seconds:g} s"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            end = said.decode(errors="replace").strip()[-300:]
            return f"{argv[0]} ended with {process.returncode}: {end}"
        return ""

    async def _workspaces(self) -> tuple[Workspace, ...]:
        return await self._context.store.read(lambda: views.workspaces(list(m.Workspace.select())))


def _filled(part: str, values: dict[str, str]) -> str:
    """An argument with its placeholders filled in, in one pass: what is filled in is not looked at again."""
    found, at = [], 0
    while at < len(part):
        name = next((name for name in values if part.startswith(name, at)), None)
        found.append(values[name] if name else part[at])
        at += len(name) if name else 1
    return "".join(found)
