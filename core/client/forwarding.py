"""The line to type on the machine where one sits, so that a page served on this one can be opened there."""

from __future__ import annotations

import getpass
import ipaddress
import os
import re
import shlex
from collections.abc import Mapping
from urllib.parse import urlsplit

USUAL_PORT = 22


def forward_line(url: str, environment: Mapping[str, str] = os.environ) -> str:
    """Such as `ssh -L 3000:127.0.0.1:3000 ada@192.0.2.7`; empty where this is no session of ssh.

    Args:
        url: The page's address on this machine.
        environment: Has `SSH_CONNECTION` in a session of ssh: the addresses and ports of both ends (ssh(1)).
    """
    words = environment.get("SSH_CONNECTION", "").split()
    try:
        port, (_, _, address, server_port) = urlsplit(url).port, words
        host = ipaddress.ip_address(address.partition("%")[0]).compressed
        at = int(server_port)
    except ValueError:
        return ""
    if port is None:
        return ""
    extra = f" -p {at}" if at != USUAL_PORT else ""
    return f"ssh -L {port}:127.0.0.1:{port}{extra} {_user()}{host}"


def _user() -> str:
    """Empty where the user has no name: ssh then takes the one of the other machine."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        return ""
    return f"{shlex.quote(name)}@" if re.fullmatch(r"[^\s@\x00-\x1f-][^\s@\x00-\x1f]*", name) else ""
