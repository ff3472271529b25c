"""The list of hosts that a workspace may reach: how it is written, and what it allows.

An entry is a host name (`example.org`), all names below one (`*.example.org`), an address (`192.0.2.7`,
`2001:db8::1`) or a network (`10.0.0.0/8`), each with a port behind a colon if only that one is meant
(`example.org:8443`, `[2001:db8::1]:8443`). Without one, the ports of HTTP and HTTPS are.

A name allows no more than public addresses: one that leads into this machine, its networks or the cloud's
metadata service, by design or by a name server that changed its mind, is refused unless the address is on
the list itself.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import UsageError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

USUAL_PORTS = (80, 443)
MOST_ENTRIES = 500
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*\.?")


@dataclass(frozen=True)
class Entry:
    """One entry of the list, read."""

    name: str = ""
    below: bool = False
    """All names below `name`, and not `name` itself."""
    network: Network | None = None
    port: int = 0
    """0: the usual ones."""

    def has_port(self, port: int) -> bool:
        return port == self.port if self.port else port in USUAL_PORTS

    def has_name(self, name: str) -> bool:
        if not self.name:
            return False
        return name.endswith(f".{self.name}") if self.below else name == self.name

    def has_address(self, address: Address) -> bool:
        return self.network is not None and address in self.network


class Rules:
    """A list of hosts, read."""

    def __init__(self, hosts: Iterable[str]) -> None:
        """Raises `UsageError` for an entry that is none."""
        self.entries = tuple(read_entry(host) for host in hosts)

    def names(self, host: str, port: int) -> bool:
        """Whether a name is allowed on a port; where it leads to is looked at apart."""
        return any(entry.has_name(host) and entry.has_port(port) for entry in self.entries)

    def lists(self, address: Address, port: int) -> bool:
        """Whether an address is on the list itself."""
        plain = unmapped(address)
        return any(entry.has_address(plain) and entry.has_port(port) for entry in self.entries)

    def leads_to(self, address: Address, port: int) -> bool:
        """Whether an allowed name may lead to an address."""
        return is_public(unmapped(address)) or self.lists(address, port)


def read_entry(text: str) -> Entry:
    """An entry as the user writes it.

    Raises:
        UsageError: It is none.
    """
    host, port = _split(text.strip().lower())
    try:
        network = ipaddress.ip_network(host, strict=False)
    except ValueError:
        network = None
    if network is not None:
        return Entry(network=network, port=port)
    if len(host) > 253 or not _NAME.fullmatch(host) or host.replace(".", "").isdigit():
        raise UsageError(
            f"{text[:80]!r} is no host",
            hint="Write example.org, *.example.org, example.org:8443, 192.0.2.7 or 10.0.0.0/8.",
        )
    return Entry(name=host.removeprefix("*.").rstrip("."), below=host.startswith("*."), port=port)


def _split(text: str) -> tuple[str, int]:
    """Host and port; an IPv6 address with a port is in brackets."""
    bracketed = re.fullmatch(r"\[([0-9a-f:.]+)\](?::([0-9]{1,5}))?", text)
    if bracketed:
        host, port = bracketed.group(1), bracketed.group(2)
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
        if not re.fullmatch(r"[0-9]{1,5}", port):
            raise UsageError(f"{text[:80]!r} has no port behind its colon", hint="Write example.org:8443.")
    else:
        host, port = text, None
    number = int(port) if port else 0
    if port and not 0 < number < 65536:
        raise UsageError(f"{text[:80]!r} has a port that is none", hint="Ports go from 1 to 65535.")
    return host, number


def unmapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it does: `::ffff:127.0.0.1`, 6to4, NAT64."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether an address is out in the internet: no loopback, private, link-local or metadata address."""
    return address.is_global and not address.is_multicast


def host_entry(host: str, port: int) -> str:
    """The entry that would let through to a destination."""
    shown = f"[{host}]" if ":" in host else host
    return host if port in USUAL_PORTS else f"{shown}:{port}"
