"""The output of a process as it is read from the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work

from core.errors import BoatyardError
from tui.logs.view import LogView

if TYPE_CHECKING:
    from tui.engine.link import Link


class ProcessOutput(LogView):
    """A log that reads what it shows."""

    def __init__(self, link: Link, stream: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(stream, id=id)
        self._link = link

    @on(LogView.Wants)
    def _log_wanted(self, event: LogView.Wants) -> None:
        event.stop()
        self._read_output(event)

    @work(group="log")
    async def _read_output(self, wanted: LogView.Wants) -> None:
        try:
            chunk = await self._link.client.log(
                wanted.process_id, stream=wanted.stream, offset=wanted.offset, limit=wanted.limit
            )
        except BoatyardError:
            self.failed(wanted)
            return
        self.take(wanted, chunk)
