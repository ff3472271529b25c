"""The barrier between text from outside and a terminal: what cannot be printed is shown, never sent."""

from __future__ import annotations

import unicodedata

_KEEP = frozenset("\t\n")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
MAX_COMBINING = 8
"""Marks that may pile up on one character; more are dropped."""


def _visible(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"<{code:02x}>" if code <= 0xFF else f"<U+{code:04X}>"


def safe_text(text: str, *, multiline: bool = False) -> str:
    """`text` with control, bidirectional, invisible and unassigned characters made visible.

    Args:
        text: Anything; lone surrogates (undecodable bytes) are allowed.
        multiline: Whether line feeds stay as they are. Tabs always do.
    """
    if text.isprintable() and text.isascii():
        return text
    out: list[str] = []
    marks = 0
    for char in text:
        if char in _KEEP and (multiline or char == "\t"):
            out.append(char)
            continue
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MAX_COMBINING:
            continue
        out.append(_visible(char) if category in _HIDDEN_CATEGORIES else char)
    return "".join(out)
