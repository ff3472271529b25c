"""`python -m core.server REPORT CONFIG DATA STATE CACHE RUNTIME`: the engine as a background process.

Started by `core.client.launch`. It forks before anything is loaded, so that the starter gets its child
back at once and the engine belongs to nobody's terminal.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Leaves the starter's session and runs the engine."""
    if os.fork():
        os._exit(0)
    os.setsid()
    from core.garbage import pause_while_loading

    pause_while_loading()
    from core.paths import Home
    from core.server.daemon import run_engine

    run_engine(Home(*map(Path, sys.argv[2:7])), int(sys.argv[1]))


main()
