"""What the engine does by itself from time to time: closes what is idle, empties what is old."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from core.engine.keeping import Keeping
from core.engine.log_keeping import LogKeeping
from core.errors import BoatyardError
from core.git.depot import Depot
from core.git.depot_upkeep import bring_together
from core.lifecycle.context import Context
from core.lifecycle.facts import workspace_facts
from core.lifecycle.idleness import Idle, Watched, look_for_idle, touch
from core.lifecycle.place import Place
from core.values.requests import PruneLogs

log = logging.getLogger(__name__)

PAUSE_SECONDS = 30.0
TRASH_PASSES = 120
"""Every how many passes the trash is looked through."""
EXCHANGE_SECONDS = 24 * 3600.0
"""How long a file that nobody took away stays in the exchange folder."""


class Housekeeping:
    """A loop that lives as long as the engine; one pass can be asked for."""

    def __init__(
        self, context: Context, keeping: Keeping, logs: LogKeeping, tell: Callable[[str, str], None]
    ) -> None:
        """
        Args:
            context: The engine's parts.
            keeping: Who does it.
            logs: Who removes old logs.
            tell: Tells everybody something about a workspace.
        """
        self._tell = tell
        self._context = context
        self._keeping = keeping
        self._logs = logs
        self.waiting = 0
        """Workspaces that will close by themselves: the engine stays for them."""

    async def run(self) -> None:
        """Passes for ever; one that fails is told in the log and does not end the next."""
        number = 0
        while True:
            try:
                await self.look(trash=number % TRASH_PASSES == 0)
            except BoatyardError as error:
                log.warning("housekeeping: %s", error)
            except Exception:  # the worker boundary: keeping house must not end the engine
                log.exception("housekeeping")
            number += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def look(self, *, trash: bool = True) -> None:
        """One pass."""
        watched = await self._watched()
        self.waiting = watched.waiting
        for idle in watched.idle:
            try:
                await self._see_to(idle)
            except BoatyardError as error:
                log.info("%s is not closed now: %s", idle.name, error)
        if trash:
            await self._keeping.purge_expired()
            await asyncio.to_thread(self._clear_exchange)
            await self._prune_logs()
            await self._keep_depots_quick()

    async def _keep_depots_quick(self) -> None:
        """Brings together what many snapshots have left in the depots."""
        paths = await asyncio.to_thread(lambda: sorted(self._context.home.depots.glob("*.git")))
        for path in paths:
            try:
                if await bring_together(Depot(path)):
                    log.info("packed the objects of %s", path.name)
            except BoatyardError as error:  # the others are not kept waiting for it
                log.warning("%s is not packed: %s", path.name, error)

    async def _prune_logs(self) -> None:
        """Removes the logs that are not kept any longer, and says so."""
        if not (self._context.config.logs.keep_days or self._context.config.logs.max_mb):
            return
        report = await self._logs.prune(PruneLogs())
        if report.logs:
            count, size = len(report.logs), report.size / 10**6
            self._tell(f"the logs of {count} ended processes were removed as [logs] says: {size:.1f} MB", "")

    async def _see_to(self, idle: Idle) -> None:
        if await self._attached(idle.name):
            await self._context.store.write(touch, idle.name, self._context.clock())
        elif idle.due:
            if await self._keeping.close_idle(idle.name, idle.minutes):
                told = f"{idle.name} was closed after {idle.minutes:g} idle minutes; everything is kept"
                self._tell(told, idle.name)

    async def _watched(self) -> Watched:
        minutes = self._context.config.workspace.idle_minutes
        return await self._context.store.read(look_for_idle, self._context.clock(), minutes)

    async def _attached(self, name: str) -> bool:
        """Whether somebody has a shell open in the workspace."""
        facts = await self._context.store.read(workspace_facts, name)
        runner = self._context.runners[facts.runner]
        return await runner.attached(Place(self._context.home, name).environment(facts))

    def _clear_exchange(self) -> None:
        for path in self._context.home.exchange.iterdir():
            if path.is_file() and path.lstat().st_mtime < self._context.clock() - EXCHANGE_SECONDS:
                path.unlink(missing_ok=True)
