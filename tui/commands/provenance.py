"""Where a line came from: which turn, which prompt, which tool call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import NotFoundError
from core.values.provenance import LinesFrom, Origin
from tui.commands.operations import told_when_slow
from tui.commands.past import go_to_turn
from tui.commands.paths import path_at_hand
from tui.looks.durations import ago
from tui.widgets.menu import Menu, Option, choice

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def blame(app: BoatyardApp) -> None:
    """Says it for the line at the cursor; Enter goes to that place in the conversation."""
    home = app.home
    workspace = home.situation().workspace
    assert workspace is not None
    path, line = path_at_hand(app), home.files.line
    gone = ""
    if home.view == "diff" and home.diff.file is not None:
        line = home.diff.line
        if home.diff.view.on_removed:
            gone = f"The line at the cursor is gone. What is there now, at {line}:\n"
    with told_when_slow(app, f"Looking where {path}:{line} came from"):
        found = await app.client.blame(workspace.name, path)
    here = next((each for each in found if each.first <= line <= each.last), None)
    if here is None:
        raise NotFoundError(f"{path} has no line {line} now", hint="Choose a line that is there.")
    options = [Option("", "Close", "")]
    if here.process_id:
        options.insert(0, choice("blame-go", "go"))
    title = f"{path}:{here.first}-{here.last}" if here.last > here.first else f"{path}:{line}"
    if await app.ask(Menu(title, gone + told(here), options)):
        home.go_to_workspace(workspace.name)
        await go_to_turn(app, here.process_id, here.entry_id)


def told(lines: LinesFrom) -> str:
    """The origin of lines in sentences."""
    if lines.origin is Origin.BASE:
        return "It was there when the workspace was made."
    when = f" {ago(lines.at)}" if lines.at else ""
    checkpoint = f", checkpoint {lines.checkpoint}" if lines.checkpoint else ""
    if lines.origin is Origin.HAND:
        return f"It came{when} between turns{checkpoint}: by hand, by a script, or from the target branch."
    parts = [f"A turn of {lines.agent or 'the agent'} brought it{when}{checkpoint}."]
    parts += [f"Prompt: {_short(lines.prompt)}"] if lines.prompt else []
    parts += [f"Tool call: {_short(lines.tool)}"] if lines.tool else ["No tool call reported it."]
    parts += [f"Said at the end: {_short(lines.summary)}"] if lines.summary else []
    return "\n".join(parts)


def _short(text: str) -> str:
    """The first lines, of a length that a dialog has room for."""
    cut = " ".join(text.split())
    return cut if len(cut) <= 300 else f"{cut[:300]}…"
