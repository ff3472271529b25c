"""Comments that were begun: kept in the engine as typed, until they are made or thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from itertools import count, takewhile
from typing import TYPE_CHECKING

import msgspec

from core.values.comments import PLACE, CommentPlace, ReviewComment, Side
from tui.engine.form_drafts import FormDrafts, Texts

if TYPE_CHECKING:
    from tui.engine.changes import Changes

KIND = "draft_comment"
_FIELD = "body"


BESIDE = 3
"""Lines above and below that help to find a place again."""


def place_key(
    workspace: str, repo_id: str, path: str, side: Side, first: int, last: int, *, number: int = 0
) -> str:
    """What a draft on these lines is called; short, for a path may be long.

    Args:
        number: Tells it from others that were begun on lines of the same numbers, which are elsewhere now.
    """
    place = "\0".join((repo_id, path, side, str(first), str(last), *([str(number)] if number else [])))
    return f"{workspace} {sha256(place.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def place_among(
    lines: Mapping[int, str], repo_id: str, path: str, side: Side, first: int, last: int
) -> CommentPlace:
    """A place with what stands there, by the numbers of a side's lines; `first` 0: the file.

    Of lines that lie in several hunks those of the first one count.
    """

    def run(numbers: range) -> tuple[str, ...]:
        return tuple(lines[n] for n in takewhile(lines.__contains__, numbers)) if first else ()

    above, below = range(first - 1, first - 1 - BESIDE, -1), range(last + 1, last + 1 + BESIDE)
    return CommentPlace(
        repo_id=repo_id, path=path, side=side, first=first, last=last, quote=run(range(first, last + 1)),
        before=run(above)[::-1], after=run(below),
    )  # fmt: skip


def key_for(workspace: str, place: CommentPlace, drafts: Iterable[ReviewComment]) -> str:
    """What the draft at a place is called: that of one of these which is there, else of a new one."""
    same_file = (place.repo_id, place.path, place.side)
    known = [each for each in drafts if each.draft and (each.repo_id, each.path, each.side) == same_file]
    for each in known:
        if (each.first, each.last, each.outdated) == (place.first, place.last, False):
            return each.id
    # One that is not found again, though it is what stands here, was begun against another base.
    elsewhere = {each.id for each in known if not each.outdated or each.quote != place.quote}
    numbered = (
        place_key(workspace, *same_file, place.first, place.last, number=number) for number in count()
    )
    return next(key for key in numbered if key not in elsewhere)


def other_drafts(changes: Changes, workspace: str) -> bool:
    """Whether a draft on the workspace was written on, made a comment or thrown away."""
    return any(each.kind == KIND and each.id.startswith(f"{workspace} ") for each in changes.scratches)


class CommentDrafts(FormDrafts):
    """By the place that a new comment was begun at, or by the id of the comment that is edited."""

    def known(self, key: str, present: str = "") -> str:
        """What was typed, as far as it is known here without asking the engine; else `present`."""
        return self.texts_here(key).get(_FIELD, present)

    async def begun(self, key: str, present: str = "") -> str:
        """What was typed before; else `present`, what the comment says now."""
        return (await self.of(key)).get(_FIELD, present)

    def keep_text(self, key: str, text: str, present: str = "", place: CommentPlace | None = None) -> None:
        """Keeps what is typed; a text as it was is nothing to keep.

        Args:
            place: Where a new comment is; a draft that has one keeps it.
        """
        if not text.strip() or text == present:
            self.keep(key, {})
            return
        texts = {name: kept for name, kept in self.texts_here(key).items() if name == PLACE}
        if place is not None and not texts:
            texts[PLACE] = msgspec.json.encode(place).decode()
        self.keep(key, {**texts, _FIELD: text})

    async def left(self, key: str) -> None:
        """The box was closed without a comment; a draft of nothing is thrown away."""
        if await self.of(key):
            await self.save()
        else:
            await self.forget(key)

    async def put_back(self, key: str, texts: Texts) -> None:
        """Keeps a draft again that was thrown away."""
        self.keep(key, texts)
        await self.save()
