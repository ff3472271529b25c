"""Programs beside the interface in tmux: in a popup over it, or in a window of their own.

What tmux starts has the environment and the folder of tmux's server, which may have been started long ago and
elsewhere: the interface's own go along in a file that only the user can read.
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from core.errors import BoatyardError

POPUPS, POPUP_TITLES = (3, 2), (3, 3)
"""The versions of tmux that have them."""
KILLED = 129
"""The exit code of what ended with its window."""
_RUN = """
channel=$1 folder=$2; shift 2
trap 'code=$?; echo "$code" >"$folder/code"; [ -z "$channel" ] || tmux wait-for -S "$channel"' EXIT
trap 'exit 129' HUP TERM
. "$folder/environment"
"$@"
"""
_OF_THE_TERMINAL = frozenset({"TMUX", "TMUX_PANE", "TERM", "COLORTERM", "COLUMNS", "LINES", "SHLVL", "_"})
"""Variables that say where a program runs: tmux's own hold."""


def in_tmux() -> bool:
    """Whether the interface runs in a tmux that can be spoken to."""
    return bool(os.environ.get("TMUX")) and shutil.which("tmux") is not None


async def run_in_tmux(title: str, argv: Sequence[str], *, popup: bool) -> int:
    """Runs `argv` until it ends; its exit code.

    Args:
        title: What the popup or the window is called.
        argv: The program; found by the interface's own PATH.
        popup: Whether it is to be over the interface; where tmux has none, it gets a window.

    Raises:
        BoatyardError: When it cannot be started.
    """
    channel = f"boatyard-{os.getpid()}-{os.urandom(6).hex()}"
    with tempfile.TemporaryDirectory(prefix="boatyard-", ignore_cleanup_errors=True) as folder:
        _keep_environment(Path(folder, "environment"))
        script = ("sh", "-c", _RUN, "sh")
        if not (popup and await _in_popup(title, (*script, "", folder, *argv))):
            await _in_window(title, channel, (*script, channel, folder, *argv))
        try:
            return int(Path(folder, "code").read_text())
        except (OSError, ValueError):
            return KILLED


def _keep_environment(file: Path) -> None:
    """Writes the interface's variables for a shell to read."""
    own = {name: value for name, value in os.environ.items() if name not in _OF_THE_TERMINAL}
    lines = [
        f"export {name}={shlex.quote(value)}\n"
        for name, value in own.items()
        if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)
    ]
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as open_file:
        open_file.write(os.fsencode("".join(lines)))


async def _in_window(title: str, channel: str, argv: Sequence[str]) -> None:
    where = ("-n", title, "-c", os.getcwd())
    if await run_quietly("tmux", "new-window", *where, "--", *argv):
        raise BoatyardError(f"tmux opened no window for {title}", hint="Is this terminal still in tmux?")
    await run_quietly("tmux", "wait-for", channel)


async def _in_popup(title: str, argv: Sequence[str]) -> bool:
    """Whether there was a popup with the program, which has ended; tmux has them from 3.2 on.

    What tmux gives back is the program's own exit code: that there was no popup shows in what it says.
    """
    version = await _tmux_version()
    if version < POPUPS:
        return False
    named = ("-T", f" {title} ") if version >= POPUP_TITLES else ()
    process = await asyncio.create_subprocess_exec(
        "tmux", "display-popup", "-E", "-w", "95%", "-h", "90%", "-d", os.getcwd(), *named, "--", *argv,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    return not (process.returncode and said.strip())


async def _tmux_version() -> tuple[int, int]:
    """Major and minor; zeros where it does not say."""
    found = re.search(r"(\d+)\.(\d+)", await _tmux_output("-V"))
    return (int(found[1]), int(found[2])) if found else (0, 0)


async def tmux_says(format: str) -> str:  # noqa: A002
    """What tmux puts in place of a format (tmux(1), FORMATS) for the interface's client; empty: nothing."""
    return (await _tmux_output("display-message", "-p", format)).strip()


async def _tmux_output(*argv: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "tmux", *argv, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    said, _ = await process.communicate()
    return said.decode("utf-8", "replace")


async def run_quietly(*argv: str, stdin: bytes | None = None) -> int:
    """Runs a command that says nothing to the user; its exit code. It ends with whoever waits for it."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.PIPE if stdin is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await process.communicate(stdin)
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode or 0
