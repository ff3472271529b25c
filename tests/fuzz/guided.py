"""A fuzzer that is led by coverage: what reaches a new pair of lines is kept, and changed further.

Lines are told by Python's own tracing (sys.settrace), in the files that are under test alone. It is slow for
a fuzzer, thousands of short inputs a second at best, and needs nothing that is compiled.
"""

from __future__ import annotations

import random
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

Target = Callable[[bytes], None]
"""Takes any bytes; raises only what is a defect."""
Arc = tuple[int, int, int]
"""A function (by the id of its code) and two of its lines, one after the other."""
SIZE_LIMIT = 4096
"""Bytes of an input: what a parser makes of more of the same is no news."""
NUMBERS = (b"0", b"-1", b"1e999", b"9" * 20, b"NaN", b"0x7f", b"1" * 5000)
TEXTS = (
    b"\0",
    b"\xff\xfe",
    b"\xf0\x9f\x9a\xa4",
    b"\\ud800",
    b"\\u0000",
    b"\r\n",
    b"\n",
    b"\x1b]0;",
    b"[" * 300,
)


@dataclass
class Failure:
    """An input that a target did not bear."""

    data: bytes
    error: BaseException

    @property
    def place(self) -> tuple[str, str, int]:
        """What is raised, and where."""
        last = traceback.extract_tb(self.error.__traceback__)[-1]
        return type(self.error).__name__, last.filename, last.lineno or 0


class Arcs:
    """Collects the arcs of one call."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = tuple(folders)
        self._wanted: dict[CodeType, bool] = {}
        self.seen: set[Arc] = set()

    def run(self, target: Target, data: bytes) -> set[Arc]:
        """Calls the target; what was reached, also where it raises."""
        self.seen = set()
        before = sys.gettrace()
        sys.settrace(self._call)
        try:
            target(data)
        finally:
            sys.settrace(before)
        return self.seen

    def _call(self, frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if code not in self._wanted:
            self._wanted[code] = any(folder in code.co_filename for folder in self._folders)
        if not self._wanted[code]:
            return None
        last, number, seen = 0, id(code), self.seen

        def line(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal last
            if event == "line":
                seen.add((number, last, frame.f_lineno))
                last = frame.f_lineno
            return line

        return line


@dataclass
class Fuzzer:
    """Finds inputs that reach what none before them did."""

    target: Target
    folders: Sequence[str]
    """Parts of the paths of files whose lines count."""
    words: Sequence[bytes] = ()
    """What the parser knows: put into inputs as it is."""
    seed: int = 0
    guided: bool = True
    """Without guidance every input is made from the first ones: to see what guidance is worth."""
    corpus: list[bytes] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._arcs = Arcs(self.folders)
        self.reached: set[Arc] = set()

    def begin(self, inputs: Iterable[bytes]) -> None:
        """Takes the inputs to start from."""
        for data in inputs:
            self.take(data, keep=True)

    def step(self) -> bool:
        """Tries one input; whether it reached something new."""
        return self.take(self._changed(self._random.choice(self.corpus)))

    def take(self, data: bytes, *, keep: bool = False) -> bool:
        """Runs one input, and keeps it if it reached something new."""
        try:
            arcs = self._arcs.run(self.target, data)
        except Exception as error:  # whatever it is, it is what was looked for
            arcs = self._arcs.seen
            self._note(Failure(data, error))
        new = not arcs <= self.reached
        self.reached |= arcs
        if keep or (new and self.guided):
            self.corpus.append(data)
        return new

    def _note(self, failure: Failure) -> None:
        """Keeps it, unless it fails where and as another one did: lines that were reached may fail, too."""
        if failure.place not in {each.place for each in self.failures}:
            self.failures.append(failure)

    def small_corpus(self) -> list[bytes]:
        """As few and as short inputs as together reach what all of them do."""
        covered: set[Arc] = set()
        kept = []
        for data in sorted(self.corpus, key=len):
            try:
                arcs = set(self._arcs.run(self.target, data))
            except Exception:  # told already
                continue
            if not arcs <= covered:
                covered |= arcs
                kept.append(data)
        return kept

    def _changed(self, data: bytes) -> bytes:
        for _ in range(self._random.choice((1, 1, 2, 3, 6))):
            data = self._random.choice(_CHANGES)(self, data)
        return data[:SIZE_LIMIT]

    # The ways to change an input

    def _place(self, data: bytes) -> int:
        return self._random.randrange(len(data) + 1)

    def _part(self, data: bytes) -> tuple[int, int]:
        first = self._place(data)
        return first, min(len(data), first + self._random.choice((1, 1, 2, 4, 16, 64)))

    def _flip(self, data: bytes) -> bytes:
        if not data:
            return data
        at = self._random.randrange(len(data))
        return data[:at] + bytes([data[at] ^ (1 << self._random.randrange(8))]) + data[at + 1 :]

    def _byte(self, data: bytes) -> bytes:
        at = self._place(data)
        return data[:at] + bytes([self._random.randrange(256)]) + data[at + self._random.randrange(2) :]

    def _delete(self, data: bytes) -> bytes:
        first, last = self._part(data)
        return data[:first] + data[last:]

    def _repeat(self, data: bytes) -> bytes:
        first, last = self._part(data)
        return data[:last] + data[first:last] * self._random.choice((1, 2, 50)) + data[last:]

    def _word(self, data: bytes) -> bytes:
        word = self._random.choice((*self.words, *NUMBERS, *TEXTS))
        at = self._place(data)
        return data[:at] + word + data[at + self._random.choice((0, 0, len(word))) :]

    def _splice(self, data: bytes) -> bytes:
        other = self._random.choice(self.corpus)
        return data[: self._place(data)] + other[self._place(other) :]


_CHANGES = (
    Fuzzer._flip, Fuzzer._byte, Fuzzer._delete, Fuzzer._repeat, Fuzzer._word, Fuzzer._word, Fuzzer._splice,
)  # fmt: skip
