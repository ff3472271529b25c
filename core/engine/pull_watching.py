"""Open pull requests followed in the background, with pauses that grow while nothing happens.

The hosts are asked under the condition that something has changed, which costs next to nothing there. While
nobody is attached and nothing runs, nobody is asked: an engine that is not needed ends.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from core.errors import BoatyardError
from core.forges.errors import RateLimitedError
from core.lifecycle.context import Context
from core.lifecycle.pull_following import Following
from core.lifecycle.pull_records import Followed, open_pulls
from core.values.pull_requests import PullLink, PullView

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
    link: PullLink | None = None
    """What was written down of it then."""


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
        hosts: dict[str, list[Followed]] = {}
        for each in due:
            hosts.setdefault(each.link.repository.partition("/")[0], []).append(each)
        # One that does not answer keeps nobody from hearing of the others.
        await asyncio.gather(*map(self._at_one_host, hosts.values()))
        return len(due)

    async def _at_one_host(self, due: Sequence[Followed]) -> None:
        for each in due:
            await self._one(each, self._paces[each.link.id])

    @property
    def _usual(self) -> float:
        return self._context.config.pull_requests.poll_seconds

    def _pace(self, followed: Followed) -> _Pace:
        """Its pace so far; one at which the user has done something since is looked at soon again."""
        pace = self._paces.get(followed.link.id) or _Pace(0.0, self._usual)
        if pace.link is not None and _written(pace.link) != _written(followed.link):
            pace.pause = self._usual
            pace.due = min(pace.due, self.clock() + self._usual)
            pace.link = followed.link
        return pace

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
            pace.link, now = view.link, _seen(view)
            if now != pace.seen:
                pace.seen, pace.pause = now, self._usual
            else:
                self._slower(pace)
        pace.due = self.clock() + pace.pause

    def _slower(self, pace: _Pace) -> None:
        pace.pause = min(pace.pause * 1.5, self._usual * SLOWEST)


def _written(link: PullLink) -> PullLink:
    """What is known of it, whenever that was and whatever went wrong since."""
    return replace(link, state=replace(link.state, looked_at=None, trouble=""))


def _seen(view: PullView) -> tuple[object, ...]:
    return (view.pull, view.checks, len(view.comments))
