"""Which keys the footer shows: those of the pane in hand, or of what there is to do in it just now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.diff.files import DiffFiles
from tui.keys.actions import FOOTER
from tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from textual.widget import Widget

    from tui.keys.situation import Situation


def footer_actions(now: Situation, focused: Widget | None, welcoming: bool) -> tuple[str, ...]:
    """The actions for a footer, the most wanted first.

    Args:
        now: Where the user is.
        focused: What has the keys.
        welcoming: Whether there is nothing yet but the way to begin.
    """
    if isinstance(focused, Prompt):
        return FOOTER["prompt"]
    if welcoming and now.view in ("tree", "session"):
        return FOOTER["welcome"]
    if now.view == "session" and now.workspace is None:
        return FOOTER["card"]
    if isinstance(focused, DiffFiles):
        return FOOTER["diff-files"]
    return FOOTER[now.view]
