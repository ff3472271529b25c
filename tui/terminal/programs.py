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
import shlex
import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from core.errors import BoatyardError, NotFoundError
from tui.terminal.tmux import in_tmux, run_in_tmux, run_quietly

if TYPE_CHECKING:
    from textual.app import App

    from tui.looks.look import Look


async def run_beside(app: App[Any], title: str, argv: Sequence[str]) -> int:
    """Runs `argv` over the interface until it ends, or in a tmux window where the settings say so.

    Returns:
        Its exit code.

    Raises:
        BoatyardError: When it cannot be started.
    """
    program = shutil.which(argv[0])
    if program is None:
        hint = "Install it, or set $VISUAL, $EDITOR or $SHELL."
        raise NotFoundError(f"there is no program {argv[0]!r}", hint=hint)
    found = (os.path.abspath(program), *argv[1:])
    if in_tmux():
        return await run_in_tmux(title, found, popup=cast("Look", app).prefers_popups)
    with app.batch_update(), app.suspend(), _keys_are_the_programs():
        process = await asyncio.create_subprocess_exec(*found)
        return await process.wait()


@contextlib.contextmanager
def _keys_are_the_programs() -> Iterator[None]:
    """While another program has the terminal, keys that interrupt mean that program.

    They are not ignored: that is what the program would begin with, too.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGQUIT)}
    for number in before:
        signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def edit_file(app: App[Any], title: str, path: Path, line: int = 1) -> None:
    """Opens a file in the user's editor, at a line, until they leave it.

    Raises:
        BoatyardError: When the editor cannot be started, or says that it failed.
    """
    argv = editor_argv(path, line)
    if code := await run_beside(app, title, argv):
        how = f"exit code {code}" if code > 0 else f"signal {-code}"
        raise BoatyardError(
            f"the editor {argv[0]} ended with {how}",
            hint="What it had saved is there. $VISUAL, or else $EDITOR, says which editor is taken.",
        )


def editor_argv(path: Path, line: int = 1) -> list[str]:
    """The user's editor at a line of a file. The path is absolute, so it cannot be taken for an option."""
    command = os.environ.get("VISUAL", "").strip() or os.environ.get("EDITOR", "").strip() or "vi"
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise BoatyardError(f"$EDITOR cannot be read: {error}", hint="Correct its quotes.") from error
    return [*words, *([f"+{line}"] if line > 1 else []), str(path.absolute())]


async def edit_text(app: App[Any], text: str) -> str:
    """`text` as the user left it in their editor.

    Raises:
        BoatyardError: When the editor cannot be started, or says that it failed.
    """
    descriptor, name = tempfile.mkstemp(prefix="boatyard-prompt-", suffix=".md")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        await edit_file(app, "prompt", path)
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
        and await run_quietly("tmux", "load-buffer", "-w", "-", stdin=text.encode(errors="replace")) == 0
    ):
        return "tmux and the terminal"
    return "the terminal"
