"""File names as text that JSON can carry, and back again without loss.

git's names are bytes. Those that are UTF-8 are shown as they are; every byte that is not becomes one
character of the private range U+10FE80 to U+10FEFF, because lone surrogates (what `os.fsdecode` makes)
cannot be sent as JSON. A name that truly holds characters of that range has their bytes escaped, too, so
that the way back is always exact.
"""

from __future__ import annotations

import re

_BASE = 0x10FE00
_ESCAPED = re.compile("[\U0010fe80-\U0010feff]")


def _escape(data: bytes) -> str:
    return "".join(chr(_BASE + byte) for byte in data)


def name_to_text(name: bytes) -> str:
    """The name as text; `text_to_name` gives exactly the same bytes again."""
    if name.isascii():
        return name.decode("ascii")
    text = name.decode("utf-8", "surrogateescape")
    text = _ESCAPED.sub(lambda found: _escape(found[0].encode()), text)
    if text.isprintable():
        return text
    return "".join(
        chr(_BASE + ord(char) - 0xDC00) if 0xDC80 <= ord(char) <= 0xDCFF else char for char in text
    )


def text_to_name(text: str) -> bytes:
    """The bytes that `name_to_text` made the text from.

    Raises:
        ValueError: The text holds lone surrogates or a NUL, so it never came from a file name.
    """
    if "\0" in text:
        raise ValueError("a file name has no NUL")
    if text.isascii():
        return text.encode("ascii")
    return b"".join(
        bytes([ord(char) - _BASE]) if _BASE + 0x80 <= ord(char) <= _BASE + 0xFF else char.encode("utf-8")
        for char in text
    )
