"""Open pull requests followed in the background, with pauses that grow while nothing happens.

The hosts are asked under the condition that something has changed, which costs next to nothing there. While
nobody is attached and nothing runs, nobody is asked: an engine that is not needed ends.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import BoatyardError
from core.forges.errors import RateLimitedError
from core.lifecycle.context import Context
from core.lifecycle.pull_following import Following
from core.lifecycle.pull_records import Followed, open_pulls
from core.values.pull_requests import PullView

log = logging.getLogger(__name__)

SLOWEST = 10
"""How many times the usual pause a pull request at which nothing happens is left alone."""
TICK_SECONDS = 5.0


@dataclass
class _Pace:
    """When one is due, and what its last look was like."""

    due: float
    pause: float
    seen: tuple[object, ...] = ()


class PullWatching:
    """A loop that lives as long as the engine."""

    def __init__(self, context: Context, following: Following, needed: Callable[[], object]) -> None:
        self._context = context
        self._following = following
        self._needed = needed
        self._paces: dict[str, _Pace] = {}
        self.clock: Callable[[], float] = time.monotonic
        """What pauses are measured by: it goes on where the time of day is set back."""

    async def run(self) -> None:
        """Looks at what is due, for ever."""
        while True:
            try:
                if self._needed():
                    await self.look()
            except Exception:  # the worker boundary: a host must not end the engine
                log.exception("following pull requests")
            await asyncio.sleep(min(TICK_SECONDS, self._usual))

    async def look(self) -> int:
        """Looks at those that are due; returns how many were."""
        found = await self._context.store.read(open_pulls)
        self._paces = {each.link.id: self._pace(each) for each in found}
        moment = self.clock()
        due = [each for each in found if self._paces[each.link.id].due <= moment]
        for each in due:
            await self._one(each, self._paces[each.link.id])
        return len(due)

    @property
    def _usual(self) -> float:
        return self._context.config.pull_requests.poll_seconds

    def _pace(self, followed: Followed) -> _Pace:
        return self._paces.get(followed.link.id) or _Pace(0.0, self._usual)

    async def _one(self, followed: Followed, pace: _Pace) -> None:
        try:
            view = await self._following.look(followed)
        except RateLimitedError as error:
            log.info("%s: %s", followed.link.url, error)
            pace.due = self.clock() + max(error.until - self._context.clock(), self._usual)
            return
        except (BoatyardError, OSError) as error:
            log.info("%s: %s", followed.link.url, error)
            self._slower(pace)
        else:
            now = _seen(view)
            if now != pace.seen:
                pace.seen, pace.pause = now, self._usual
            else:
                self._slower(pace)
        pace.due = self.clock() + pace.pause

    def _slower(self, pace: _Pace) -> None:
        pace.pause = min(pace.pause * 1.5, self._usual * SLOWEST)


def _seen(view: PullView) -> tuple[object, ...]:
    return (view.pull, view.checks, len(view.comments))
