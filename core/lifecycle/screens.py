"""Agents with a screen of their own, in a workspace: their commands made, their screens found again."""

from __future__ import annotations

import asyncio
import os
import shlex
from pathlib import Path

from core.agents.driver import Launch
from core.errors import ConflictError
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.processes.command import Command
from core.processes.run_directory import RunDirectory
from core.processes.wrapper import NONCE
from core.runners.runner import Runner
from core.runners.screen import ScreenRunner, screen_argv
from core.store import lookup
from core.store import models as m
from core.values.states import ProcessStatus, RunReason

KIND = "terminal"


def screen_runner(context: Context, inner: Runner) -> ScreenRunner:
    """What runs a screen whose programs run in `inner`."""
    return ScreenRunner(inner, context.secrets, context.home.socket.parent)


async def screen_command(
    context: Context, facts: WorkspaceFacts, inner: Runner, process_id: str, launch: Launch, cwd: str
) -> Command:
    """The command, on the host, that runs an agent on a screen.

    Raises:
        NotFoundError: There is no tmux on this machine.
    """
    environment = Place(context.home, facts.name).environment(facts)
    folder = environment.runs / "files"
    variables, prompt = folder / f"{process_id}.env", folder / f"{process_id}.prompt"
    argv = screen_argv(inner, environment, process_id, cwd, launch.argv, variables, prompt)
    told = {**launch.env, NONCE: process_id}
    lines = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(told.items()))
    await asyncio.to_thread(_write, {variables: lines.encode(), prompt: launch.stdin or b""})
    return Command(argv, cwd, {}, b"")


def _write(files: dict[Path, bytes]) -> None:
    """Writes files that only the user can read; whatever lies in their place goes."""
    for path, data in files.items():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.unlink(missing_ok=True)
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
        with open(os.open(path, flags, 0o600), "wb") as file:
            file.write(data)


async def running_screen(context: Context, name: str) -> RunDirectory:
    """The run directory of the screen that is open in a workspace.

    Raises:
        ConflictError: No agent works on a screen there.
    """

    def read() -> tuple[WorkspaceFacts, str]:
        row = lookup.live_workspace(name)
        query = (
            m.ExecutionProcess.select()
            .join(m.Session)
            .where(
                m.Session.workspace == row,
                m.ExecutionProcess.status == ProcessStatus.RUNNING,
                m.ExecutionProcess.run_reason == RunReason.CODING_AGENT,
            )
        )
        found = next((each.id for each in query if each.action.get("kind") == KIND), "")
        return workspace_facts(name), found

    facts, process_id = await context.store.read(read)
    if not process_id:
        raise ConflictError(
            f"no agent works on a screen in {name!r}",
            hint="Send a prompt to an agent of the kind 'terminal' first; see 'boatyard agent list'.",
        )
    environment = Place(context.home, name).environment(facts)
    return RunDirectory(environment.runs / process_id)
