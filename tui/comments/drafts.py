"""Comments that were begun: kept in the engine as typed, until they are made or thrown away."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from core.values.comments import Side
from tui.engine.form_drafts import FormDrafts

KIND = "draft_comment"
_FIELD = "body"


def place_key(workspace: str, repo_id: str, path: str, side: Side, first: int, last: int) -> str:
    """What a draft on these lines is called; short, for a path may be long."""
    place = "\0".join((repo_id, path, side, str(first), str(last)))
    return f"{workspace} {sha256(place.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


class CommentDrafts(FormDrafts):
    """By the place that a new comment is on, or by the id of the comment that is edited."""

    async def begun(self, key: str, present: str = "") -> str:
        """What the box begins with: what was typed before, or else what the comment says now."""
        return (await self.of(key)).get(_FIELD, present)

    def keeping(self, key: str, present: str = "") -> Callable[[str], None]:
        """What the box tells each time that something is typed; as it was is nothing to keep."""

        def keep(text: str) -> None:
            self.keep(key, {_FIELD: text} if text.strip() and text != present else {})

        return keep

    async def left(self, key: str) -> None:
        """The box was closed without a comment; a draft of nothing is thrown away."""
        if not await self.of(key):
            await self.forget(key)
