"""How the user is told that something needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.terminal.attention import NOTIFICATIONS
from tui.widgets.menu import Menu, choice

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def notifications(app: BoatyardApp) -> None:
    """Bell, notification of the terminal, or neither; remembered."""
    now = app.preferences.notify
    options = [choice(f"notify-{name}", name, "now" if name == now else "") for name in NOTIFICATIONS]
    at = NOTIFICATIONS.index(now) if now in NOTIFICATIONS else 0
    text = "When an agent waits, has finished or has failed:"
    chosen = await app.ask(Menu("Notifications", text, options, at=at))
    if chosen:
        app.preferences.notify = chosen
        app.keep_preferences()


def mute(app: BoatyardApp) -> None:
    """No bell for the project's workspaces any more, or again."""
    project = app.home.situation().project
    assert project is not None
    muted = set(app.preferences.muted) ^ {project.id}
    app.preferences.muted = sorted(muted)
    app.keep_preferences()
    app.say(f"{project.name} {'is silent now' if project.id in muted else 'rings again'}")
