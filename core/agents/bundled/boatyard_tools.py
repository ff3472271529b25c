"""Boatyard's tools for an agent in a container: a server of the Model Context Protocol on standard input
and output, which joins these with the door that the engine keeps open for this workspace alone.

One file, the standard library, Python 3.9 or later: a container runs it with its own `python3`.
"""

from __future__ import annotations

import os
import socket
import sys
import threading

DOOR = "/boatyard/etc/tools.sock"


def ask(door: socket.socket) -> None:
    """Hands on what the agent says, and that it has no more to say."""
    try:
        while True:
            piece = os.read(0, 65536)
            if not piece:
                break
            door.sendall(piece)
        door.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # The engine is gone; its side of the connection ends the program.


def main() -> int:
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        door.connect(DOOR)
    except OSError as error:
        print(f"boatyard_tools: the engine does not answer ({error.strerror})", file=sys.stderr)
        return 1
    threading.Thread(target=ask, args=(door,), daemon=True).start()
    with open(1, "wb", buffering=0, closefd=False) as out:
        while True:
            piece = door.recv(65536)
            if not piece:
                return 0
            out.write(piece)


if __name__ == "__main__":
    sys.exit(main())
