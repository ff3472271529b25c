"""Text of an agent on its way into a conversation: made valid, and bounded.

Agents that run on JavaScript cut their output between the two halves of a surrogate pair, and JSON can
carry each half on its own. Such a half must not get any further: neither UTF-8 nor a database takes it.
"""

from __future__ import annotations

import re

_SURROGATES = re.compile("[\ud800-\udfff]")
_HIGH_SURROGATE = re.compile("[\ud800-\udbff]$")


def clean(text: str) -> str:
    """The text with surrogate pairs joined; single halves and NUL become the replacement character."""
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", "\ufffd")


def head(text: str, limit: int) -> str:
    """At most `limit` characters from the start, with a remark when that is not all."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n… ({len(text) - limit} more characters are in the log)"


def tail(text: str, limit: int) -> str:
    """At most `limit` characters from the end, with a remark when that is not all."""
    if len(text) <= limit:
        return text
    return f"… ({len(text) - limit} characters before this are in the log)\n{text[-limit:]}"


def one_line(text: str, limit: int = 300) -> str:
    """The text as a single line of at most `limit` characters, for titles and reasons."""
    line = " ".join(clean(text[: 4 * limit]).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


class GrowingText:
    """A text that comes in pieces and is kept up to a limit; the rest is only in the process's log."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._half = ""
        self.full = False
        self.text = ""

    def append(self, piece: str) -> bool:
        """Adds a piece; returns whether the text has changed."""
        if self.full:
            return False
        piece = self._half + piece
        self._half = ""
        if _HIGH_SURROGATE.search(piece):
            piece, self._half = piece[:-1], piece[-1]
        if not self.text:
            piece = piece.lstrip("\r\n")
        if not piece:
            return False
        self.text += clean(piece)
        if len(self.text) > self._limit:
            self.full = True
            self.text = f"{self.text[: self._limit]}\n\n… (cut here: the log has all of it)"
        return True

    @property
    def blank(self) -> bool:
        return not self.text or self.text.isspace()
