"""The audit log: who did what, when, from where, and what came of it; one JSON document a line.

Through a network door every request is written down, through the Unix socket every one that may change
something. Bodies, queries and tokens are not: they hold what users write.
"""

from __future__ import annotations

import asyncio
import logging
import logging.handlers
import os
import time
from collections.abc import Awaitable, Callable
from io import TextIOWrapper
from pathlib import Path

import msgspec
from aiohttp import web

from core.server.peer import WHO

LOG_BYTES = 5 * 2**20
LOG_FILES = 5
PATH_LIMIT = 500
"""Characters of a path that are written down."""
_STARTED, _GONE = 101, 499

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PrivateLog(logging.handlers.RotatingFileHandler):
    """A rotated log file that the user alone can read, whatever the umask."""

    def _open(self) -> TextIOWrapper:
        file = super()._open()
        os.fchmod(file.fileno(), 0o600)
        return file


class Audit:
    """Writes one engine's audit log."""

    def __init__(self, path: Path) -> None:
        self._handler = PrivateLog(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, delay=True)

    def close(self) -> None:
        self._handler.close()

    def note(self, request: web.Request, status: int) -> None:
        """Writes down a request and its result; a full disk keeps nobody from working."""
        document = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "who": request.get(WHO, "unknown"),
            "from": request.remote or "local",
            "method": request.method,
            "path": request.path[:PATH_LIMIT],
            "status": status,
        }
        text = msgspec.json.encode(document).decode("ascii", "backslashreplace")
        self._handler.emit(logging.LogRecord("audit", logging.INFO, "", 0, text, None, None))

    def middleware(self, *, reads: bool) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
        """Notes requests; `reads`: also those that only look."""

        @web.middleware
        async def noted(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not reads and request.method in ("GET", "HEAD"):
                return await handler(request)
            try:
                response = await handler(request)
            except asyncio.CancelledError:
                self.note(request, _GONE)
                raise
            self.note(request, response.status)
            return response

        return noted
