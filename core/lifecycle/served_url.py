"""Finds, in what a dev server writes, the address where it can be reached."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LIMIT = 256 * 1024
"""Bytes of output that are looked at."""
_LONGEST_LINE = 4096
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_URL = re.compile(rb"(https?)://(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d{1,5}))?(/[!-~]*)?")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class ServedUrl:
    """An address of the machine that a server runs on, as the server said it."""

    scheme: str
    port: int
    path: str = "/"

    def at(self, host: str, port: int) -> str:
        """The same page by another host and port."""
        return f"{self.scheme}://{host}:{port}{self.path}"


@dataclass
class UrlFinder:
    """Takes a server's output piece by piece; the first address with a wished port wins over all others."""

    wished: Collection[int] = ()
    found: ServedUrl | None = None
    _rest: bytes = b""
    _seen: int = field(default=0)

    @property
    def done(self) -> bool:
        """Whether more output can change nothing."""
        return self._seen >= LIMIT or (self.found is not None and self.found.port in self.wished)

    def feed(self, data: bytes) -> bool:
        """Looks at the next piece; whether `found` has changed."""
        if self.done:
            return False
        before = self.found
        self._seen += len(data)
        *lines, rest = (self._rest + data).split(b"\n")
        # A line without an end is looked at as well: a prompt may stay open. It is looked at again when
        # more of it has come, for an address may have been cut off in the middle.
        self._rest = rest[-_LONGEST_LINE:]
        for line in (*lines, rest):
            self._look(line[-_LONGEST_LINE:], whole=line is not rest)
        return self.found != before

    def _look(self, line: bytes, *, whole: bool) -> None:
        clean = _ESCAPES.sub(b"", line)
        for match in _URL.finditer(clean):
            if not whole and match.end() == len(clean):
                continue
            url = _served(match)
            if url is None or self.done:
                continue
            if self.found is None or url.port in self.wished:
                self.found = url


def _served(match: re.Match[bytes]) -> ServedUrl | None:
    scheme = match.group(1).decode()
    port = int(match.group(3)) if match.group(3) else _DEFAULT_PORTS[scheme]
    path = (match.group(4) or b"/").decode().rstrip(".,;:)'\"")
    if not 1 <= port <= 65535:
        return None
    parts = urlsplit(f"//x{path}")
    return ServedUrl(scheme, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
