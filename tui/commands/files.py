"""The files of a workspace: text found in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.grep_sheet import GrepSheet

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def grep(app: BoatyardApp) -> None:
    """Finds text in the files, and goes to the line that is chosen."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    sheet = GrepSheet(app.link, workspace.name, app.last_grep)
    found = await app.ask(sheet)
    app.last_grep = sheet.typed
    if found is not None:
        app.home.show_view("files")
        app.home.files.go_to(*found)
