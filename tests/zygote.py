"""Engines forked from a process that has loaded everything: two thirds of what a start costs is loading.

For tests that start hundreds of them. How users' engines are started is tested in `tests/daemon` as well.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import select
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from core.garbage import pause_while_loading
from core.paths import Home

MESSAGE_BYTES = 2**20
START_SECONDS = 60.0


class Zygote:
    """The process, started when the first engine is wanted; it ends with this one."""

    def __init__(self) -> None:
        self._line, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            argv = [sys.executable, "-m", "tests.zygote", str(other.fileno())]
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(other.fileno(),),
                cwd=Path(__file__).parents[1],
            )
        atexit.register(self._end)

    def _end(self) -> None:
        self._line.close()
        self._process.wait()

    def start(self, home: Home) -> bytes:
        """What an engine of this process's environment says once it has started or failed; blocks."""
        folders = (home.config, home.data, home.state, home.cache, home.runtime)
        wanted = {"environment": dict(os.environ), "folders": list(map(str, folders))}
        read_end, write_end = os.pipe()
        with os.fdopen(read_end, "rb") as said, open(home.log.with_suffix(".err"), "ab") as errors:
            try:
                socket.send_fds(self._line, [json.dumps(wanted).encode()], [write_end, errors.fileno()])
            finally:
                os.close(write_end)
            assert select.select([said], [], [], START_SECONDS)[0], "the engine does not start"
            return said.read().strip()


@cache
def zygote() -> Zygote:
    """The one of this process."""
    return Zygote()


def serve(line: socket.socket) -> None:
    """Forks an engine for each message, until nobody is there to send one."""
    pause_while_loading()
    importlib.import_module("core.server.daemon")
    while True:
        message, descriptors, _, _ = socket.recv_fds(line, MESSAGE_BYTES, 2)
        if not message:
            return
        child = os.fork()
        if child == 0:
            line.close()
            become_engine(json.loads(message), *descriptors)
        os.waitpid(child, 0)
        for descriptor in descriptors:
            os.close(descriptor)


def become_engine(wanted: dict[str, Any], report: int, errors: int) -> None:
    """What `python -m core.server` does, in this process; never returns."""
    from core.server.daemon import run_engine  # not in the processes that import this one

    if os.fork():  # as there: it belongs to nobody, and nobody has to wait for it
        os._exit(0)
    with contextlib.suppress(BaseException):
        os.setsid()
        os.chdir("/")
        os.environ.clear()
        os.environ.update(wanted["environment"])
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, place in enumerate((nothing, errors, errors)):
            os.dup2(place, number)
        run_engine(Home(*map(Path, wanted["folders"])), report)
    os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
