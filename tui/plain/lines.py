"""Lines in and out, and nothing else: no control sequence is ever written."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Sequence

from core.values.text import safe_text

PAGE = 40
"""Lines that are written before it is asked whether to go on."""


class Left(Exception):
    """There is nothing more to read: the user has gone."""


class Lines:
    """Writes lines, and reads one when it asks for something."""

    def __init__(self, read: Callable[[], str] | None = None, write: Callable[[str], object] | None = None):
        """
        Args:
            read: Gives a line with its end; an empty text at the end of all input.
            write: Takes text as it is.
        """
        self._read = read or sys.stdin.readline
        self._write = write or sys.stdout.write
        self._typed: asyncio.Queue[str] = asyncio.Queue()
        self._reading = False

    def say(self, *lines: str) -> None:
        """Writes lines; outside text in them cannot do anything to the terminal."""
        for line in lines:
            self._write(safe_text(line, multiline=True) + "\n")
        sys.stdout.flush()

    async def ask(self, question: str) -> str:
        """Writes a question on a line of its own, and gives what is typed.

        Raises:
            Left: There is nothing more to read.
        """
        self.say(question)
        self._begin()
        typed = await self._typed.get()
        if not typed:
            self._typed.put_nowait("")
            raise Left
        return typed.strip()

    def _begin(self) -> None:
        """Reads on a thread of its own that holds nobody up who wants to leave."""
        if not self._reading:
            self._reading = True
            loop = asyncio.get_running_loop()
            threading.Thread(target=self._follow, args=(loop,), daemon=True).start()

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        line = "\n"
        while line:
            line = self._read()
            try:
                loop.call_soon_threadsafe(self._typed.put_nowait, line)
            except RuntimeError:
                return  # The loop is closed: nobody waits for it.

    async def choose(self, question: str, options: Sequence[str]) -> int:
        """Writes numbered options and asks for one; -1 for none of them."""
        self.say(*(f"{number}. {option}" for number, option in enumerate(options, 1)))
        while True:
            typed = await self.ask(f"{question} Type a number, or 0 to go back.")
            if typed in ("", "0", "q"):
                return -1
            if typed.isascii() and typed.isdigit() and int(typed) <= len(options):
                return int(typed) - 1
            self.say(f"{typed[:40]} is none of them.")

    async def pages(self, text: str) -> None:
        """Writes a text, and asks after every page whether to go on."""
        lines = text.splitlines() or ["Nothing."]
        for at in range(0, len(lines), PAGE):
            self.say(*lines[at : at + PAGE])
            left = len(lines) - at - PAGE
            if left > 0 and await self.ask(f"{left} more lines. Enter goes on, q stops.") in ("q", "0"):
                return
