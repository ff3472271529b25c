"""Questions to the terminal while the interface has it: their answers come among the keys.

Every terminal answers the question for its attributes (DA1), so that one is asked behind each other question:
its answer says that there are no more to come. What arrives late is taken out of the keys all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

ATTRIBUTES = "\x1b[c"
SECONDS = 10.0
"""How long an answer is waited for; every terminal gives one, and nothing but the asker waits."""
_ANSWER = re.compile(r"\x1b\[(?:\?[\d;]*[cS]|6;\d+;\d+t)|\x1b\]11;[^\x07\x1b]*(?:\x07|\x1b\\)")
"""Attributes; colours of graphics (XTSMGRAPHICS); pixels of a cell; the background."""
_LAST = re.compile(r"\x1b\[\?[\d;]*c")
_BEGUN = re.compile(r"\x1b(?:\[(?:\?[\d;]*|6(?:;\d*){0,2})?|\](?:1(?:1(?:;[^\x07\x1b]*\x1b?)?)?)?)?\Z")
"""The begin of what may become an answer; or Escape, if nothing follows."""


@dataclass
class Answers:
    """Asks, one question at a time, and takes the answers out of what the terminal sends."""

    asked: bool = False
    """Whether answers may come; one that is late may, too."""
    _waiting: asyncio.Future[str] | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _taken: str = ""
    _begun: str = ""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(self, question: str, write: Callable[[str], None]) -> str:
        """The answers to a question and to that for the attributes behind it, as far as they come in time."""
        async with self._turn:
            self._loop = asyncio.get_running_loop()
            self._waiting, self._taken, self.asked = self._loop.create_future(), "", True
            write(question + ATTRIBUTES)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._waiting, SECONDS)
            return self._taken

    def sieve(self, received: str) -> str:
        """What of it are keys; the begin of an answer is kept for the next time.

        For the thread that reads. Escape alone waits for what may follow only while an answer is waited for.
        """
        if not self.asked:
            return received
        received = self.kept() + received
        for answer in _ANSWER.findall(received):
            self._taken += answer
            if _LAST.fullmatch(answer) and self._loop is not None:
                with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
                    self._loop.call_soon_threadsafe(self._there_it_is)
        keys = _ANSWER.sub("", received)
        begun = _BEGUN.search(keys)
        waits = self._waiting is not None and not self._waiting.done()
        if begun is None or (len(begun[0]) < 3 and not waits):
            return keys
        self._begun = begun[0]
        return keys[: begun.start()]

    def kept(self) -> str:
        """The begin that is kept, to be taken for keys where nothing follows it."""
        kept, self._begun = self._begun, ""
        return kept

    def _there_it_is(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(self._taken)
