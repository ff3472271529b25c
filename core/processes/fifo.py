"""Writing into a FIFO that a sandbox made or replaced, without waiting where nobody reads."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import stat
import struct
import termios


def open_for_writing(folder: int, name: str) -> int:
    """The descriptor of the FIFO `name` in the folder with the descriptor `folder`.

    Raises:
        OSError: ENXIO when nobody has it open for reading; EINVAL when it is no FIFO; ELOOP for a link.
    """
    flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    fifo = os.open(name, flags, dir_fd=folder)
    if not stat.S_ISFIFO(os.fstat(fifo).st_mode):
        os.close(fifo)
        raise OSError(errno.EINVAL, "not a FIFO")
    return fifo


def waiting(fifo: int) -> int:
    """Bytes in the FIFO that nobody has read yet (FIONREAD, ioctl_pipe(2))."""
    (count,) = struct.unpack("i", fcntl.ioctl(fifo, termios.FIONREAD, struct.pack("i", 0)))
    return int(count)


async def write_all(fifo: int, data: bytes, timeout_seconds: float) -> None:
    """Writes all of `data` as the reader makes room for it.

    Raises:
        TimeoutError: Nothing was read for so long.
        BrokenPipeError: No reader is left.
    """
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(fifo, rest) :]
        except BlockingIOError:
            async with asyncio.timeout(timeout_seconds):
                await _writable(fifo)


async def _writable(fifo: int) -> None:
    loop = asyncio.get_running_loop()
    room = asyncio.Event()
    loop.add_writer(fifo, room.set)
    try:
        await room.wait()
    finally:
        loop.remove_writer(fifo)
