"""The public file server: published copies, to be read by everybody, and nothing else.

`/NAME/path` is looked up below the copy that is served now, folder by folder, without following links. A
folder shows its `index.html` or is not there. Pages run in a sandbox of their own: what one workspace
publishes can neither read another's nor anything else at the same address.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web

from core.lifecycle.publishing import served_version
from core.paths import Home

TYPES = {
    "html": "text/html; charset=utf-8", "htm": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8", "mjs": "text/javascript; charset=utf-8",
    "json": "application/json", "txt": "text/plain; charset=utf-8", "md": "text/plain; charset=utf-8",
    "csv": "text/plain; charset=utf-8", "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg",
    "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "ico": "image/x-icon",
    "pdf": "application/pdf", "wasm": "application/wasm", "woff2": "font/woff2", "mp4": "video/mp4",
}  # fmt: skip
"""What browsers are told; anything else is to be saved, and not looked into."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox allow-scripts",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
INDEX = "index.html"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,61}[a-z0-9]")
_CHUNK = 2**18
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Found:
    """A file that is open, or a folder that wants a slash at its end."""

    descriptor: int = -1
    name: str = ""
    size: int = 0


def public_application(home: Home, hosts: Iterable[str]) -> web.Application:
    """What answers at the public door.

    Args:
        home: Whose publications.
        hosts: The values that a request's Host header may have, in lower case.
    """
    names = frozenset(hosts)

    @web.middleware
    async def plain(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Host", "").lower() not in names:
            return _nothing(403, "this server does not answer to that name")
        try:
            return await handler(request)
        except web.HTTPMethodNotAllowed:
            return _nothing(405, "this can only be read")
        except web.HTTPException as error:
            return _nothing(error.status, error.reason)

    async def read(request: web.Request) -> web.StreamResponse:
        found = await asyncio.to_thread(_find, home, request.match_info["path"])
        if found is None:
            return _nothing(404, "there is nothing here")
        if found.descriptor < 0:
            return web.Response(status=308, headers={**HEADERS, "Location": f"{request.rel_url.raw_path}/"})
        try:
            return await _send(request, found)
        finally:
            os.close(found.descriptor)

    application = web.Application(middlewares=[plain], client_max_size=1)
    application.router.add_get("/{path:.*}", read)
    return application


def _find(home: Home, path: str) -> Found | None:
    """The file at a decoded path; blocks. None: nothing that is public."""
    name, slash, rest = path.partition("/")
    version = served_version(home, name) if _NAME.fullmatch(name) else None
    parts = rest.split("/") if rest else []
    wants_folder = bool(slash) and (not parts or parts[-1] == "")
    parts = [part for part in parts if part]
    if version is None or any(part.startswith(".") or "\0" in part for part in parts):
        return None
    if rest and "//" in f"/{rest}":
        return None
    if not slash:
        return Found()
    with suppress(OSError, ValueError):
        return _open(home, version, parts, wants_folder)
    return None


def _open(home: Home, version: str, parts: list[str], wants_folder: bool) -> Found | None:
    folders = [os.open(home.published / version, _FOLDER)]
    try:
        for part in parts[:-1]:
            folders.append(os.open(part, _FOLDER, dir_fd=folders[-1]))
        last = parts[-1] if parts else "."
        status = os.stat(last, dir_fd=folders[-1], follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            if not wants_folder:
                return Found()
            folders.append(os.open(last, _FOLDER, dir_fd=folders[-1]))
            return _open_file(folders[-1], INDEX)
        return None if wants_folder else _open_file(folders[-1], last)
    finally:
        for folder in folders:
            os.close(folder)


def _open_file(folder: int, name: str) -> Found | None:
    descriptor = os.open(name, _FILE, dir_fd=folder)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        os.close(descriptor)
        return None
    return Found(descriptor, name, status.st_size)


async def _send(request: web.Request, found: Found) -> web.StreamResponse:
    kind = TYPES.get(found.name.rpartition(".")[2].lower())
    headers = {**HEADERS, "Content-Type": kind or "application/octet-stream"}
    if kind is None:
        headers["Content-Disposition"] = "attachment"
    response = web.StreamResponse(headers=headers)
    response.content_length = found.size
    await response.prepare(request)
    left = 0 if request.method == "HEAD" else found.size
    while left > 0 and (chunk := await asyncio.to_thread(os.read, found.descriptor, min(_CHUNK, left))):
        await response.write(chunk)
        left -= len(chunk)
    await response.write_eof()
    return response


def _nothing(status: int, words: str) -> web.Response:
    return web.Response(status=status, text=f"{words}\n", headers=HEADERS)
