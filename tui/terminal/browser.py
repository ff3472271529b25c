"""The user's browser: `$BROWSER` where it is set, else the desktop's own way to open a page.

`$BROWSER` counts over SSH, too: an editor's remote terminal sets it to a program that opens the page on the
machine in front of the user.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import subprocess
import sys

STARTED_SECONDS = 1.5
"""A browser that still runs after so long has come up: some stay until their window is closed."""


async def open_page(url: str) -> bool:
    """Opens a page in the first browser that can; whether one could."""
    for argv in _commands(url):
        if await _comes_up(argv):
            return True
    return False


def has_browser() -> bool:
    """Whether there is one to try."""
    return bool(_commands(""))


def _commands(url: str) -> list[list[str]]:
    """What may open a page, the best first; `$BROWSER` has commands between colons, `%s` is the page."""
    found = []
    for command in os.environ.get("BROWSER", "").split(os.pathsep):
        try:
            words = shlex.split(command)
        except ValueError:
            continue  # A quote that is not closed: as if it were not there.
        put = [word.replace("%s", url) for word in words]
        found += [put if put != words else [*words, url]] if words else []
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    return [*found, [opener, url]] if opener and _has_desktop() else found


def _has_desktop() -> bool:
    """Whether a window that is opened here would be seen by whoever sits at this terminal."""
    if any(os.environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY")):
        return False
    return sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


async def _comes_up(argv: list[str]) -> bool:
    """Whether a browser could be started, away from this terminal, and did not fail at once."""
    quiet = subprocess.DEVNULL
    try:
        browser = await asyncio.to_thread(
            subprocess.Popen, argv, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
        return await asyncio.to_thread(browser.wait, STARTED_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return True
    except OSError:
        return False
