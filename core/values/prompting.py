"""What prompts are made from: tags, drafts, images, paths."""

from __future__ import annotations

from core.values.value import Value


class Tag(Value, frozen=True, kw_only=True):
    """A text that `@name` in a prompt stands for."""

    id: str
    name: str
    content: str = ""
    """Markdown."""


class Scratch(Value, frozen=True, kw_only=True):
    """A draft or a preference, kept as typed."""

    kind: str
    """`draft_task`, `draft_follow_up`, `draft_workspace`, `draft_comment`, `preview_settings`,
    `workspace_notes` or `ui_preferences`."""
    id: str
    """What it belongs to: a workspace's name, a task's id, or any other word."""
    payload: dict[str, object] = {}
    updated_at: float = 0.0
    """0: nothing is kept."""


class Image(Value, frozen=True, kw_only=True):
    """A picture that prompts and tasks can have with them; the same bytes are stored once."""

    id: str
    name: str
    """The file's name when it was first added."""
    mime_type: str
    """Found in the content: `image/png`, `image/jpeg`, `image/gif` or `image/webp`."""
    size: int
    sha256: str


class PathMatch(Value, frozen=True, kw_only=True):
    """A file that a query fits."""

    path: str
    """As seen from where the workspace's agents work: in its clone, or in the folder of all clones."""
    matched: tuple[int, ...] = ()
    """Places in `path` of the query's characters."""
