"""The screen of containers, and what new workspaces get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.values import requests as ask
from core.values.containers import Defaults
from tui.commands.operations import ended
from tui.containers.sheet import ContainerSheet
from tui.settings.defaults_sheet import DefaultsSheet
from tui.widgets.menu import Menu, Option, choice

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
    with app.opening():
        defaults = await app.client.defaults()
    body = await app.ask(DefaultsSheet(defaults))
    if body is not None:
        await app.client.update_defaults(body)
        app.say("new workspaces get these from now on")


async def repair(app: BoatyardApp) -> None:
    """Says what is missing of the workspace at hand, and brings it back."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    health = await app.client.workspace_health(workspace.name)
    if not health.troubles:
        app.say(f"nothing is missing of {workspace.name}")
        return
    text = "\n".join(health.troubles)
    if await app.ask(Menu(f"Repair {workspace.name}", text, [choice("repair-now", "yes")])):
        await ended(app, await app.client.repair_workspace(workspace.name))
        app.say(f"{workspace.name} is whole again")


async def limits(app: BoatyardApp) -> None:
    """Limits and network of the workspace at hand; limits hold at once."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    now = workspace.settings
    names = ("cpus", "memory_mb", "processes", "disk_mb", "network", "allow_hosts")
    shown = Defaults(**{name: getattr(now, name) for name in names})
    sheet = DefaultsSheet(shown, workspace.name, workspace.idle_minutes)
    body = await app.ask(sheet)
    if body is None:
        return
    changes = {name: getattr(body, name) for name in names}
    wanted = ask.UpdateWorkspace(**changes, idle_minutes=sheet.idle_minutes)
    await app.client.update_workspace(workspace.name, wanted)
    later = "; the network changes with the next start" if body.network != now.network else ""
    app.say(f"the limits of {workspace.name} hold from now on{later}")


async def refused(app: BoatyardApp) -> None:
    """What the workspace at hand was not let through to; one of them can be allowed."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    report = await app.client.workspace_network(workspace.name)
    if not report.refused:
        allowed = ", ".join(report.allow_hosts) if report.network == "allow" else report.network
        app.say(f"{workspace.name} was refused nothing; its network: {allowed}")
        return
    options = [
        Option("", each.entry, each.entry, f"{_times(each.count)}; {each.reason}")
        for each in reversed(report.refused)
    ]
    text = "The latest first. Enter adds one to the hosts that it may reach."
    chosen = await app.ask(Menu(f"Refused to {workspace.name}", text, options))
    if chosen:
        hosts = (*report.allow_hosts, chosen)
        await app.client.update_workspace(workspace.name, ask.UpdateWorkspace(allow_hosts=hosts))
        app.say(f"{workspace.name} may reach {chosen} from now on")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
