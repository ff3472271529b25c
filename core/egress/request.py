"""The head of a request to the proxy (RFC 9110, RFC 9112), read strictly: what is odd is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.errors import UsageError

HEAD_BYTES = 32 * 1024
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(rb"http://([^/?#@\s]+)([/?][^\s#]*)?", re.IGNORECASE)
_HOP = {b"proxy-connection", b"proxy-authorization", b"connection", b"keep-alive", b"host"}
"""Headers that belong to this hop, or that the proxy writes itself."""


@dataclass(frozen=True)
class ProxyRequest:
    """Where a request wants to go, and what is sent there first."""

    host: str
    port: int
    first: bytes
    """Empty for CONNECT: then everything is the client's own."""


def read_request(head: bytes) -> ProxyRequest:
    """The request whose head, up to the empty line, this is.

    Raises:
        UsageError: It is none that a proxy takes.
    """
    lines = head.split(b"\r\n")
    parts = lines[0].split(b" ")
    if len(parts) != 3 or not parts[2].startswith(b"HTTP/1.") or not _TOKEN.fullmatch(parts[0]):
        raise UsageError("this is no request that a proxy takes")
    method, target, version = parts
    if method == b"CONNECT":
        host, port = _authority(target, 0)
        return ProxyRequest(host, port, b"")
    found = _TARGET.fullmatch(target)
    if found is None:
        raise UsageError("a proxy takes CONNECT, and addresses that begin with http://")
    host, port = _authority(found.group(1), 80)
    path = found.group(2) or b"/"
    path = b"/" + path if path.startswith(b"?") else path
    headers = [line for line in lines[1:] if line and line.partition(b":")[0].strip().lower() not in _HOP]
    own = [b" ".join((method, path, version)), b"Host: " + found.group(1), b"Connection: close"]
    return ProxyRequest(host, port, b"\r\n".join((*own, *headers, b"", b"")))


def _authority(text: bytes, default_port: int) -> tuple[str, int]:
    """Host and port; an IPv6 address stands in brackets."""
    found = re.fullmatch(rb"(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z_.-]+))(?::([0-9]{1,5}))?", text)
    port = int(found.group(3) or default_port) if found else 0
    if found is None or not 0 < port < 65536:
        raise UsageError("the host or port of the request is none")
    host = (found.group(1) or found.group(2)).decode("ascii").lower().rstrip(".")
    return host, port
