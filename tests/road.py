"""A socket between Boatyard and a container engine: something may happen there before a request goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

METHODS = (b"GET ", b"POST ", b"DELETE ", b"PUT ", b"HEAD ")
Deed = Callable[[], Awaitable[bytes | None]]
"""What happens to a request: it is answered with these bytes and the connection cut, or goes on (None)."""


class Road:
    """Leads to the container engine for as long as it is open."""

    def __init__(self, path: Path, target: str) -> None:
        """
        Args:
            path: Where it begins.
            target: Path of the container engine's own socket.
        """
        self.path = path
        self.happened = 0
        """How often something has happened to a request."""
        self._target = target.removeprefix("unix://")
        self._left: int | None = None
        self._deed: Deed | None = None
        self._asking = b""
        self._tasks: set[asyncio.Task[None]] = set()

    def at(self, number: int, deed: Deed, asking: bytes = b"") -> None:
        """Lets something happen to the request of this number, counted from now on.

        Args:
            number: 1 is the next one.
            deed: What happens to it.
            asking: Only requests are counted whose first line holds this.
        """
        self._left, self._deed, self._asking = number, deed, asking

    def clear(self) -> None:
        """Nothing happens to any request any more."""
        self._left = None

    async def open(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, str(self.path))

    async def close(self) -> None:
        self._server.close()
        self.path.unlink(missing_ok=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(self._target)
        except OSError:
            writer.close()
            self._tasks.discard(task)
            return
        back = asyncio.create_task(_carry(far_reader, writer))
        try:
            while piece := await reader.read(65536):
                if piece.startswith(METHODS) and self._is_its_turn(piece):
                    assert self._deed is not None
                    answer = await self._deed()
                    if answer is not None:
                        back.cancel()
                        writer.write(answer)
                        await writer.drain()
                        return
                far_writer.write(piece)
                await far_writer.drain()
            far_writer.write_eof()
            await back
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            back.cancel()
            far_writer.close()
            writer.close()
            self._tasks.discard(task)

    def _is_its_turn(self, piece: bytes) -> bool:
        if self._left is None or self._asking not in piece.split(b"\r\n", 1)[0]:
            return False
        self._left -= 1
        if self._left > 0:
            return False
        self._left = None
        self.happened += 1
        return True


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass  # whoever has asked hears it from the closed connection
    finally:
        writer.close()
