"""Addresses: quoting, where one leads, and the next page that a `Link` header names (RFC 8288)."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

_LINK = re.compile(r"<([^>]*)>([^<]*)")
_NEXT = re.compile(r""";\s*rel\s*=\s*("[^"]*\bnext\b[^"]*"|next\b)""", re.IGNORECASE)


def quoted(text: str) -> str:
    """One part of a path, or a value of a query."""
    return quote(text, safe="", errors="replace")


def origin(url: str) -> tuple[str, str]:
    """What two addresses share when they lead to the same server."""
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def next_page(header: str, url: str) -> str | None:
    """The next page's address, if it is on the server that named it."""
    for match in _LINK.finditer(header):
        if _NEXT.search(match[2]):
            found = urljoin(url, match[1])
            return found if origin(found) == origin(url) else None
    return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its own name or by address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)
