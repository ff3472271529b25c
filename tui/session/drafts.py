"""What is written and not sent, by workspace: kept in the engine as typed, and seen by every terminal."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.errors import BoatyardError

if TYPE_CHECKING:
    from core.values.prompting import Image, Scratch
    from tui.engine.link import Link

KIND = "draft_follow_up"
REST_SECONDS = 0.3
"""How long after the last key a draft is kept at the latest."""


@dataclass(frozen=True)
class Attached:
    """A picture that goes with a prompt."""

    id: str
    name: str
    size: int = 0


@dataclass(frozen=True)
class Draft:
    """A prompt that is being written."""

    text: str = ""
    attached: tuple[Attached, ...] = ()
    request_id: str = ""
    """With which it was tried to send it; the same again until it is another prompt."""

    @property
    def empty(self) -> bool:
        return not self.text.strip() and not self.attached

    @property
    def payload(self) -> dict[str, object]:
        """As the engine keeps it."""
        images = [{"id": each.id, "name": each.name, "size": each.size} for each in self.attached]
        return {"prompt": self.text, "images": images}


EMPTY = Draft()


def attached(image: Image) -> Attached:
    return Attached(image.id, image.name, image.size)


def _draft(payload: dict[str, Any]) -> Draft:
    images = payload.get("images")
    found = [each for each in images if isinstance(each, dict)] if isinstance(images, list) else []
    return Draft(
        str(payload.get("prompt") or ""),
        tuple(Attached(str(i.get("id")), str(i.get("name")), int(i.get("size") or 0)) for i in found),
    )


class Drafts:
    """Of all workspaces that were looked at. Lives on the event loop."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._drafts: dict[str, Draft] = {}
        self._dirty: set[str] = set()
        """Those that the engine does not have as they are."""
        self._read: set[str] = set()
        self._kept_at: dict[str, float] = {}
        """When the engine kept what was last written here: what it tells of before that is old."""
        self._timer: asyncio.TimerHandle | None = None
        self._saving: asyncio.Task[None] | None = None

    def of(self, workspace: str) -> Draft:
        """What is written there."""
        return self._drafts.get(workspace, EMPTY)

    def keep(self, workspace: str, draft: Draft) -> None:
        """Keeps a draft here at once, and in the engine soon."""
        old = self.of(workspace)
        if (old.text, old.attached) == (draft.text, draft.attached):
            return
        self._drafts[workspace] = replace(draft, request_id="")
        self._dirty.add(workspace)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(REST_SECONDS, self._begin_to_save)

    def tried(self, workspace: str, request_id: str) -> str:
        """The id to send the draft with: the one of the first try, else this one."""
        draft = self.of(workspace)
        if not draft.request_id:
            self._drafts[workspace] = draft = replace(draft, request_id=request_id)
        return draft.request_id

    def _begin_to_save(self) -> None:
        self._timer = None
        if self._saving is None or self._saving.done():
            self._saving = asyncio.ensure_future(self.save())
        else:
            self._timer = asyncio.get_running_loop().call_later(REST_SECONDS, self._begin_to_save)

    async def save(self) -> None:
        """Gives the engine what it does not have yet; what it does not take is tried again later."""
        from core.values.requests import PutScratch

        for workspace in sorted(self._dirty):
            draft = self.of(workspace)
            try:
                body = PutScratch(payload=draft.payload)
                kept = await self._link.client.put_scratch(KIND, workspace, body)
            except BoatyardError:
                return  # The header tells; it is saved when the engine is back.
            self._kept_at[workspace] = kept.updated_at
            if self.of(workspace).payload == draft.payload:
                self._dirty.discard(workspace)
            elif self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(REST_SECONDS, self._begin_to_save)

    async def read(self, workspace: str) -> bool:
        """Asks the engine for a draft; whether it is another than the one here."""
        if workspace in self._read:
            return False
        try:
            scratch = await self._link.client.scratch(KIND, workspace)
        except BoatyardError:
            return False
        self._read.add(workspace)
        return self.take(scratch)

    def take(self, scratch: Scratch) -> bool:
        """Takes in what another terminal wrote, unless here is something newer; whether it is new here."""
        old_news = scratch.updated_at and scratch.updated_at <= self._kept_at.get(scratch.id, 0.0)
        if scratch.kind != KIND or scratch.id in self._dirty or old_news:
            return False
        draft, old = _draft(scratch.payload), self.of(scratch.id)
        if (old.text, old.attached) == (draft.text, draft.attached):
            return False
        self._drafts[scratch.id] = draft
        return True

    def take_back(self, texts: dict[str, str]) -> None:
        """Drafts that the engine could not be given before the interface was left."""
        for workspace, text in texts.items():
            self.keep(workspace, Draft(text))

    @property
    def unsaved(self) -> dict[str, str]:
        """Texts that the engine does not have."""
        return {name: self.of(name).text for name in self._dirty if self.of(name).text.strip()}

    def forget(self) -> None:
        """After a time without a connection: asks anew for those that are looked at, saves those written."""
        self._read.clear()
        if self._dirty:
            self._begin_to_save()
