"""The engine's process: lock, log, socket, signals, and an end when nobody needs it any more."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
from collections.abc import Iterator

import msgspec
from aiohttp import web

from core.engine import Engine
from core.errors import BoatyardError, UnreachableError
from core.garbage import leave_alone_what_is_loaded
from core.paths import Home
from core.server.application import make_runner
from core.server.audit import PrivateLog

log = logging.getLogger(__name__)

LOG_BYTES = 5 * 2**20
LOG_FILES = 3
SHUTDOWN_SECONDS = 2.0
"""How long open requests may take to end when the engine stops."""
SOCKET_LOOK_SECONDS = 1.0
"""How often the engine looks whether its socket is still there."""


class Busy(Exception):
    """Another engine holds the home's lock."""


def run_engine(home: Home, report: int) -> None:
    """Runs the engine until it is told to stop.

    Args:
        home: Whose engine this is.
        report: File descriptor to which `ready`, `busy` or an error document is written, then closed.
    """
    try:
        home.create()
        with _lock(home):
            _start_log(home)
            asyncio.run(_serve(home, report))
    except Busy:
        _report(report, b"busy")
    except BoatyardError as error:
        log.error("the engine does not start: %s", error)
        _report(report, msgspec.json.encode(error.document(), enc_hook=str))
    except Exception:  # the process boundary: the log is the only place left to tell
        log.exception("the engine ended unexpectedly")
        raise


def _start_log(home: Home) -> None:
    handler = PrivateLog(home.log, maxBytes=LOG_BYTES, backupCount=LOG_FILES)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)


@contextlib.contextmanager
def _lock(home: Home) -> Iterator[None]:
    with open(os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


async def _serve(home: Home, report: int) -> None:
    engine = await Engine.open(home)
    try:
        runner = make_runner(engine, shutdown_seconds=SHUTDOWN_SECONDS)
        await runner.setup()
        await _listen(runner, home)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, engine.lifetime.stop_requested.set)
        log.info("the engine serves %s on %s", home.data, home.socket)
        _report(report, b"ready")
        leave_alone_what_is_loaded()
        watching = asyncio.create_task(_keep_reachable(runner, home))
        await engine.lifetime.run_until_stopped()
        watching.cancel()
        home.socket.unlink(missing_ok=True)
        await runner.cleanup()
    finally:
        await engine.close()
        log.info("the engine has stopped")


async def _listen(runner: web.AppRunner, home: Home) -> None:
    """Binds the socket, readable by the user alone from its first moment."""
    home.socket.unlink(missing_ok=True)  # we hold the lock, so a socket that is there is a dead engine's
    before = os.umask(0o177)
    try:
        await web.UnixSite(runner, str(home.socket)).start()
    except OSError as error:
        raise UnreachableError(
            f"the socket {home.socket} cannot be made: {error}",
            hint="Check the folder's permissions, or set BOATYARD_HOME to another folder.",
        ) from error
    finally:
        os.umask(before)


async def _keep_reachable(runner: web.AppRunner, home: Home) -> None:
    """Binds the socket again when somebody has removed it: a tool that clears temporary folders, say."""
    own = _identity(home)
    while True:
        await asyncio.sleep(SOCKET_LOOK_SECONDS)
        if own is not None and _identity(home) == own:
            continue
        try:
            home.create()
            await _listen(runner, home)
        except BoatyardError as error:
            log.error("%s", error)
            continue
        own = _identity(home)
        log.warning("the socket %s was gone, and is there again", home.socket)


def _identity(home: Home) -> tuple[int, int] | None:
    """What tells this socket from another one at the same path."""
    try:
        status = home.socket.lstat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def _report(descriptor: int, message: bytes) -> None:
    with contextlib.suppress(OSError):  # whoever started us may be gone: that changes nothing here
        os.write(descriptor, message)
        os.close(descriptor)
