"""What is wrong with a TOML text, always with a line."""

from __future__ import annotations

_AT_THE_END = "(at end of document)"


def complaint(error: ValueError, text: str) -> str:
    """What tomllib complains of; a text that ends too early is told with its last line that has something."""
    line = max(1, len(text.rstrip().splitlines()))
    return str(error).replace(_AT_THE_END, f"(at line {line}, where the file ends)")
