"""What was typed into a dialog and not sent: kept in the engine as typed, and there when it opens again.

A draft is forgotten when what it was for has been done, not when the dialog closes: Escape, an error and a
lost connection keep it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from core.errors import BoatyardError

if TYPE_CHECKING:
    from tui.engine.link import Link

REST_SECONDS = 0.3
"""How long after the last key a draft is kept at the latest."""

Texts = dict[str, str]
"""What is in the fields, by their ids; fields in which nothing was typed are left out."""
Keep = Callable[[Texts], None]


class FormDrafts:
    """The drafts of one kind of dialog, by what they are about. Lives on the event loop."""

    def __init__(self, link: Link, kind: str) -> None:
        """
        Args:
            link: To the engine.
            kind: Of the engine's scratches, such as `draft_task`.
        """
        self._link = link
        self._kind = kind
        self._texts: dict[str, Texts] = {}
        """What was typed here, whether or not the engine has it."""
        self._dirty: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._saving: asyncio.Task[None] | None = None

    async def of(self, key: str) -> Texts:
        """What was typed and not sent, here or at another terminal; nothing where the engine is away."""
        if key in self._dirty:
            return self._texts[key]
        try:
            scratch = await self._link.client.scratch(self._kind, key)
        except BoatyardError:
            return self._texts.get(key, {})
        found = {name: text for name, text in scratch.payload.items() if isinstance(text, str)}
        if key not in self._dirty:
            self._texts[key] = found
        return found

    def texts_here(self, key: str) -> Texts:
        """What was typed, as far as it is known without asking the engine."""
        return self._texts.get(key, {})

    def keep(self, key: str, texts: Texts) -> None:
        """Keeps what is typed here at once, and in the engine soon."""
        self._texts[key] = texts
        self._dirty.add(key)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(REST_SECONDS, self._begin_to_save)

    async def forget(self, key: str) -> None:
        """What was typed has been sent."""
        self._texts.pop(key, None)
        self._dirty.discard(key)
        if self._saving is not None:
            await self._saving
        try:
            await self._link.client.remove_scratch(self._kind, key)
        except BoatyardError:
            self._texts[key] = {}
            self._dirty.add(key)  # an empty one takes its place when the engine is back

    @contextlib.asynccontextmanager
    async def sending(self, key: str) -> AsyncIterator[None]:
        """What was typed is forgotten when it has been sent; who refuses it says also that it is kept."""
        try:
            yield
        except BoatyardError as error:
            error.hint = f"{error.hint} What you typed is kept.".strip()
            raise
        await self.forget(key)

    @property
    def unsaved(self) -> dict[str, Texts]:
        """What the engine does not have."""
        return {key: self._texts[key] for key in self._dirty if self._texts[key]}

    def take_back(self, texts: dict[str, Texts]) -> None:
        """Drafts that the engine could not be given before the interface was left."""
        for key, each in texts.items():
            self.keep(key, each)

    def connected(self) -> None:
        """The engine is there again: it is given what was typed meanwhile."""
        if self._dirty:
            self._begin_to_save()

    def _begin_to_save(self) -> None:
        self._timer = None
        self._saving = asyncio.ensure_future(self.save())

    async def save(self) -> None:
        """Gives the engine what it does not have; what it does not take is tried again with the next key,
        and when the engine is there again."""
        from core.values.requests import PutScratch

        for key in sorted(self._dirty):
            texts = self._texts.get(key, {})
            try:
                await self._link.client.put_scratch(self._kind, key, PutScratch(payload=dict(texts)))
            except BoatyardError:
                return  # The header tells that the engine is away.
            if self._texts.get(key) == texts:
                self._dirty.discard(key)
