"""Styles as terminals are told of them (SGR, ECMA-48 8.3.117): the shortest way from one to another."""

from __future__ import annotations

from functools import lru_cache

_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "8": "28", "9": "29"}
"""What ends an attribute; those that are not here are ended by a reset of all."""

_UNSEEN = {"1", "2", "3", "38"}
"""What makes no difference to a blank."""


@lru_cache(maxsize=4096)
def transition(before: str, after: str) -> str:
    """The sequence that leads from one style to another, each given as the parameters of SGR."""
    old, new = _parts(before), _parts(after)
    gone = [name for name in old if name not in new]
    if not new:
        return "\x1b[m" if old else ""
    if any(name not in _OFF and name not in ("38", "48") for name in gone):
        return f"\x1b[0;{after}m"
    ended = {"39" if name == "38" else "49" if name == "48" else _OFF[name] for name in gone}
    # 22 ends both bold and dim.
    again = [name for name in new if name in ("1", "2") and "22" in ended]
    begun = [value for name, value in new.items() if old.get(name) != value or name in again]
    return f"\x1b[{';'.join([*sorted(ended), *begun])}m" if ended or begun else ""


@lru_cache(maxsize=4096)
def behind(style: str) -> str:
    """What a blank shows of a style: what is behind it, unless it is underlined, struck or in reverse."""
    parts = _parts(style)
    return style if set(parts) - _UNSEEN - {"48"} else parts.get("48", "")


@lru_cache(maxsize=4096)
def _parts(style: str) -> dict[str, str]:
    """What a style says, by attribute: `38` the colour of the text, `48` that behind it."""
    numbers = style.split(";") if style else []
    parts: dict[str, str] = {}
    at = 0
    while at < len(numbers):
        number, length = numbers[at], 1
        name = number
        if number in ("38", "48"):
            length = 5 if numbers[at + 1 : at + 2] == ["2"] else 3
        elif number in ("39", "49") or (len(number) > 1 and number[:-1] in ("3", "9", "4", "10")):
            name = "38" if number[:-1] in ("3", "9") else "48"
        parts[name] = ";".join(numbers[at : at + length])
        at += length
    return parts
