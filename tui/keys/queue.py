"""Keys one after the other: the next is looked at when the one before has done all it does at once.

A key goes to the focused widget and up through its parents, message loop by message loop, and only there
turns into an action. Keys that come in one burst, as over a slow line, would overtake: of "i" and a word
typed after it, the word's letters would still be taken as actions.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.widget import Widget

PATIENCE = 0.5
"""Seconds after which a key counts as done whose widget has gone away meanwhile."""
_PLAIN = {App, Widget}
_HANDLER = re.compile("_?(on_key$|key_)|handle_key$")
"""How methods are called that Textual tells of all keys, or of one."""
TIMES = 6
"""So often that is waited for where the widget is still there."""
Deliver = Callable[[events.Event], Awaitable[None]]


@cache
def _handlers(kind: type[MessagePump]) -> frozenset[str]:
    """Names of what nodes of a kind have for keys, beside what every widget and every app has."""
    names = (name for each in kind.__mro__ if each not in _PLAIN for name in vars(each))
    return frozenset(name for name in names if _HANDLER.match(name))


def looks_at(node: MessagePump, key: events.Key) -> bool:
    """Whether a node does something about a key beside what its bindings say."""
    handlers = _handlers(type(node))
    own = {f"{mark}key_{name}" for mark in ("", "_") for name in key.name_aliases} if handlers else set()
    return bool(handlers & {"on_key", "_on_key", "handle_key", *own})


class KeyQueue:
    """Holds back keys while an earlier one is on its way."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._held: deque[tuple[events.Key, Deliver]] = deque()
        self._under_way = 0
        """Number of the key that is on its way; 0 when none is."""
        self._count = 0
        self._holds = 0
        self._begun = False

    @property
    def begun(self) -> bool:
        """Whether keys are delivered yet."""
        return self._begun

    @property
    def waiting(self) -> bool:
        """Whether there are keys that were not delivered yet."""
        return bool(self._held)

    def begin(self) -> None:
        """Delivers keys from now on, and first those that were typed before there was something to see."""
        self._app.call_later(self._begin)

    async def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            await self._next()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds keys back while what a dialog begins with is asked for, up to `TIMES` times `PATIENCE`.

        What is typed behind the key that opens the dialog is meant for it.
        """
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            if self._under_way:
                self._app.call_later(self._after_refresh, self._under_way)

    async def take(self, key: events.Key, deliver: Deliver) -> None:
        """Delivers a key from the terminal, now or in its turn."""
        if self._under_way or not self._begun:
            self._held.append((key, deliver))
        else:
            await self._deliver(key, deliver)

    async def _deliver(self, key: events.Key, deliver: Deliver) -> None:
        target = self._app.focused or self._app.screen
        if isinstance(target, Widget) and target.check_consume_key(key.key, key.character):
            await deliver(key)  # typing changes nothing about where the next key goes
            await self._next()
            return
        self._count += 1
        number = self._under_way = self._count
        await deliver(key)
        self._wait(target, number, TIMES)
        self._follow(target, number, target)

    def _wait(self, target: MessagePump, number: int, times: int) -> None:
        """Gives a key up after a while; later where its widget is still there, which then is only slow."""

        async def look() -> None:
            if times > 1 and number == self._under_way and target.is_running and target.is_attached:
                self._wait(target, number, times - 1)
            else:
                await self._end(number)

        self._app.set_timer(PATIENCE, look)

    def _follow(self, node: MessagePump, number: int, again: MessagePump | None) -> None:
        """Goes the key's way behind it, from widget to parent, up to the app.

        Twice through the messages of each: what the key made a widget tell itself, and its parent then, comes
        first. In the app an action may have asked for a pane to be shown and then focused, which happens with
        the next refresh: that is waited for. The way is gone a second time: an action that the app finds for
        the key may be one of the widget's, which then tells its parents.
        """
        node.call_later(node.call_later, self._go_up, node, number, again)

    def _go_up(self, node: MessagePump, number: int, again: MessagePump | None) -> None:
        if node is not self._app:
            self._follow(getattr(node, "parent", None) or self._app, number, again)
        elif again is not None and again.is_running:
            self._follow(again, number, None)
        else:
            self._after_refresh(number)

    def _after_refresh(self, number: int) -> None:
        self._app.screen.call_after_refresh(partial(self._app.call_later, self._done, number))

    async def _done(self, number: int) -> None:
        if not self._holds:
            await self._end(number)

    async def _end(self, number: int) -> None:
        if number == self._under_way:
            self._under_way = 0
            await self._next()

    async def _next(self) -> None:
        if self._held:
            await self._deliver(*self._held.popleft())
