"""Secret values covered in what processes wrote: read by window, the same bytes are covered in each.

A covered byte is one `*`, so that offsets into a log stay what they are; the raw file is left alone. A
value of less than `SHORTEST` bytes is not covered: it would be found everywhere and hide the log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

SHORTEST = 4
"""Bytes that a value must have to be covered."""
_IDENTITIES = frozenset({"id", "process_id", "approval_id", "key", "kind"})

T = TypeVar("T")


class Mask:
    """The values of one workspace; an empty one covers nothing."""

    def __init__(self, secrets: Iterable[bytes] = ()) -> None:
        found = {form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST}
        self._values = tuple(sorted(found, key=len, reverse=True))

    def __bool__(self) -> bool:
        return bool(self._values)

    @property
    def reach(self) -> int:
        """How many bytes beside a window must be known to cover what is in the window."""
        return max(0, len(self._values[0]) - 1) if self._values else 0

    def cover(self, data: bytes) -> bytes:
        """`data` with every value in it covered, also where values overlap."""
        covered: bytearray | None = None
        for value in self._values:
            at = data.find(value)
            while at >= 0:
                if covered is None:
                    covered = bytearray(data)
                covered[at : at + len(value)] = b"*" * len(value)
                at = data.find(value, at + 1)
        return data if covered is None else bytes(covered)

    def unfinished(self, data: bytes) -> int:
        """Bytes at the end of `data` that may be the beginning of a value, of which the rest is to come."""
        longest = 0
        for value in self._values:
            for length in range(min(len(value) - 1, len(data)), longest, -1):
                if data.endswith(value[:length]):
                    longest = length
                    break
        return longest

    def text(self, text: str) -> str:
        """The same for text."""
        if not self._values or not text:
            return text
        data = text.encode("utf-8", "surrogatepass")
        return self.cover(data).decode("utf-8", "surrogatepass")

    def value(self, value: T) -> T:
        """A value as the API sends it, with every text in it covered but for names of things."""
        covered: T = _covered(value, self.text) if self._values else value
        return covered


class HideAll(Mask):
    """Covers everything: for output whose secrets cannot be known at the moment."""

    def __bool__(self) -> bool:
        return True

    def cover(self, data: bytes) -> bytes:
        return b"".join(b"\n" if byte == 10 else b"*" for byte in data)

    def text(self, text: str) -> str:
        return "".join(char if char == "\n" else "*" for char in text)

    def value(self, value: T) -> T:
        covered: T = _covered(value, self.text)
        return covered


NO_MASK = Mask()


def cover_window(mask: Mask, read: Callable[[int, int], bytes], start: int, end: int, *, more: bool) -> bytes:
    """The window from `start` to `end` of an output, as a part of the whole covered output.

    Args:
        mask: What to cover.
        read: Gives so many bytes from an offset, fewer only at the end of the output.
        start: First byte.
        end: Byte behind the last.
        more: Whether the output may still grow: what may be the beginning of a value is then left for later.
    """
    before = max(0, start - mask.reach)
    data = read(before, end - before + mask.reach)
    stop = end - before
    if more and len(data) <= stop:  # At the end of what there is.
        stop = min(stop, len(data) - mask.unfinished(data))
    return mask.cover(data)[start - before : max(start - before, stop)]


def _forms(secret: bytes) -> Iterable[bytes]:
    """A value as it is, as JSON writes it, and each of its lines where it has several."""
    lines = [line.strip() for line in secret.splitlines()]
    for form in {secret, *(lines if len(lines) > 1 else ())}:
        yield form
        text = form.decode("utf-8", "replace")
        for ascii_only in (True, False):
            yield json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode("utf-8", "replace")


def _covered(value: Any, cover: Callable[[str], str]) -> Any:
    if type(value) is str:
        return cover(value)
    if isinstance(value, tuple):
        return tuple(_covered(each, cover) for each in value)
    if isinstance(value, msgspec.Struct):
        names = [name for name in value.__struct_fields__ if name not in _IDENTITIES]
        return msgspec.structs.replace(value, **{n: _covered(getattr(value, n), cover) for n in names})
    return value
