"""The pen of a terminal: colours and attributes as programs choose them by `CSI … m`."""

from __future__ import annotations

from typing import NamedTuple

from rich.style import Style

LONGEST_SEQUENCE = 256
"""Characters of a colour sequence's parameters that are read; longer ones say nothing."""
_NAMES = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}
_ENDS = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}


class Pen(NamedTuple):
    """How text is written from here on."""

    foreground: str = ""
    """A colour's name as Rich knows it; empty: the screen's own."""
    background: str = ""
    attributes: tuple[str, ...] = ()

    @property
    def token(self) -> str:
        """The style token of text in this pen; see `style_of`."""
        if self == PEN:
            return "text"
        return f"@{self.foreground},{self.background},{'+'.join(self.attributes)}"


PEN = Pen()


def style_of(token: str) -> Style:
    """The style of a token that a pen gave."""
    foreground, background, attributes = token[1:].split(",")
    return Style(
        color=foreground or None,
        bgcolor=background or None,
        **{name: True for name in attributes.split("+") if name},  # type: ignore[arg-type]
    )


def sequence_of(pen: Pen) -> str:
    """A sequence that takes up this pen."""
    numbers = ["0", *(str(number) for number, name in _NAMES.items() if name in pen.attributes)]
    for colour, kind in ((pen.foreground, "38"), (pen.background, "48")):
        if colour.startswith("#"):
            red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
            numbers.append(f"{kind};2;{red};{green};{blue}")
        elif colour:
            numbers.append(f"{kind};5;{colour[6:-1]}")
    return f"\x1b[{';'.join(numbers)}m"


def painted(pen: Pen, body: str) -> Pen:
    """The pen after a colour sequence with these parameters; what is not understood changes nothing."""
    if len(body) > LONGEST_SEQUENCE or body.strip("0123456789;:"):
        return pen
    groups = [group.split(":") for group in body.split(";")]
    at = 0
    while at < len(groups):
        code = _number(groups[at][0])
        if code in (38, 48):
            colour, at = _colour(groups, at)
            if colour:
                pen = pen._replace(foreground=colour) if code == 38 else pen._replace(background=colour)
        else:
            pen = _simple(pen, code, groups[at][1:])
            at += 1
    return pen


def _number(text: str) -> int:
    return int(text) if text and len(text) < 6 else 0 if not text else -1


def _simple(pen: Pen, code: int, more: list[str]) -> Pen:
    if code == 0:
        return PEN
    if code in _NAMES:
        if code == 4 and more[:1] == ["0"]:
            return _without(pen, ("underline",))
        return _without(pen, (_NAMES[code],), _NAMES[code])
    if code in _ENDS:
        return _without(pen, _ENDS[code])
    if 30 <= code <= 37 or 90 <= code <= 97:
        return pen._replace(foreground=_indexed(code - 30 if code < 90 else code - 82))
    if 40 <= code <= 47 or 100 <= code <= 107:
        return pen._replace(background=_indexed(code - 40 if code < 100 else code - 92))
    if code == 39:
        return pen._replace(foreground="")
    return pen._replace(background="") if code == 49 else pen


def _without(pen: Pen, names: tuple[str, ...], *more: str) -> Pen:
    return pen._replace(attributes=tuple(sorted({*pen.attributes}.difference(names) | {*more})))


def _indexed(number: int) -> str:
    return f"color({number})"


def _colour(groups: list[list[str]], at: int) -> tuple[str, int]:
    """The colour that begins at a 38 or 48, and where to go on: with colons in one group, else in several."""
    if len(groups[at]) > 1:
        parts, after = groups[at][1:], at + 1
        # `38:2::R:G:B` has a place for a colour space, `38:2:R:G:B` has none.
        values = parts[2:5] if len(parts) > 4 else parts[1:4]
    else:
        parts = [group[0] for group in groups[at + 1 : at + 5]]
        values = parts[1:4]
        after = at + (5 if parts[:1] == ["2"] else 3)
    numbers = [_number(value) for value in values]
    if parts[:1] == ["5"] and numbers and 0 <= _number(parts[1]) <= 255:
        return _indexed(_number(parts[1])), after
    if parts[:1] == ["2"] and len(numbers) == 3 and all(0 <= number <= 255 for number in numbers):
        return "#{:02x}{:02x}{:02x}".format(*numbers), after
    return "", after
