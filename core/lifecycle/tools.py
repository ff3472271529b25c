"""The server of tools (the Model Context Protocol) that a workspace's agent can be told of."""

from __future__ import annotations

import importlib.util
import sys

from core.agents.bundled import CONTAINED_AGENTS
from core.lifecycle.context import Context
from core.paths import Home

BRIDGE = f"{CONTAINED_AGENTS}/boatyard_tools.py"
"""In a container: joins the agent with the door that the engine keeps there."""


def serving(home: Home, workspace: str) -> tuple[str, ...]:
    """The command that serves the agent of a workspace, on this machine."""
    module = ("-m", "core.cli.main", "--home", str(home.root)) if home.root else ("-m", "core.cli.main")
    return (sys.executable, *module, "mcp", "--workspace", workspace)


def tools_of(context: Context, workspace: str, *, contained: bool) -> tuple[str, ...]:
    """The command that an agent is told of, as it sees it; empty: of none."""
    if not context.config.mcp.offer or importlib.util.find_spec("mcp") is None:
        return ()
    return ("python3", BRIDGE) if contained else serving(context.home, workspace)
