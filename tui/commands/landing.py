"""The landing queue, and the way from it to what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.landing.queue_sheet import LandingSheet

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def queue(app: BoatyardApp) -> None:
    """Shows it; goes to the workspace, or the log of its check, that is chosen there."""
    chosen = await app.ask(LandingSheet(app.link, app.store))
    if chosen is None:
        return
    workspace, process = chosen
    if workspace not in app.store.workspaces:
        app.say(f"{workspace} is not there any more", severity="warning")
        return
    app.home.go_to_workspace(workspace)
    if process:
        app.home.session.show_process(process)
