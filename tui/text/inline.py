"""What stands inside a line of Markdown: emphasis, code and links as spans, and spans broken at words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size

from tui.text.literal import plain
from tui.text.spans import Line, Span

_INLINE = re.compile(
    r"(?P<tick>`+)(?P<code>[^`]+)(?P=tick)"
    r"|\*\*(?P<strong>[^*\s](?:[^*]*[^*\s])?)\*\*"
    r"|~~(?P<gone>[^~]+)~~"
    r"|(?<![\w*])\*(?P<star>[^*\s](?:[^*]*[^*\s])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<under>[^_\s](?:[^_]*[^_\s])?)_(?![\w_])"
    r"|!?\[(?P<label>[^\[\]]+)\]\((?P<url>[^()\s]+)\)"
)
_TOKENS = {"strong": "strong", "gone": "dim", "star": "emphasis", "under": "emphasis"}


def inline(text: str, token: str) -> list[Span]:
    """`text` as spans: what is marked in its style, without the marks."""
    spans: list[Span] = []
    at = 0
    for found in _INLINE.finditer(text):
        if found.start() > at:
            spans.append((text[at : found.start()], token))
        spans += _marked(found, token)
        at = found.end()
    if at < len(text):
        spans.append((text[at:], token))
    return spans


def _marked(found: re.Match[str], token: str) -> list[Span]:
    if found["code"]:
        return [(found["code"], "code")]
    if found["label"]:
        shown = [(found["label"], f"{token} link")]
        return shown if found["label"] == found["url"] else [*shown, (f" ({found['url']})", "dim")]
    kind = next(name for name in _TOKENS if found[name])
    return [(found[kind], f"{token} {_TOKENS[kind]}")]


def wrap_words(spans: Iterable[Span], width: int) -> list[Line]:
    """The spans (one paragraph) as lines of at most `width` cells, broken at spaces where possible."""
    filler = _Filler(max(width, 4))
    for text, token in spans:
        for number, word in enumerate(plain(text).split(" ")):
            if number:
                filler.space(token)
            if word:
                filler.piece(word, token)
    return filler.lines()


class _Filler:
    """Lines as words come in; a word may be of several spans, so it is placed when it has ended."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._lines: list[Line] = []
        self._line: list[Span] = []
        self._used = 0
        self._gap: list[Span] = []
        self._word: list[Span] = []

    def space(self, token: str) -> None:
        self._place()
        self._gap.append((" ", token))

    def piece(self, text: str, token: str) -> None:
        self._word.append((text, token))

    def _place(self) -> None:
        if not self._word:
            return
        need = sum(cell_len(text) for text, _ in self._word)
        if self._line and self._used + len(self._gap) + need > self._width:
            self._break()
        elif self._used + len(self._gap) < self._width:
            self._line += self._gap
            self._used += len(self._gap)
        self._gap = []
        for text, token in self._word:
            self._put(text, token)
        self._word = []

    def _put(self, text: str, token: str) -> None:
        while self._used + cell_len(text) > self._width:
            piece = set_cell_size(text, self._width - self._used)
            taken = len(piece) if text.startswith(piece) else max(0, len(piece) - 1)
            if taken:
                self._line.append((text[:taken], token))
            text = text[taken:]
            self._break()
        if text:
            self._line.append((text, token))
            self._used += cell_len(text)

    def _break(self) -> None:
        self._lines.append(_joined(self._line))
        self._line, self._used, self._gap = [], 0, []

    def lines(self) -> list[Line]:
        self._place()
        self._lines.append(_joined(self._line))
        return self._lines


def _joined(spans: list[Span]) -> Line:
    """Neighbours of the same style as one span."""
    out: list[Span] = []
    for text, token in spans:
        if out and out[-1][1] == token:
            out[-1] = (out[-1][0] + text, token)
        else:
            out.append((text, token))
    return tuple(out)
