"""Places where the engine can be made to die, so that tests find out what the next one makes of it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

CRASH_AT = "BOATYARD_CRASH_AT"


def crash_point(operation: str, step: str) -> None:
    """Dies here when the environment says so: `BOATYARD_CRASH_AT=<operation>:<step>`.

    The absolute path of a file that says it will do as well: it can be written while the engine runs.
    """
    wanted = os.environ.get(CRASH_AT)
    if wanted and f"{operation}:{step}" == (_said(Path(wanted)) if wanted.startswith("/") else wanted):
        os.kill(os.getpid(), signal.SIGKILL)


def _said(path: Path) -> str:
    with suppress(OSError):  # not there: nothing is wanted at the moment
        return path.read_text()
    return ""
