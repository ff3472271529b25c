"""Drafts and preferences of the user's terminals, kept as typed and told to the other terminals."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from core.errors import UsageError
from core.lifecycle.context import Context
from core.store import models as m
from core.store.models.fields import now
from core.values.answers import RemovedAnswer
from core.values.events import ScratchChanged
from core.values.prompting import Scratch
from core.values.requests import PutScratch

Kind = Literal[
    "draft_task",
    "draft_follow_up",
    "draft_workspace",
    "draft_comment",
    "preview_settings",
    "workspace_notes",
    "ui_preferences",
]
FOLLOW_UP: Kind = "draft_follow_up"
COMMENT: Kind = "draft_comment"
PAYLOAD_LIMIT = 2 * 2**20
"""Bytes of JSON."""
ID_LIMIT = 200


class Scratches:
    """What a user's terminals keep here."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get(self, kind: str, owner: str) -> Scratch:
        """What is kept; nothing is no error: an empty payload without a time.

        Raises:
            UsageError: There is no such kind.
        """
        _check(kind, owner)

        def read() -> Scratch:
            row = m.Scratch.get_or_none(m.Scratch.kind == kind, m.Scratch.owner_id == owner)
            if row is None:
                return Scratch(kind=kind, id=owner)
            return Scratch(kind=kind, id=owner, payload=row.payload, updated_at=row.updated_at)

        return await self._context.store.read(read)

    async def put(self, kind: str, owner: str, body: PutScratch) -> Scratch:
        """Keeps a payload in the place of what was kept before.

        Raises:
            UsageError: There is no such kind, or the payload is too large.
        """
        _check(kind, owner)
        if len(msgspec.json.encode(body.payload)) > PAYLOAD_LIMIT:
            raise UsageError(f"the payload has more than {PAYLOAD_LIMIT} bytes", hint="Shorten it.")
        scratch = Scratch(kind=kind, id=owner, payload=body.payload, updated_at=now())

        def write() -> None:
            m.Scratch.replace(
                kind=kind, owner_id=owner, payload=scratch.payload, updated_at=scratch.updated_at
            ).execute()

        await self._context.store.write(write)
        return self._tell(scratch)

    async def remove(self, kind: str, owner: str) -> RemovedAnswer:
        """Throws away what is kept, if anything is."""
        _check(kind, owner)

        def write() -> None:
            m.Scratch.delete().where(m.Scratch.kind == kind, m.Scratch.owner_id == owner).execute()

        await self._context.store.write(write)
        self._tell(Scratch(kind=kind, id=owner))
        return RemovedAnswer(removed=f"{kind}/{owner}")

    def _tell(self, scratch: Scratch) -> Scratch:
        self._context.hub.publish(ScratchChanged(scratch=scratch))
        return scratch


def take_draft(workspace: str, prompt: str, *, pictures: bool) -> Scratch | None:
    """Throws the draft of a prompt away that is being sent. Call on the store's thread.

    In the transaction that takes the prompt: a terminal that is killed as it sends would find the draft
    again, and send it twice.

    Args:
        workspace: Its name.
        prompt: What is sent.
        pictures: Whether pictures go with it.

    Returns:
        The draft; None when there is none, or it says something else by now.
    """
    row = m.Scratch.get_or_none(m.Scratch.kind == FOLLOW_UP, m.Scratch.owner_id == workspace)
    if row is None or str(row.payload.get("prompt") or "").strip() != prompt.strip():
        return None
    if bool(row.payload.get("images")) != pictures:
        return None
    draft = Scratch(kind=FOLLOW_UP, id=workspace, payload=row.payload, updated_at=row.updated_at)
    row.delete_instance()
    return draft


def take_comment_draft(owner: str, text: str) -> Scratch | None:
    """Throws the draft away of a comment that is being made or changed. Call on the store's thread.

    In the transaction that takes the comment, as with prompts.

    Args:
        owner: The draft's id; empty: there is none.
        text: What the comment says.

    Returns:
        What is in the draft's place now; None when there is none, or it says something else by now.
    """
    row = m.Scratch.get_or_none(m.Scratch.kind == COMMENT, m.Scratch.owner_id == owner)
    if row is None or str(row.payload.get("body") or "").strip() != text.strip():
        return None
    row.delete_instance()
    return Scratch(kind=COMMENT, id=owner)


def comment_drafts() -> list[m.Scratch]:
    """The drafts of all comments. Call on the store's thread."""
    return list(m.Scratch.select().where(m.Scratch.kind == COMMENT))


def put_draft_back(draft: Scratch) -> None:
    """Keeps a draft again whose prompt could not be sent. Call on the store's thread."""
    m.Scratch.replace(
        kind=draft.kind, owner_id=draft.id, payload=draft.payload, updated_at=draft.updated_at
    ).execute()


def _check(kind: str, owner: str) -> None:
    if kind not in get_args(Kind):
        raise UsageError(f"there is no kind {kind[:40]!r}", hint=f"Kinds: {', '.join(get_args(Kind))}.")
    if not owner or len(owner) > ID_LIMIT:
        raise UsageError(f"an id has 1 to {ID_LIMIT} characters", hint="Use a workspace's name, say.")
