"""Whether the terminal's background is light: asked of the terminal itself, else told by COLORFGBG.

The question (OSC 11) is followed by one that every terminal answers (DA1), so that a terminal which does
not know the first costs no time. It is asked before the interface has the terminal, and only where the
user has chosen no theme.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
import time
from dataclasses import dataclass

QUESTION = b"\x1b]11;?\x1b\\\x1b[c"
SECONDS = 0.3
"""How long the answers may take; over SSH, `SSH_SECONDS`: what came later would be taken for keys."""
SSH_SECONDS = 1.5
_COLOUR = re.compile(rb"\x1b\]11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})")
_ATTRIBUTES = re.compile(rb"\x1b\[\?[0-9;]*c")
_COLOURS = re.compile(rb"\x1b\]11;[^\x07\x1b]*(?:\x07|\x1b\\)")
_LONGEST = 4096


@dataclass
class Before:
    """What the terminal has sent, and what it has not, when the interface takes it over."""

    typed: bytes = b""
    """What came among the answers and is none: keys."""
    unanswered: bool = False
    """Whether an answer may still come."""

    def take(self) -> bytes:
        """The keys, for whoever reads them next."""
        typed, self.typed = self.typed, b""
        return typed


before = Before()


def light_background() -> bool | None:
    """What the terminal says, else what COLORFGBG says; None where neither says anything. Blocks."""
    told = None
    if os.environ.get("TERM", "dumb") not in ("dumb", "linux"):
        with contextlib.suppress(OSError):
            told = is_light(_ask(sys.stdin.fileno(), sys.stdout.fileno()))
    return light_by_variable() if told is None else told


def light_by_variable() -> bool | None:
    """What COLORFGBG says: `15;0` is white on black."""
    colour = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return colour in ("7", "15") if colour.isdecimal() else None


def is_light(answer: bytes) -> bool | None:
    """Whether the colour in a terminal's answer is light; None where there is none."""
    match = _COLOUR.search(answer)
    if match is None:
        return None
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in match.groups())
    return bool(0.299 * red + 0.587 * green + 0.114 * blue > 0.5)


def _ask(source: int, target: int) -> bytes:
    """Puts the question and reads until the second answer is there."""
    import termios
    import tty

    if not (os.isatty(source) and os.isatty(target)):
        return b""
    try:
        attributes = termios.tcgetattr(source)
        try:
            tty.setcbreak(source, termios.TCSANOW)
            os.write(target, QUESTION)
            said = _read(source, SSH_SECONDS if "SSH_CONNECTION" in os.environ else SECONDS)
            before.typed += _ATTRIBUTES.sub(b"", _COLOURS.sub(b"", said))
            before.unanswered = _ATTRIBUTES.search(said) is None
            return said
        finally:
            termios.tcsetattr(source, termios.TCSANOW, attributes)
    except termios.error:
        return b""


def _read(source: int, seconds: float) -> bytes:
    answer, end = b"", time.monotonic() + seconds
    while len(answer) < _LONGEST and not _ATTRIBUTES.search(answer):
        if not select.select([source], [], [], max(0.0, end - time.monotonic()))[0]:
            break
        chunk = os.read(source, 1024)
        if not chunk:
            break
        answer += chunk
    return answer
