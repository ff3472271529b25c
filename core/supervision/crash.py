"""Places where the engine can be made to die, so that tests find out what the next one makes of it."""

from __future__ import annotations

import os
import signal

CRASH_AT = "BOATYARD_CRASH_AT"


def crash_point(operation: str, step: str) -> None:
    """Dies here when the environment says so: `BOATYARD_CRASH_AT=<operation>:<step>`."""
    if os.environ.get(CRASH_AT) == f"{operation}:{step}":
        os.kill(os.getpid(), signal.SIGKILL)
