"""How one row of a diff looks: gutters, signs, code, halves side by side, comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.values.review import DiffLine, LineKind
from tui.comments.rows import comment_sign
from tui.text.spans import Line, Span, fit_spans, shift, width_of, wrap_spans
from tui.text.visible import all_visible, visible

if TYPE_CHECKING:
    from tui.diff.layout import Row
    from tui.looks.glyphs import Glyphs

UNDER = {LineKind.ADDED: "added-line", LineKind.REMOVED: "removed-line"}
_TOKEN = {LineKind.ADDED: "added", LineKind.REMOVED: "removed"}
SIGN_WIDTH = 2


@dataclass(frozen=True)
class Pen:
    """What rows are painted with."""

    glyphs: Glyphs
    width: int
    split: bool
    wrap: bool
    digits: int
    across: int
    """Cells that are scrolled past at the left."""

    @property
    def half(self) -> int:
        """Cells of one side, side by side."""
        return max(8, (self.width - 1) // 2)

    @property
    def code_width(self) -> int:
        """Cells that code has."""
        if self.split:
            return max(4, self.half - self.digits - 1 - SIGN_WIDTH)
        return max(4, self.width - 2 * (self.digits + 1) - SIGN_WIDTH)

    def pieces(self, text: str) -> int:
        """Rows that a line takes."""
        if not self.wrap or (len(text) <= self.code_width and text.isascii() and "\t" not in text):
            return 1
        return len(wrap_spans(((visible(text), ""),), self.code_width))

    def row(self, row: Row, lines: Sequence[DiffLine], colours: Sequence[Line | None], lit: bool) -> Line:
        """A row's spans; `lit`: the cursor is on it, and its colours are to be seen."""
        if row.comment is not None:
            return self._comment(row)
        left = lines[row.left] if row.left is not None else None
        if left is not None and left.kind is LineKind.HUNK:
            return ((f" {visible(left.text)}" if not row.part else "", "hunk"),)
        if not self.split:
            assert left is not None and row.left is not None
            return self._unified(left, _of(colours, row.left), row.part)
        halves = [
            self._half(lines[at] if at is not None else None, _of(colours, at), row.part, old, lit)
            for at, old in ((row.left, True), (row.right, False))
        ]
        return (*halves[0], (self.glyphs.bar, "dim"), *halves[1])

    def _unified(self, line: DiffLine, colours: Line | None, part: int) -> Line:
        numbers = "".join(
            f"{number if number and not part else '':>{self.digits}} " for number in (line.old, line.new)
        )
        return ((numbers, "gutter"), self._sign(line, part), *self._code(line, colours, part))

    def _half(
        self, line: DiffLine | None, colours: Line | None, part: int, old: bool, lit: bool
    ) -> list[Span]:
        if line is None:
            return [(" " * self.half, "text")]
        number = line.old if old else line.new
        shown = f"{number if number and not part else '':>{self.digits}} "
        spans = [(shown, "gutter"), self._sign(line, part), *self._code(line, colours, part)]
        spans = fit_spans(spans, self.half, cut=self.glyphs.cut)
        spans.append((" " * (self.half - width_of(spans)), "text"))
        under = "" if lit else UNDER.get(line.kind, "")
        return [(text, f"{under} {token}" if under else token) for text, token in spans]

    def _sign(self, line: DiffLine, part: int) -> Span:
        if part:
            return ("  ", "text")
        sign = {LineKind.ADDED: "+", LineKind.REMOVED: self.glyphs.minus}.get(line.kind, " ")
        return (f"{sign} ", _TOKEN.get(line.kind, "text"))

    def _code(self, line: DiffLine, colours: Line | None, part: int) -> Line:
        spans = colours
        if spans is None:
            token = "dim" if line.kind is LineKind.NOTE else _TOKEN.get(line.kind, "text")
            spans = ((line.text.removesuffix("\r"), token),)
        spans = all_visible(spans)
        if line.text.endswith("\r"):
            spans = (*spans, ("^M", "dim"))
        if not self.wrap:
            return shift(spans, self.across)
        wrapped = wrap_spans(spans, self.code_width)
        return wrapped[part] if part < len(wrapped) else ()

    def _comment(self, row: Row) -> Line:
        assert row.comment is not None
        sign, word = comment_sign(row.comment)
        edge: Span = (f"      {self.glyphs.mark} ", sign)
        if row.part:
            return (edge, (row.said, "text"))
        state: Span = (f"{self.glyphs.state(sign)} {word}  ", sign)
        author: Span = (f"{row.comment.author}: " if row.comment.author else "", "strong")
        return (edge, state, author, (row.said, "text"))


def _of(colours: Sequence[Line | None], at: int | None) -> Line | None:
    return colours[at] if at is not None and at < len(colours) else None
