"""Comments that were begun: kept in the engine as typed, until they are made or thrown away."""

from __future__ import annotations

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

    def known(self, key: str, present: str = "") -> str:
        """What was typed, as far as it is known here without asking the engine; else `present`."""
        return self.texts_here(key).get(_FIELD, present)

    async def begun(self, key: str, present: str = "") -> str:
        """What was typed before; else `present`, what the comment says now."""
        return (await self.of(key)).get(_FIELD, present)

    def keep_text(self, key: str, text: str, present: str = "") -> None:
        """Keeps what is typed; a text as it was is nothing to keep."""
        self.keep(key, {_FIELD: text} if text.strip() and text != present else {})

    async def left(self, key: str) -> None:
        """The box was closed without a comment; a draft of nothing is thrown away."""
        if not await self.of(key):
            await self.forget(key)
