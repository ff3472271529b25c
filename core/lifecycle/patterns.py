"""Patterns that choose files of a repository, matched component by component while a tree is walked.

Like those of a shell, seen from the repository's top: `*`, `?` and `[…]` match within one name (a leading
dot included), `**` any number of folders, `{a,b}` is each of its parts, and a folder that matches is
taken with all that is in it. A pattern with `!` in front leaves out; of the patterns that match a path or
a folder above it, the last one decides. A closing `/` makes a pattern match folders only.

Made here and not taken from a library, because a walk has to know which folders need not be entered at
all, and because no pattern may take more than linear time: a set of positions is stepped on by each name.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.errors import UsageError

PATTERN_LIMIT = 1000
"""Characters of a pattern, and ways to write it out without braces."""
_ANY_DEPTH = None
_GROUP = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class _Rule:
    """One pattern without braces."""

    index: int
    """Of the pattern that it is a part of."""
    parts: tuple[re.Pattern[str] | None, ...]
    """One per component; None is `**`."""
    folders_only: bool

    def begin(self) -> frozenset[int]:
        return self._skip({0})

    def step(self, at: frozenset[int], name: str) -> frozenset[int]:
        """The positions after one more component."""
        found = set()
        for position in at:
            if position == len(self.parts):
                continue
            part = self.parts[position]
            if part is _ANY_DEPTH:
                found.add(position)
            elif part.match(name):
                found.add(position + 1)
        return self._skip(found)

    def matches(self, at: frozenset[int], *, folder: bool) -> bool:
        return len(self.parts) in at and (folder or not self.folders_only)

    def _skip(self, at: set[int]) -> frozenset[int]:
        """Adds where `**` leads that stands for no folder at all; it is never the last component."""
        reached = set(at)
        for position in at:
            if position < len(self.parts) and self.parts[position] is _ANY_DEPTH:
                reached.add(position + 1)
        return frozenset(reached)


@dataclass(frozen=True)
class Position:
    """Where the patterns stand at one path of a walk."""

    at: tuple[frozenset[int], ...]
    matched: frozenset[int]
    """Indexes of the patterns that match this path or a folder above it."""


class Patterns:
    """An ordered list of patterns, ready to be matched."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Raises:
        UsageError: A pattern is empty, leads out of the repository, or has too many alternatives.
        """
        self.texts = tuple(texts)
        self._leaves_out = tuple(text.startswith("!") for text in self.texts)
        self._rules = tuple(rule for index, text in enumerate(self.texts) for rule in _rules(index, text))

    @property
    def wanted(self) -> tuple[str, ...]:
        """The patterns that take files, as they were written."""
        return tuple(text for text in self.texts if not text.startswith("!"))

    def begin(self) -> Position:
        """The position at the top, which no pattern matches."""
        return Position(tuple(rule.begin() for rule in self._rules), frozenset())

    def step(self, position: Position, name: str, *, folder: bool) -> Position:
        """The position at an entry of the folder that `position` is at."""
        at = tuple(rule.step(old, name) for rule, old in zip(self._rules, position.at, strict=True))
        stands = zip(self._rules, at, strict=True)
        hits = {rule.index for rule, now in stands if rule.matches(now, folder=folder)}
        return Position(at, position.matched | hits)

    def takes(self, position: Position) -> bool:
        """Whether the path is chosen: the last pattern that matches it decides."""
        return bool(position.matched) and not self._leaves_out[max(position.matched)]

    def decided_by(self, position: Position) -> str:
        """The pattern that chose the path."""
        return self.texts[max(position.matched)]

    def may_take_below(self, position: Position) -> bool:
        """Whether anything in this folder can be chosen, so that it has to be entered."""
        if self.takes(position):
            return True
        last = max(position.matched, default=-1)
        return any(
            now and rule.index > last and not self._leaves_out[rule.index]
            for rule, now in zip(self._rules, position.at, strict=True)
        )


def _rules(index: int, text: str) -> Iterable[_Rule]:
    pattern = text.removeprefix("!")
    if not pattern.strip() or len(text) > PATTERN_LIMIT or "\0" in text:
        raise UsageError(
            f"{text[:60]!r} cannot be a pattern of files", hint="Write one such as .env or config/*.local."
        )
    for plain in _without_braces(text, pattern):
        parts = [part for part in plain.split("/") if part not in ("", ".")]
        if plain.startswith(("/", "~")) or ".." in parts or not parts:
            raise UsageError(
                f"the pattern {text[:60]!r} leads out of the repository",
                hint="Write it as seen from the repository's top folder, such as .env or config/*.local.",
            )
        yield _Rule(index, tuple(map(_component, _ending(parts))), plain.endswith("/"))


def _ending(parts: list[str]) -> list[str]:
    """A closing `**` is everything there: one component is enough, as folders come with their content."""
    short: list[str] = []
    for part in parts:
        if part != "**" or short[-1:] != ["**"]:
            short.append(part)
    return [*short[:-1], "*"] if short[-1] == "**" else short


def _component(part: str) -> re.Pattern[str] | None:
    return _ANY_DEPTH if part == "**" else re.compile(fnmatch.translate(part))


def _without_braces(text: str, pattern: str) -> list[str]:
    """All that a pattern with `{a,b}` stands for; braces without a comma stand for themselves."""
    done: list[str] = []
    waiting = [pattern]
    while waiting:
        each = waiting.pop()
        group = next((found for found in _GROUP.finditer(each) if "," in found[0]), None)
        if group is None:
            done.append(each)
        else:
            start, end = each[: group.start()], each[group.end() :]
            waiting += [start + part + end for part in group[0][1:-1].split(",")]
        if len(done) + len(waiting) > PATTERN_LIMIT:
            raise UsageError(
                f"the pattern {text[:60]!r} has more than {PATTERN_LIMIT} alternatives",
                hint="Use * instead of some of the braces.",
            )
    return done
