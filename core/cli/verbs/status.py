"""`boatyard status` and `boatyard version`: what goes on, in a few lines."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import version

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.client import Client
from core.values.entities import Snapshot
from core.values.events import WorkspaceChanged
from core.values.states import Activity, WorkspaceState
from core.values.wording import counted


async def status(call: Invocation) -> None:
    async with call.engine() as client:
        snapshot = await client.snapshot()
        _print(call, snapshot)
        if call.args.watch:
            await _watch(call, client, snapshot.sequence)


async def _watch(call: Invocation, client: Client, since: int) -> None:
    """Prints anew whenever a workspace has changed."""
    async for event in client.events(since):
        if isinstance(event, WorkspaceChanged):
            _print(call, await client.snapshot())


def _print(call: Invocation, snapshot: Snapshot) -> None:
    counts = Counter(workspace.activity for workspace in snapshot.workspaces)
    summary = {
        "running": counts[Activity.RUNNING] + counts[Activity.SETUP],
        "waiting": counts[Activity.WAITING] + counts[Activity.ASKING],
        "finished": counts[Activity.UNSEEN],
        "failed": counts[Activity.FAILED],
        "workspaces": len(snapshot.workspaces),
        "tasks": len(snapshot.tasks),
    }
    if call.args.tmux:
        call.out.document(summary)
        call.out.line(tmux_line(summary))
        return
    call.out.document({**summary, "detail": snapshot.workspaces})
    call.out.line(
        f"{summary['running']} running, {summary['waiting']} waiting for you, "
        f"{summary['finished']} finished, {summary['failed']} failed; "
        f"{counted(summary['workspaces'], 'workspace')}, {counted(summary['tasks'], 'task')}"
    )
    for workspace in snapshot.workspaces:
        if workspace.state is not WorkspaceState.CLOSED:
            changes = f"+{workspace.added} -{workspace.removed}"
            call.out.line(f"  {workspace.activity.value:<8} {workspace.name:<40} {changes}")


def tmux_line(summary: Mapping[str, int]) -> str:
    """What goes on in a few characters; what is 0 is left out. No text from outside is in it, and no `#`."""
    signs = (("running", "▶"), ("waiting", "▲"), ("finished", "✓"), ("failed", "✗"))
    return " ".join(f"{sign}{summary[name]}" for name, sign in signs if summary[name]) or "·"


async def show_version(call: Invocation) -> None:
    number = version("boatyard")
    call.out.result({"version": number}, f"boatyard {number}")


def _status(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--watch", action="store_true", help="print anew when something changes")
    parser.add_argument("--tmux", action="store_true", help="a few characters for a status line")


VERBS = (
    Verb("", "status", "say what goes on", status, _status),
    Verb("", "version", "print the version", show_version),
)
