"""Code as it is, with nothing hidden in it: what a terminal would not show is written out."""

from __future__ import annotations

import unicodedata

from tui.text.spans import Line

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    """`text` with control, invisible and direction-changing characters written out; tabs stay."""
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char == "\t" or unicodedata.category(char) not in _HIDDEN:
        return char
    code = ord(char)
    if code < 32:
        return f"^{chr(code + 64)}"
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def all_visible(spans: Line) -> Line:
    """The same for spans."""
    if all(text.isprintable() for text, _ in spans):
        return spans
    return tuple((visible(text), token) for text, token in spans)
