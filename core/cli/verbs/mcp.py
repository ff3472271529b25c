"""`boatyard mcp`: serves an agent that works in a workspace, over its standard input and output."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.client import Client
from core.client.launch import engine_answers
from core.config import load_config
from core.errors import UnreachableError, UsageError
from core.paths import Home


async def serve(call: Invocation) -> None:
    """Serves until standard input ends."""
    from core.cli.mcp_server import make_server

    # No engine is started here: where none can be reached there is none that knows this workspace.
    if not await engine_answers(call.home):
        raise UnreachableError(
            f"no engine answers on {call.home.socket}",
            hint="This works for agents on the host. A container never has the engine's socket, by design.",
        )
    workspace = call.args.workspace or workspace_here(call.home)
    policy = load_config(call.home.config / "config.toml").mcp
    async with Client(call.home.socket) as client:
        await client.workspace(workspace)
        await make_server(client, workspace, may_start=policy.may_start_workspaces).run_stdio_async()


def workspace_here(home: Home) -> str:
    """The name of the workspace whose folder the caller stands in, or was told of.

    Raises:
        UsageError: It is in none.
    """
    for place in (os.environ.get("BOATYARD_FOLDER", ""), os.getcwd()):
        try:
            below = Path(place).resolve().relative_to(home.workspaces.resolve())
        except ValueError:
            continue
        if below.parts:
            return below.parts[0]
    raise UsageError(
        "this is no workspace of this home", hint="Name one with --workspace, and its home with --home."
    )


def _mcp(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", default="", help="whose agent is served; else the one of this folder")


VERBS = (Verb("", "mcp", "serve an agent over the Model Context Protocol, on stdin and stdout", serve, _mcp),)
