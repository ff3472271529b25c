"""A real terminal: a tmux server of the test's own with its default settings, keys in and screen out."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.acceptance.user import COMMAND, User

SECONDS = 60.0
LOOK = 0.05


@dataclass
class Terminal:
    """One tmux session of the given size with one program in it."""

    name: str
    columns: int
    rows: int
    _socket: str = field(init=False)

    def __post_init__(self) -> None:
        self._socket = f"boatyard-test-{os.getpid()}-{self.name}"

    def open(self, user: User, folder: Path, *argv: str) -> None:
        """Starts `boatyard` in a folder, as a user would type it."""
        self.run(user, folder, *COMMAND, *argv)

    def run(self, user: User, folder: Path, *argv: str) -> None:
        """Starts any program in a folder, with the user's environment."""
        environment = {**user.environment, "BOATYARD_DEMO_PACE": "0.05"}
        for name in ("TMUX", "NO_COLOR", "COLUMNS", "LINES", "CI"):
            environment.pop(name, None)
        self._tmux(
            "-f", "/dev/null", "new-session", "-d", "-s", "main",
            "-x", str(self.columns), "-y", str(self.rows), "-c", str(folder), shlex.join(argv),
            env=environment,
        )  # fmt: skip

    def keys(self, *keys: str) -> None:
        """Presses keys, by tmux's names for them; a bare semicolon would end tmux's command."""
        self._tmux("send-keys", "-t", "main", *("\\;" if key == ";" else key for key in keys))

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-t", "main", "-l", text)

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p", "-t", "main")

    def wait_for(self, *texts: str, gone: str = "") -> str:
        """The screen when it shows all the texts, and does not show what should be gone."""

        def shows(screen: str) -> bool:
            return all(text in screen for text in texts) and not (gone and gone in screen)

        return self.wait_until(shows, f"{texts} (gone: {gone!r})")

    def wait_changed(self, before: str) -> str:
        """The screen when it is another one: a key too soon after Escape would be one with alt."""
        return self.wait_until(lambda screen: screen != before, "another screen")

    def wait_until(self, holds: Callable[[str], bool], what: str) -> str:
        """The screen when something holds of it."""
        deadline = time.monotonic() + SECONDS
        while not holds(screen := self.screen()):
            assert time.monotonic() < deadline, f"waited for {what}:\n{screen}"
            time.sleep(LOOK)  # a terminal tells nobody that it has changed: it has to be looked at
        return screen

    def resize(self, columns: int, rows: int) -> None:
        """The user makes the window of the terminal larger or smaller."""
        self._tmux("resize-window", "-t", "main", "-x", str(columns), "-y", str(rows))

    def closed(self) -> bool:
        done = subprocess.run(
            ["tmux", "-L", self._socket, "has-session", "-t", "main"], capture_output=True, check=False
        )
        return done.returncode != 0

    def wait_closed(self) -> None:
        """Returns when the program has ended."""
        deadline = time.monotonic() + SECONDS
        while not self.closed():
            assert time.monotonic() < deadline, f"it still runs:\n{self.screen()}"
            time.sleep(LOOK)  # nor that the program in it has ended

    def kill(self) -> None:
        """The terminal goes away, with whatever runs in it; returns when that has ended."""
        tmux = ["tmux", "-L", self._socket]
        listed = subprocess.run(
            [*tmux, "list-panes", "-a", "-F", "#{pane_pid}"], capture_output=True, text=True, check=False
        )
        left: list[psutil.Process] = []
        for pid in map(int, listed.stdout.split()):
            with suppress(psutil.NoSuchProcess):
                left += [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        subprocess.run([*tmux, "kill-server"], capture_output=True, check=False)
        psutil.wait_procs(left, timeout=SECONDS)

    def _tmux(self, *argv: str, env: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *argv], env=env, capture_output=True, text=True, check=True
        )
        return done.stdout
