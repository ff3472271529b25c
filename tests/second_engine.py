"""A container engine of a test's own, which may be killed, stopped and started: nobody else uses it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from core.runners.docker.address import find_address
from tests.waiting import until


class SecondEngine:
    """A container engine of the test's own, in a network namespace of its own.

    There it has no bridge; in the machine's own namespace it would take that of the first engine away.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._options = options
        self._daemon: asyncio.subprocess.Process | None = None
        self.address = f"unix://{folder}/d.sock"

    async def start(self) -> None:
        for left in (self._folder / "pid", self._folder / "exec/containerd/containerd.pid"):
            left.unlink(missing_ok=True)  # of a killed one
        with open(self._folder / "log", "ab") as log:
            self._daemon = await asyncio.create_subprocess_exec(
                "unshare", "--net", "dockerd", "-H", self.address, "-p", str(self._folder / "pid"),
                "--data-root", str(self._folder / "data"), "--exec-root", str(self._folder / "exec"),
                "--bridge", "none", "--iptables=false", "--ip-forward=false", *self._options,
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        await until(self._answers, seconds=60.0)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(10.0)
            try:
                door.connect(self.address.removeprefix("unix://"))
                door.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
                return b" 200 " in door.recv(64)
            except OSError:
                return False

    def load(self, image: str) -> None:
        """Gives it an image of the first engine."""
        first = find_address(os.environ)
        with subprocess.Popen(["docker", "-H", first, "save", image], stdout=subprocess.PIPE) as save:
            subprocess.run(
                ["docker", "-H", self.address, "load"], stdin=save.stdout, check=True, capture_output=True
            )

    async def kill(self) -> None:
        """It dies without a word, with what it has started for itself; shims and containers are left."""
        assert self._daemon is not None
        self._daemon.kill()
        await self._daemon.wait()
        containerd = self._folder / "exec/containerd/containerd.pid"
        if containerd.exists():
            os.kill(int(containerd.read_text()), signal.SIGKILL)

    async def killed_while_it_starts(self) -> None:
        """Kills it once a container is under way: its shim is there, what runs in it is not yet."""
        tasks = self._folder / "exec/containerd/daemon/io.containerd.runtime.v2.task/moby"
        before = {each.name for each in tasks.glob("*")}
        await until(lambda: any(each.name not in before for each in tasks.glob("*")), seconds=60.0)
        await self.kill()

    def hang(self) -> None:
        """It takes connections and says nothing, until `go_on`."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGCONT)

    async def end(self) -> None:
        """Ends it and all of its containers."""
        if self._daemon is not None and self._daemon.returncode is None:
            await asyncio.to_thread(self._remove_containers)
            self._daemon.terminate()
            await self._daemon.wait()
        self._kill_shims()
        await asyncio.to_thread(self._unmount)

    def _kill_shims(self) -> None:
        """A shim whose container never came to run is known to no engine any more; nor is what it holds."""
        ours = f"-address\0{self._folder}/"
        shims = {pid for pid, words in _commands() if "containerd-shim" in words and ours in words}
        for pid in {pid for pid, _ in _commands() if _parent(pid) in shims} | shims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _unmount(self) -> None:
        """A killed one leaves its data folder mounted over itself."""
        for line in Path("/proc/self/mountinfo").read_text().splitlines()[::-1]:
            point = line.split()[4]
            if point.startswith(f"{self._folder}/"):
                subprocess.run(["umount", "-l", point], check=True)

    def _remove_containers(self) -> None:
        docker = ["docker", "-H", self.address]
        listed = subprocess.run([*docker, "ps", "-aq"], capture_output=True, text=True, check=True)
        for container in listed.stdout.split():
            subprocess.run([*docker, "rm", "-f", container], capture_output=True, check=True)


def _commands() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield int(folder.name), (folder / "cmdline").read_text(errors="replace")


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
