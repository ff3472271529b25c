"""A file whose lines came with the workspace, from two turns, and from a hand between them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.values.requests import SendPrompt
from tests.yard import Yard

PATH = "repo/WORK.md"


@dataclass(frozen=True)
class Written:
    """The file, and the processes of the two turns."""

    file: Path
    first: str
    second: str


async def written_by_turns_and_hand(yard: Yard, prompt: str) -> Written:
    """Makes it in the workspace `work`: `from before`, the first prompt, `by hand`, `two`."""
    repository = yard.repository("repo", {"WORK.md": "from before\n"})
    made = await yard.workspace(repository, name="work", agent="writer", prompt=prompt)
    first = await yard.turn(made)
    await yard.engine._context.supervisor.settle("work")
    file = Path(made.repos[0].path) / "WORK.md"
    file.write_text(file.read_text() + "by hand\n")
    await yard.client.send("work", SendPrompt(prompt="two"))
    second = await yard.turn("work")
    await yard.engine._context.supervisor.settle("work")
    return Written(file, first.id, second.id)
