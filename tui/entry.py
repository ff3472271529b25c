"""The console script: the terminal interface without a command, the command line with one.

Nothing of the engine's client is imported here, and nothing of the command line unless it is asked for:
every import stands between the user and the first paint.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from core.garbage import pause_while_loading

SWITCH_SECONDS = 0.0005
"""How long a busy thread keeps others waiting (`sys.setswitchinterval`). With Python's own 5 ms one that
colours code would hold up each of the dozen steps from a key to its paint, and one that draws on the terminal
would wait for what the loop does after the paint."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs Boatyard; returns its exit code."""
    pause_while_loading()
    arguments = list(sys.argv[1:] if argv is None else argv)
    on_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    plain = "--plain" in arguments
    home = _home_only([word for word in arguments if word != "--plain"])
    if home is not None and (plain or (on_terminal and os.environ.get("TERM") == "dumb")):
        return run_in_plain_lines(home or None)
    if home is not None and on_terminal:
        return run_interface(home or None)
    from core.cli.main import main as command_line

    code = command_line(arguments)
    if code == 0 and on_terminal and opens_interface(arguments):
        return run_interface(_option(arguments, "--home"), newest=True)
    return code


def opens_interface(arguments: Sequence[str]) -> bool:
    """Whether a command is one that only prepares what the interface then shows."""
    words = [word for word in arguments if not word.startswith("-")]
    silent = {"--headless", "--json", "-h", "--help"}
    return "demo" in words[:2] and not silent & set(arguments)


def _option(arguments: Sequence[str], name: str) -> str | None:
    """The value of an option in either of its spellings."""
    for at, word in enumerate(arguments):
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
        if word == name:
            return arguments[at + 1] if at + 1 < len(arguments) else None
    return None


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


def run_in_plain_lines(home: str | None) -> int:
    """Asks and answers in plain lines until the user leaves."""
    from core.errors import BoatyardError
    from core.garbage import leave_alone_what_is_loaded
    from core.paths import find_home
    from tui.plain.yard import run_plain

    leave_alone_what_is_loaded()
    try:
        return run_plain(find_home(home))
    except BoatyardError as error:
        print(f"boatyard: {error.message}\n  {error.hint}".rstrip(), file=sys.stderr)
        return error.exit_code


def run_interface(home: str | None, *, newest: bool = False) -> int:
    """Shows the interface on this terminal until the user leaves it, at the newest workspace if asked."""
    from core.paths import find_home
    from tui.app import BoatyardApp
    from tui.engine.access import connector
    from tui.terminal.background import light_background

    sys.setswitchinterval(SWITCH_SECONDS)
    paths = find_home(home)
    app = BoatyardApp(connector(paths), home=paths, newest=newest, is_light=light_background)
    app.run()
    return app.return_code or 0


if __name__ == "__main__":
    raise SystemExit(main())
