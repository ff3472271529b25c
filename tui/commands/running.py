"""Commands that the user runs in a workspace: processes like any other, their output followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.values.requests import RunCommand
from tui.session.timeline import LineSheet

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def run(app: BoatyardApp) -> None:
    """Asks for a command line, runs it where agents work, and shows what it writes."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    sheet = LineSheet(
        f"Run in {workspace.name}", "command", "make test", app.last_commands.get(workspace.name, "")
    )
    line = await app.ask(sheet)
    if not line:
        return
    app.last_commands[workspace.name] = line
    process = await app.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", line)))
    if app.home.session.workspace == workspace.name:
        app.home.show_view("session")
        app.home.session.show_process(process.id)
