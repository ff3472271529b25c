"""The screen of containers, and what new workspaces get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.container_sheet import ContainerSheet
from tui.defaults_sheet import DefaultsSheet

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def show(app: BoatyardApp) -> None:
    """All containers; Enter goes to the workspace of one."""
    while chosen := await app.ask(ContainerSheet(app.link, app.store)):
        if chosen == "\0defaults":
            await defaults(app)
            continue
        if chosen in app.store.workspaces:
            app.home.go_to_workspace(chosen)
        else:
            app.say(f"the workspace {chosen} is gone", severity="warning")
        return


async def defaults(app: BoatyardApp) -> None:
    """Image, limits and network of new workspaces."""
    body = await app.ask(DefaultsSheet(await app.client.defaults()))
    if body is not None:
        await app.client.update_defaults(body)
        app.say("new workspaces get these from now on")
