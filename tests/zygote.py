"""Engines and commands forked from a process that has loaded everything, which is most of what a start costs.

For tests that start hundreds of them. How users' engines are started is tested in `tests/daemon` as well, how
their commands are in `tests/cli` and wherever a terminal is.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from core.garbage import pause_while_loading
from core.paths import Home

MESSAGE_BYTES = 2**20
START_SECONDS = 60.0


class Line:
    """Through which the process is told what to fork; whoever holds it may use it."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def start(self, home: Home) -> bytes:
        """What an engine of this process's environment says once it has started or failed; blocks."""
        folders = (home.config, home.data, home.state, home.cache, home.runtime)
        wanted = {"environment": dict(os.environ), "folders": list(map(str, folders))}
        with open(home.log.with_suffix(".err"), "ab") as errors:
            said = self._ask(wanted, errors.fileno())
        assert select.select([said], [], [], START_SECONDS)[0], "the engine does not start"
        with os.fdopen(said, "rb") as pipe:
            return pipe.read().strip()

    def run(
        self, argv: Sequence[str], environment: Mapping[str, str], seconds: float
    ) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of `boatyard` with these arguments; blocks."""
        wanted = {"environment": dict(environment), "argv": list(argv), "folder": os.getcwd()}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            said = self._ask(wanted, out.fileno(), err.fileno(), self._end.fileno())
            with os.fdopen(said, "rb", buffering=0) as pipe:
                process = int(pipe.readline())
                if not select.select([pipe], [], [], seconds)[0]:
                    os.kill(process, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(["boatyard", *argv], seconds)
                code = int(pipe.readline())
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode())
            return code, texts[0], texts[1]

    def _ask(self, wanted: dict[str, Any], *descriptors: int) -> int:
        """The end of a pipe at which what is forked says how it goes."""
        read_end, write_end = os.pipe()
        try:
            socket.send_fds(self._end, [json.dumps(wanted).encode()], [write_end, *descriptors])
        finally:
            os.close(write_end)
        return read_end


class Zygote(Line):
    """The process, started when the first is wanted; it ends with this one."""

    def __init__(self) -> None:
        end, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        super().__init__(end)
        with other:
            argv = [sys.executable, "-m", "tests.zygote", str(other.fileno())]
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(other.fileno(),),
                cwd=Path(__file__).parents[1],
            )
        atexit.register(self._stop)

    def _stop(self) -> None:
        self._end.close()
        self._process.terminate()  # a command may hold the line, too
        self._process.wait()


@cache
def zygote() -> Zygote:
    """The one of this process."""
    return Zygote()


def serve(line: socket.socket) -> None:
    """Forks an engine or a command for each message, until nobody is there to send one."""
    pause_while_loading()
    importlib.import_module("core.server.daemon")
    while True:
        message, descriptors, _, _ = socket.recv_fds(line, MESSAGE_BYTES, 4)
        if not message:
            return
        wanted = json.loads(message)
        if "argv" in wanted:
            load_commands()
        child = os.fork()
        if child == 0:
            line.close()
            become(wanted, descriptors)
        os.waitpid(child, 0)
        for descriptor in descriptors:
            os.close(descriptor)


@cache
def load_commands() -> None:
    """Loads the command line with all verbs."""
    importlib.import_module("core.cli.verbs").all_verbs()
    importlib.import_module("tui.entry")


def become(wanted: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """An engine or a command, which belongs to nobody: nobody has to wait for it."""
    if os.fork():
        os._exit(0)
    try:
        os.environ.clear()
        os.environ.update(wanted["environment"])
        if "argv" in wanted:
            become_command(wanted, *descriptors)
        else:
            become_engine(wanted, *descriptors)
    except BaseException:
        traceback.print_exc()
    os._exit(0)


def become_engine(wanted: dict[str, Any], report: int, errors: int) -> None:
    """What `python -m core.server` does."""
    from core.server.daemon import run_engine  # not in the processes that import this one

    os.setsid()
    os.chdir("/")
    take_streams(errors, errors)
    with contextlib.suppress(BaseException):
        run_engine(Home(*map(Path, wanted["folders"])), report)


def become_command(wanted: dict[str, Any], report: int, out: int, err: int, line: int) -> None:
    """What `boatyard` does, in a child that is waited for; an engine that it starts is forked as well."""
    command = os.fork()
    if command:
        os.write(report, b"%d\n" % command)
        _, status = os.waitpid(command, 0)
        os.write(report, b"%d\n" % os.waitstatus_to_exitcode(status))
        return
    os.close(report)
    os.chdir(wanted["folder"])
    take_streams(out, err)
    launch = importlib.import_module("core.client.launch")
    vars(launch)["_spawn"] = Line(socket.socket(fileno=line)).start
    code = 1
    try:
        code = importlib.import_module("tui.entry").main(wanted["argv"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def take_streams(out: int, err: int) -> None:
    """Reads nothing, and writes there."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, place in enumerate((nothing, out, err)):
        os.dup2(place, number)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
