"""Which words of a changed line are the change."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
LONGEST = 400
"""Characters of a line beyond which words are not compared."""
LEAST_ALIKE = 0.4


def changed_ranges(old: str, new: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Ranges of characters that differ, in the old and the new line; none when they have little in common."""
    if len(old) > LONGEST or len(new) > LONGEST:
        return [], []
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < LEAST_ALIKE:
        return [], []
    left: list[tuple[int, int]] = []
    right: list[tuple[int, int]] = []
    starts, ends = _offsets(before), _offsets(after)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            left += [(starts[i1], starts[i2])] if i2 > i1 else []
            right += [(ends[j1], ends[j2])] if j2 > j1 else []
    return left, right


def _offsets(words: list[str]) -> list[int]:
    offsets = [0]
    for word in words:
        offsets.append(offsets[-1] + len(word))
    return offsets
