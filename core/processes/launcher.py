"""Starts the wrapper so that it belongs to nobody: run as `python -I -S launcher.py sh -c SCRIPT …`.

Nothing but the standard library, and little of it: this runs once per process. The wrapper gets a session
of its own and no descriptor of the engine, becomes a child of init (so that no engine, now or later, has
to wait for it), and on Linux a subreaper: what its descendants leave behind stays below it and can be
found.
"""

from __future__ import annotations

import os
import sys

_PR_SET_CHILD_SUBREAPER = 36
"""From linux/prctl.h; the setting survives execve, prctl(2)."""


def _become_subreaper() -> None:
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _detach() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.closerange(3, 4096)


def main(argv: list[str]) -> None:
    """Becomes `argv` in a grandchild; the process that was called ends with 0 at once."""
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    _become_subreaper()
    _detach()
    os.chdir("/")
    try:
        os.execvp(argv[0], argv)
    finally:
        os._exit(127)


if __name__ == "__main__":
    main(sys.argv[1:])
