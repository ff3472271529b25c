"""Which file a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.app import BoatyardApp


def path_at_hand(app: BoatyardApp) -> str:
    """The file in the tree of files, the preview or the diff, from the workspace's folder: `REPO/PATH`."""
    home = app.home
    if home.view == "diff" and home.diff.file is not None:
        return f"{home.diff.repo_name(home.diff.file.repo_id)}/{home.diff.file.path}"
    node = home.files.current
    if node is not None and not node.folder and home.files.tree_has_focus:
        return node.path
    return home.files.shown_path
