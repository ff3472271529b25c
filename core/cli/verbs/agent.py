"""`boatyard agent`: list."""

from __future__ import annotations

from core.cli.invocation import Invocation
from core.cli.verb import Verb


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        agents = await client.agents()
    rows = [
        (
            agent.name,
            "yes" if agent.available else "no",
            agent.kind,
            agent.title + (" (a demonstration, no model)" if agent.demonstration else ""),
            agent.detail,
        )
        for agent in agents
    ]
    call.out.table(agents, ("NAME", "USABLE", "KIND", "TITLE", "WHERE, OR HOW TO GET IT"), rows)


VERBS = (
    Verb("agent", "list", "list the agents and whether they can be used here", show_all, aliases=("ls",)),
)
