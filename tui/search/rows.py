"""What a search has found as rows: the hits, the lines around one, and how many there are of each sort."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from tui.looks.durations import age
from tui.text.spans import Line, Span
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.search import SearchHit

SIGNS = {"output": "out", "errors": "err", "prompt": "you", "answer": "agent", "command": "ran"}
"""What stands before a hit."""
_WORD = re.compile(r"[^\s\"*]+")


def words_of(query: str) -> list[str]:
    """What of a query is to be seen in its hits."""
    return [word.casefold() for word in _WORD.findall(query) if not word.startswith("-")]


def marked(text: str, words: list[str], token: str = "text") -> list[Span]:
    """`text` with the words in it marked."""
    if not words:
        return [(text, token)]
    pattern = re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)
    spans: list[Span] = []
    at = 0
    for found in pattern.finditer(text):
        spans += [(text[at : found.start()], token), (found[0], "match")]
        at = found.end()
    return [span for span in (*spans, (text[at:], token)) if span[0]]


class HitRows(RowView):
    """One line per hit, as the query comes: its keys come from the line one types in."""

    driven = True

    def __init__(self) -> None:
        super().__init__(id="hits")
        self.hits: list[SearchHit] = []
        self.words: list[str] = []
        self.note = ""

    def show(self, hits: list[SearchHit], words: list[str], note: str = "") -> None:
        """Shows these; the cursor on the first, unless they only are more than before."""
        grown = hits[: len(self.hits)] == self.hits
        self.hits, self.words, self.note = hits, words, note
        self.rows_changed()
        if not grown:
            self.move_to(0)

    @property
    def current(self) -> SearchHit | None:
        """The hit at the cursor."""
        return self.hits[self.cursor_row] if self.cursor_row < len(self.hits) else None

    def row_count(self) -> int:
        return len(self.hits)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        hit = self.hits[index]
        text = hit.text.strip()
        first = min((at for word in self.words if (at := text.casefold().find(word)) >= 0), default=0)
        room = max(20, width - 34)
        if first > room * 2 // 3:
            text = self.glyphs.cut + text[first - room // 3 :]
        left: list[Span] = [
            (f" {SIGNS.get(hit.kind, hit.kind):<6}", "info"),
            (f"{hit.workspace[:16]:<16} ", "dim"),
        ]
        return (*left, *marked(text, self.words)), ((f" {age(hit.at):>4} ", "dim"),)

    def empty_text(self) -> Line:
        return ((f" {self.note}", "dim"),)


class AroundRows(RowView):
    """The hit at the cursor with the lines around it."""

    shows_cursor = False

    def __init__(self) -> None:
        super().__init__(id="around")
        self.can_focus = False
        self._lines: list[Line] = []

    def show(self, hit: SearchHit | None, words: list[str]) -> None:
        """Shows where a hit stands."""
        self._lines = []
        if hit is not None:
            head = (f" {hit.workspace}  ", "strong"), (f"{hit.label}  line {hit.line + 1}", "dim")
            self._lines = [head, (), *(((f"   {line}", "dim"),) for line in hit.before)]
            self._lines.append(((f" {self.glyphs.right} ", "key"), *marked(hit.text, words)))
            self._lines += [((f"   {line}", "dim"),) for line in hit.after]
        self.rows_changed()

    def row_count(self) -> int:
        return len(self._lines)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        return self._lines[index], ()


class FacetRows(RowView):
    """How many of the hits are of each sort and workspace; Enter keeps to one of them."""

    def __init__(self) -> None:
        super().__init__(id="facets")
        self._rows: list[tuple[str, str, int]] = []
        self.kind = ""
        self.workspace = ""

    def show(self, hits: list[SearchHit]) -> None:
        """Counts these."""
        kinds, names = Counter(hit.kind for hit in hits), Counter(hit.workspace for hit in hits)
        self._rows = [("kind", kind, count) for kind, count in kinds.most_common()]
        self._rows += [("workspace", name, count) for name, count in names.most_common(40)]
        for what, value in (("kind", self.kind), ("workspace", self.workspace)):
            if value and (what, value) not in {row[:2] for row in self._rows}:
                self._rows.append((what, value, 0))
        self.rows_changed()

    def choose(self) -> None:
        """Keeps to what the cursor is on, or to it no more."""
        if self.cursor_row >= len(self._rows):
            return
        what, value, _ = self._rows[self.cursor_row]
        setattr(self, what, "" if getattr(self, what) == value else value)

    def row_count(self) -> int:
        return len(self._rows)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        what, value, count = self._rows[index]
        kept = getattr(self, what) == value
        mark = self.glyphs.running if kept else self.glyphs.todo
        name = SIGNS.get(value, value) if what == "kind" else value
        return ((f" {mark} ", "key"), (name, "strong" if kept else "text")), ((f"{count} ", "dim"),)
