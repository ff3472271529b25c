"""Pull requests of the selected workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands import comments
from tui.pulls.sheet import PullSheet

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def pull_request(app: BoatyardApp) -> None:
    """Shows what there is of one; from there to the comments."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    if await app.ask(PullSheet(app.link, app.store, workspace.name, app.workspace_drafts)) == "comments":
        await comments.show(app)
