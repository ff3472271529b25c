"""The one door to the container engine: every call in a thread, with a time limit, errors told for people.

An engine can accept a connection and never answer, or stop in the middle: each read has a limit of its
own, and each call one for all of it, so that a caller never waits longer than it said.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from core.errors import BoatyardError, UnreachableError
from core.runners.docker.address import find_address

if TYPE_CHECKING:
    from docker import APIClient

Result = TypeVar("Result")

PROBE_SECONDS = 3.0
USUAL_SECONDS = 20.0
CREATE_SECONDS = 90.0
"""Creating is bound by the processor: fifty at once take some ten seconds on two cores."""
_THREADS = 8


class Refused(BoatyardError):
    """The engine answered with an error; callers look at `status` and tell it in their own words."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, hint="See `boatyard doctor`, and the container engine's log.")
        self.status = status


class Connection:
    """Calls to one engine. Made without touching it; the first call connects."""

    def __init__(self, address: str | None = None) -> None:
        self._given = address
        self._clients: dict[float, APIClient] = {}
        self._version: str | None = None
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="docker")
        self.close = weakref.finalize(self, _close, self._clients, self._threads)
        """Gives sockets and threads back; happens by itself when nobody has the connection any more."""

    @property
    def address(self) -> str:
        """Raises `UnreachableError` when it names another machine."""
        return self._given or find_address(os.environ)

    async def call(
        self,
        what: str,
        use: Callable[[APIClient], Result],
        *,
        seconds: float = USUAL_SECONDS,
        total: float | None = None,
    ) -> Result:
        """`use(client)` in a thread.

        Args:
            what: What is attempted, in words that complete "cannot …".
            use: Gets the low-level client.
            seconds: Limit of each read.
            total: Limit of the whole call, when it is not that of one read with a margin.

        Raises:
            UnreachableError: The engine does not answer, or not in time.
            Refused: The engine answered with an error.
        """
        address = self.address
        work = asyncio.get_running_loop().run_in_executor(
            self._threads, self._translated, address, what, use, seconds
        )
        try:
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes with the result.
            async with asyncio.timeout(total or seconds + min(seconds, 5.0)):
                return await work
        except TimeoutError as error:
            raise _silent(address, what, seconds) from error

    def _client(self, address: str, seconds: float) -> APIClient:
        import docker

        with self._lock:
            if seconds not in self._clients:
                # Negotiated, never pinned: old engines refuse new versions, new ones refuse old versions.
                # The SDK's stubs know whole seconds only; it passes fractions on to its HTTP library as well.
                client = docker.APIClient(address, version=self._version or "auto", timeout=seconds)  # type: ignore[arg-type]
                self._version = client.api_version
                self._clients[seconds] = client
            return self._clients[seconds]

    def _translated(
        self, address: str, what: str, use: Callable[[APIClient], Result], seconds: float
    ) -> Result:
        import requests
        import urllib3
        from docker.errors import APIError, DockerException

        try:
            _knock(address, seconds)
            return use(self._client(address, seconds))
        except APIError as error:
            status = error.response.status_code if error.response is not None else 500
            raise Refused(f"cannot {what}: {error.explanation or error}", status) from error
        except (requests.Timeout, urllib3.exceptions.ReadTimeoutError, TimeoutError) as error:
            raise _silent(address, what, seconds) from error
        except PermissionError as error:
            raise UnreachableError(
                f"cannot {what}: you may not use the container engine at {address}",
                hint="Join the group of the socket (`sudo usermod -aG docker $USER`), and log in again.",
            ) from error
        except (DockerException, requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _unreachable(address, what, seconds, error) from error
        except ValueError as error:  # Half an answer, or none that is JSON.
            raise UnreachableError(
                f"cannot {what}: the container engine at {address} gave a broken answer",
                hint="Restart the container engine.",
            ) from error


def _close(clients: dict[float, APIClient], threads: ThreadPoolExecutor) -> None:
    threads.shutdown(wait=False, cancel_futures=True)
    for client in clients.values():
        client.close()


def _knock(address: str, seconds: float) -> None:
    """Connects and hangs up: tells plainly why an engine cannot be reached, which the SDK only does in prose.

    Raises:
        OSError: What connect(2) says.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.settimeout(seconds)
        door.connect(address.removeprefix("unix://"))


def _silent(address: str, what: str, seconds: float) -> UnreachableError:
    return UnreachableError(
        f"cannot {what}: the container engine at {address} does not answer within {seconds:g} s",
        hint="Look at it with `docker ps`; restart it if that hangs too. The host runner needs no engine.",
    )


def _unreachable(address: str, what: str, seconds: float, error: Exception) -> UnreachableError:
    if "timed out" in str(error).lower():
        return _silent(address, what, seconds)
    return UnreachableError(
        f"cannot {what}: no container engine answers at {address}",
        hint="Start Docker (`sudo systemctl start docker`), or use the host runner.",
        details={"cause": str(error)[:500]},
    )
