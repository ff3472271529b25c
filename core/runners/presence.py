"""Who is in a workspace on the host: processes that carry its variables."""

from __future__ import annotations

import contextlib

from core.runners.runner import Environment


def somebody_inside(env: Environment) -> bool:
    """Whether any process of the user has the workspace's variables. Blocks."""
    import psutil

    wanted = {"BOATYARD_WORKSPACE": env.workspace, "BOATYARD_INSTANCE": env.instance}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if wanted.items() <= process.environ().items():
                return True
    return False
