"""The panes: wider, narrower, hidden, and as they were at first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.app import BoatyardApp


def grow(direction: int) -> Callable[[BoatyardApp], None]:
    """A handler that makes the pane in hand wider or narrower."""

    def handler(app: BoatyardApp) -> None:
        reason = app.home.arranging.grow(direction)
        if reason:
            app.say(reason, severity="warning")

    return handler


def hide(pane: str) -> Callable[[BoatyardApp], None]:
    """A handler that hides a pane, or shows it again."""

    def handler(app: BoatyardApp) -> None:
        app.home.arranging.hide(pane)
        if pane == app.home.view and pane in app.home.arranging.now.hidden:
            app.home.show_view("session")

    return handler


def reset(app: BoatyardApp) -> None:
    """All panes as they are at first."""
    app.home.arranging.reset()
    app.say("The panes are as they were at first; those of other sizes of terminal stay")
