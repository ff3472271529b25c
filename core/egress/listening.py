"""Sockets that a sandbox can reach by a file in a folder it sees, and cannot write to."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path


def bind(folder: Path, name: str) -> socket.socket:
    """A socket bound to `name` in the folder, in place of what was there; not listening yet.

    It is reached by the folder's descriptor, because the address of a socket holds 107 bytes only, unix(7).

    Raises:
        OSError: It cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_DIRECTORY | os.O_RDONLY | os.O_NOFOLLOW)
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=descriptor)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(f"/proc/self/fd/{descriptor}/{name}")
        except OSError:
            listener.close()
            raise
        listener.setblocking(False)
        return listener
    finally:
        os.close(descriptor)
