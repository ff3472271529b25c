"""The dev servers of a workspace: started, seen, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.client.forwarding import forward_line
from core.values.entities import DevServer, Workspace
from core.values.requests import DevServerRequest
from tui.terminal.browser import has_browser, open_page
from tui.terminal.programs import copy
from tui.widgets.menu import Menu, Option, choice, numbered

if TYPE_CHECKING:
    from tui.app import BoatyardApp

ALL = DevServerRequest()
START, STOP, COPY = "start", "stop", "copy"


async def dev(app: BoatyardApp) -> None:
    """Starts the dev servers, or asks what to do with those that run."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    if not workspace.dev_servers:
        await _start(app, workspace)
        return
    chosen = await app.ask(Menu(f"Dev servers of {workspace.name}", "", _options(workspace.dev_servers)))
    if chosen == STOP:
        await app.client.stop_dev_servers(workspace.name, ALL)
        app.say(f"{workspace.name} serves no more")
    elif chosen == START:
        await _start(app, workspace)
    elif chosen == COPY:
        urls = [server.url for server in workspace.dev_servers if server.url]
        app.say(f"Copied {', '.join(urls)} by way of {await copy(app, chr(10).join(urls))}")
    elif chosen and chosen.startswith("ssh "):
        way = await copy(app, chosen)
        app.say(f"Copied by way of {way}: type it on the machine in front of you, then open the page there")
    elif chosen:
        await _visit(app, chosen)


async def _start(app: BoatyardApp, workspace: Workspace) -> None:
    app.dev_server_news.expect(workspace.name)
    servers = await app.client.start_dev_servers(workspace.name, ALL)
    if servers:  # Else all have ended already, and that is told.
        app.say(f"The dev server of {', '.join(server.repo for server in servers)} starts")


def _options(servers: tuple[DevServer, ...]) -> list[Option]:
    options = [
        Option(numbered(number), f"Open {server.url}", server.url, server.repo)
        if server.url
        else Option("", f"{server.repo}: {server.notice or 'its address is not known yet'}", "")
        for number, server in enumerate(servers, 1)
    ]
    lines = {forward_line(server.url): server for server in servers if server.url}
    options += [
        Option(numbered(number), f"Copy {line}", line, server.repo)
        for number, (line, server) in enumerate(lines.items(), len(servers) + 1)
        if line
    ]
    if has_browser() and any(server.url for server in servers):
        options.append(choice("dev-copy", COPY))
    options.append(choice("dev-start", START))
    options.append(choice("dev-stop", STOP))
    return options


async def _visit(app: BoatyardApp, url: str) -> None:
    """In the browser; where there is none, such as over SSH, on the clipboard."""
    if await open_page(url):
        app.say(f"Opened {url}")
    else:
        line = forward_line(url)
        how = f"; on the machine in front of you: {line}" if line else ""
        why = "The browser here could not be started" if has_browser() else "There is no browser here"
        app.say(f"{why}: copied {url} by way of {await copy(app, url)}{how}")
