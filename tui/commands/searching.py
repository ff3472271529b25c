"""Search over everything: asked, gone to what was found, and come back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.past import go_to_turn
from tui.search.sheet import SearchSheet

if TYPE_CHECKING:
    from core.values.search import SearchHit
    from tui.app import BoatyardApp


async def search(app: BoatyardApp) -> None:
    """Shows the search as it was left; what is chosen is shown where it stands."""
    hit = await app.ask(SearchSheet(app.link, app.last_search))
    if hit is None:
        return
    if hit.workspace not in app.store.workspaces:
        app.say(f"{hit.workspace} is not there any more; its trash may have it", severity="warning")
        return
    app.home.go_to_workspace(hit.workspace)
    app.home.come_back = (hit.workspace, lambda: app.perform("search"))
    await _show(app, hit)


async def _show(app: BoatyardApp, hit: SearchHit) -> None:
    session = app.home.session
    if hit.kind in ("output", "errors", "command"):
        stream = "err" if hit.kind == "errors" else "out"
        session.show_place(hit.process_id, stream, hit.offset if hit.kind != "command" else 0)
        return
    await go_to_turn(app, hit.process_id, hit.entry_id)
