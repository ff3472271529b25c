"""Programs that need the terminal for themselves: an editor, a shell.

Inside tmux they get a popup over the interface, or a window, and the interface goes on meanwhile. Outside,
the interface gives the terminal away and waits without stopping its event loop. Waiting in `App.suspend`
while widgets repaint blocks for ever once the stopped writer's queue is full: `batch_update` keeps every
repaint back until then.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from core.errors import BoatyardError, NotFoundError

if TYPE_CHECKING:
    from textual.app import App

    from tui.looks.look import Look

_DONE = 'channel=$1; shift; "$@"; exec tmux wait-for -S "$channel"'


POPUPS, POPUP_TITLES = (3, 2), (3, 3)
"""The versions of tmux that have them."""


def in_tmux() -> bool:
    """Whether the interface runs in a tmux that can be spoken to."""
    return bool(os.environ.get("TMUX")) and shutil.which("tmux") is not None


async def _quietly(*argv: str, stdin: bytes | None = None) -> int:
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.PIPE if stdin is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await process.communicate(stdin)
    return process.returncode or 0


async def open_beside(app: App[Any], title: str, argv: Sequence[str]) -> None:
    """Runs `argv` over the interface until it ends, or in a new tmux window where the settings say so.

    Raises:
        BoatyardError: When it cannot be started.
    """
    if not in_tmux():
        await _on_this_terminal(app, argv)
    elif not (cast("Look", app).prefers_popups and await _in_popup(title, argv)):
        await _in_window(title, "sh", "-c", 'exec "$@"', "sh", *argv)


async def run_and_wait(app: App[Any], title: str, argv: Sequence[str]) -> None:
    """Runs `argv` as `open_beside` does, and returns when it has ended.

    Raises:
        BoatyardError: When it cannot be started.
    """
    if not in_tmux():
        await _on_this_terminal(app, argv)
    elif not (cast("Look", app).prefers_popups and await _in_popup(title, argv)):
        channel = f"boatyard-{os.getpid()}-{os.urandom(6).hex()}"
        await _in_window(title, "sh", "-c", _DONE, "sh", channel, *argv)
        await _quietly("tmux", "wait-for", channel)


async def _in_window(title: str, *argv: str) -> None:
    if await _quietly("tmux", "new-window", "-n", title, "--", *argv):
        raise BoatyardError(f"tmux opened no window for {title}", hint="Is this terminal still in tmux?")


async def _in_popup(title: str, argv: Sequence[str]) -> bool:
    """Whether there was a popup with the program, which has ended; tmux has them from 3.2 on.

    What tmux gives back is the program's own exit code: that there was no popup shows in what it says.
    """
    version = await _tmux_version()
    if version < POPUPS:
        return False
    named = ("-T", f" {title} ") if version >= POPUP_TITLES else ()
    process = await asyncio.create_subprocess_exec(
        "tmux", "display-popup", "-E", "-w", "95%", "-h", "90%", *named, "--", "sh", "-c", 'exec "$@"', "sh",
        *argv, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
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


async def _on_this_terminal(app: App[Any], argv: Sequence[str]) -> None:
    if shutil.which(argv[0]) is None:
        raise NotFoundError(f"there is no program {argv[0]!r}", hint="Install it, or set $EDITOR or $SHELL.")
    with app.batch_update(), app.suspend():
        process = await asyncio.create_subprocess_exec(*argv)
        await process.wait()


def editor_argv(path: Path, line: int = 1) -> list[str]:
    """The user's editor at a line of a file. The path is absolute, so it cannot be taken for an option."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise BoatyardError(f"$EDITOR cannot be read: {error}", hint="Correct its quotes.") from error
    return [*words, *([f"+{line}"] if line > 1 else []), str(path.absolute())]


async def edit_text(app: App[Any], text: str) -> str:
    """`text` as the user left it in their editor.

    Raises:
        BoatyardError: When the editor cannot be started.
    """
    descriptor, name = tempfile.mkstemp(prefix="boatyard-prompt-", suffix=".md")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        await run_and_wait(app, "prompt", editor_argv(path))
        return path.read_text(errors="replace").rstrip("\n")
    finally:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


MOST_COPIED = 75_000
"""Bytes after encoding that terminals take."""


async def copy(app: App[Any], text: str) -> str:
    """Puts `text` on the clipboard; returns by which way.

    Raises:
        BoatyardError: When it is more than terminals take.
    """
    if len(text.encode("utf-8", "replace")) * 4 // 3 > MOST_COPIED:
        raise BoatyardError("that is too much for a terminal's clipboard", hint="Copy a smaller part.")
    app.copy_to_clipboard(text)
    if (
        in_tmux()
        and await _quietly("tmux", "load-buffer", "-w", "-", stdin=text.encode(errors="replace")) == 0
    ):
        return "tmux and the terminal"
    return "the terminal"
