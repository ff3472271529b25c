"""A process's run directory: everything that is known of a process, in files that outlive the engine.

`in`, `into`, `control` and `alive` are FIFOs, `out`, `err` and `given` grow, `pid` and `exit` are
preallocated and overwritten in place, `stdin` is all of standard input where that is known, `command.json`
says what was started. A sandbox can write all of them, and can replace them: each access starts from the
folder of run directories (which no sandbox can replace), follows no link, checks the kind of file, and
reads a limited number of bytes.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.errors import ConflictError, NotFoundError, StorageError
from core.processes.command import Command
from core.processes.fifo import open_for_writing, waiting, write_all

Stream = Literal["out", "err"]

STREAM_LIMIT = 4 * 1024**3
"""Bytes of one stream that are ever read: a sandbox can make a file look as large as it likes."""

CHUNK = 256 * 1024
"""Bytes that one `read` gives at most."""

UNFINISHED = "exec-unfinished-"
"""The beginning of the name of a run directory that is being made, or was when its engine was killed."""

_BLANK_EXIT = b"       \n"
_BLANK_PID = b" " * 31 + b"\n"
_EXIT = re.compile(rb"(\d{1,3}) *(oom|   )\n")
_PID = re.compile(rb"(\d{1,10}) +(\d{1,10}) *\n")
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class ExitReport:
    """How the command ended, as the wrapper wrote it down."""

    code: int
    """The exit code; 128 + n when signal n ended the command, 127 not found, 126 not to be started."""
    out_of_memory: bool = False
    """Something was killed meanwhile because the memory limit was reached."""


@dataclass(frozen=True)
class ProcessIds:
    """Process ids as the command's own system counts them: inside a container these are not the host's."""

    wrapper: int
    command: int


class RunDirectory:
    """One run directory, by its absolute path; the last part of the path is the run's id."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = asyncio.Lock()

    @property
    def id(self) -> str:
        return self.path.name

    def create(self, command: Command) -> None:
        """Makes the folder with its files, all of it or nothing, readable by the user alone.

        Raises:
            UsageError: The command cannot be run at all.
            ConflictError: The run directory exists.
            StorageError: The disk refused.
        """
        command.check()
        if self.path.exists():
            raise ConflictError(f"the run directory {self.path} exists already")
        unfinished = RunDirectory(self.path.with_name(f"{UNFINISHED}{self.id}"))
        try:
            shutil.rmtree(unfinished.path, ignore_errors=True)
            unfinished.path.mkdir(mode=0o700)
            with unfinished.opened() as folder:
                self._fill(folder, command)
            unfinished.path.rename(self.path)
        except OSError as error:
            raise StorageError(
                f"the run directory {self.path} cannot be made: {error.strerror}",
                hint="Free some disk space." if error.errno == errno.ENOSPC else "",
            ) from error

    def _fill(self, folder: int, command: Command) -> None:
        os.fchmod(folder, 0o700)
        piped = ("in", "into", "control") if command.stdin is None else ()
        for name in ("alive", *piped):
            os.mkfifo(name, mode=0o600, dir_fd=folder)
        document = {"argv": command.argv, "cwd": command.cwd, "stdin": command.stdin is not None}
        files = {
            "out": b"",
            "err": b"",
            "exit": _BLANK_EXIT,
            "pid": _BLANK_PID,
            "command.json": json.dumps(document).encode(),
        }
        files |= {"given": b""} if command.stdin is None else {"stdin": command.stdin}
        for name, content in files.items():
            with open(os.open(name, _CREATE, 0o600, dir_fd=folder), "wb") as file:
                file.write(content)

    @contextmanager
    def opened(self) -> Iterator[int]:
        """The run directory's descriptor, reached without following a link at its own name.

        Raises:
            OSError: It is gone, or has been replaced.
        """
        parent = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            folder = os.open(self.id, _READ | os.O_DIRECTORY, dir_fd=parent)
        finally:
            os.close(parent)
        try:
            yield folder
        finally:
            os.close(folder)

    def _read(self, name: str, offset: int, limit: int) -> bytes:
        try:
            with self.opened() as folder:
                return read_regular(folder, name, offset, limit)
        except FileNotFoundError as error:
            raise NotFoundError(f"{name} of the run {self.id} is gone") from error
        except OSError as error:
            raise StorageError(f"{name} of the run {self.id} cannot be read: {error.strerror}") from error

    def input_given(self) -> int | None:
        """Bytes of standard input that the command was given, with those that wait for it to read them.

        None where that is not known: all of it was given at the start, the image has no `tee`, or the
        process has ended.
        """
        try:
            with self.opened() as folder:
                taken = os.stat("given", dir_fd=folder, follow_symlinks=False)
                fifo = open_for_writing(folder, "in")
                try:
                    return taken.st_size + waiting(fifo) if stat.S_ISREG(taken.st_mode) else None
                finally:
                    os.close(fifo)
        except OSError:
            return None

    def size(self, stream: Stream) -> int:
        """Bytes written to a stream so far, at most `STREAM_LIMIT`; 0 when the stream is gone.

        Raises:
            StorageError: The stream is no regular file any more.
        """
        try:
            with self.opened() as folder:
                status = os.stat(stream, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise StorageError(f"{stream} of the run {self.id} cannot be read: {error.strerror}") from error
        if not stat.S_ISREG(status.st_mode):
            raise StorageError(f"{stream} of the run {self.id} has been replaced by something else")
        return min(status.st_size, STREAM_LIMIT)

    def read(self, stream: Stream, offset: int, limit: int = CHUNK) -> bytes:
        """Up to `limit` (at most `CHUNK`) bytes of a stream from `offset` on; empty at its end.

        Raises:
            NotFoundError: The stream is gone.
            StorageError: It is a link, a FIFO or anything else that is no regular file.
        """
        limit = min(limit, CHUNK, STREAM_LIMIT - offset)
        return self._read(stream, offset, limit) if limit > 0 else b""

    def exit_report(self) -> ExitReport | None:
        """How the command ended; None while it has not, or when the wrapper's report is damaged."""
        try:
            text = self._read("exit", 0, len(_BLANK_EXIT) + 1)
        except (NotFoundError, StorageError):
            return None
        return parse_exit(text)

    def exit_code(self) -> int | None:
        """The command's exit code; None while there is none."""
        report = self.exit_report()
        return None if report is None else report.code

    def pids(self) -> ProcessIds | None:
        """The ids of wrapper and command; None while they are not known. A sandbox may claim any."""
        try:
            return parse_pids(self._read("pid", 0, len(_BLANK_PID) + 1))
        except (NotFoundError, StorageError):
            return None

    def pid(self) -> int | None:
        """The wrapper's process id, as `pids` gives it."""
        ids = self.pids()
        return None if ids is None else ids.wrapper

    def started(self) -> bool:
        """Whether the wrapper has begun: the command runs or has ended."""
        return self.pids() is not None or self.exit_report() is not None

    def alive(self) -> bool:
        """Whether the wrapper lives: it alone has `alive` open, in whatever container it runs."""
        try:
            os.close(self._open_fifo("alive"))
        except (ConflictError, NotFoundError):
            return False
        return True

    def _open_fifo(self, name: str) -> int:
        """A FIFO's descriptor for writing.

        Raises:
            NotFoundError: It is gone, or replaced by something else.
            ConflictError: Nobody has it open for reading.
        """
        try:
            with self.opened() as folder:
                return open_for_writing(folder, name)
        except OSError as error:
            if error.errno == errno.ENXIO:
                raise ConflictError(f"nobody reads the {name} of the run {self.id}") from error
            raise NotFoundError(f"the {name} of the run {self.id} is gone: {error.strerror}") from error

    async def write_input(self, data: bytes, *, timeout_seconds: float = 60.0) -> None:
        """Writes all of `data` to the command's standard input, in one piece among other writers.

        Raises:
            ConflictError: Standard input is closed, the command has ended, or it reads nothing for
                `timeout_seconds`; part of `data` may have been taken.
        """
        async with self._writing:
            try:
                fifo = self._open_fifo("in")
            except (ConflictError, NotFoundError) as error:
                raise ConflictError(
                    f"the standard input of the run {self.id} is closed",
                    hint="The process has ended, or was asked to end.",
                ) from error
            try:
                await write_all(fifo, data, timeout_seconds)
            except BrokenPipeError as error:
                raise ConflictError(f"the run {self.id} ended while its input was written") from error
            except TimeoutError as error:
                raise ConflictError(
                    f"the run {self.id} has not read its standard input for {timeout_seconds:g} s",
                    hint="The process hangs or does not read its input: stop it.",
                ) from error
            finally:
                os.close(fifo)

    def close_input(self) -> None:
        """Gives the command end-of-file once it has read what was written; again, or late: no effect."""
        try:
            fifo = self._open_fifo("control")
        except (ConflictError, NotFoundError):
            return
        try:
            os.write(fifo, b"\n")
        except (BrokenPipeError, BlockingIOError):
            return  # The holder has just left, or was told many times already.
        finally:
            os.close(fifo)


def read_regular(folder: int, name: str, offset: int, limit: int) -> bytes:
    """Up to `limit` bytes of the regular file `name` in the folder with the descriptor `folder`.

    Raises:
        OSError: The file is missing, or is not a regular one (ELOOP for a link, else EINVAL).
    """
    file = os.open(name, _READ, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return os.pread(file, limit, offset)
    finally:
        os.close(file)


def parse_exit(text: bytes) -> ExitReport | None:
    """What the wrapper wrote into `exit`; None for anything else, the blank of a running command included."""
    match = _EXIT.fullmatch(text)
    if match is None or len(text) != len(_BLANK_EXIT) or int(match[1]) > 255:
        return None
    return ExitReport(int(match[1]), match[2] == b"oom")


def parse_pids(text: bytes) -> ProcessIds | None:
    """What the wrapper wrote into `pid`; None for anything else."""
    match = _PID.fullmatch(text)
    if match is None or len(text) != len(_BLANK_PID):
        return None
    return ProcessIds(int(match[1]), int(match[2]))
