"""The console script: the terminal interface without a command, the command line with one.

Nothing of the engine's client is imported here, and nothing of the command line unless it is asked for:
every import stands between the user and the first paint.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Runs Boatyard; returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    home = _home_only(arguments)
    if home is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        from core.cli.main import main as command_line

        return command_line(arguments)
    return run_interface(home or None)


def _home_only(arguments: list[str]) -> str | None:
    """The value of `--home` (empty without one) when there is nothing else; None when there is."""
    match arguments:
        case []:
            return ""
        case ["--home", folder]:
            return folder
        case [one] if one.startswith("--home="):
            return one.partition("=")[2]
        case _:
            return None


def run_interface(home: str | None) -> int:
    """Shows the interface on this terminal until the user leaves it."""
    from core.paths import find_home
    from tui.app import BoatyardApp
    from tui.engine_access import connector

    paths = find_home(home)
    app = BoatyardApp(connector(paths), home=paths)
    app.run()
    return app.return_code or 0


if __name__ == "__main__":
    raise SystemExit(main())
