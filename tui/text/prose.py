"""Markdown as lines of spans: headings, lists, quotes, tables, code in its colours, emphasis, links.

Less than Markdown on purpose: agents write it while we draw, so every prefix of a text must look sane, and
a line must cost microseconds.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache

from tui.looks.glyphs import Glyphs
from tui.text.inline import inline, wrap_words
from tui.text.literal import plain
from tui.text.spans import Line, wrap_spans
from tui.text.table import is_table, table

_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})\s*([\w+#.-]*)")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"^(\s*)([-*+]|\d{1,3}[.)])\s+(?:\[([ xX])\]\s+)?(.*)$")
_RULE = re.compile(r"^\s*([-*_])(\s*\1){2,}\s*$")
_MARK = re.compile(r"[`*~_\[]")
"""What every mark inside a line has in it."""
LONGEST_LINE = 4000
"""Characters of one line that are shown; a machine wrote longer ones."""
PART = 4000
"""Characters that are read at once, at least."""
COLOURED_LINES = 400
"""Of a block of code that are coloured; a longer one is shown plain."""
_SUFFIXES = {
    "python": "py", "javascript": "js", "typescript": "ts", "rust": "rs", "shell": "sh", "bash": "sh",
    "console": "sh", "zsh": "sh", "ruby": "rb", "markdown": "md", "c++": "cpp", "csharp": "cs", "c#": "cs",
    "golang": "go", "kotlin": "kt", "yml": "yaml", "haskell": "hs", "elixir": "ex", "tsx": "tsx",
    "dockerfile": "Dockerfile", "makefile": "Makefile",
}  # fmt: skip
"""Of files in the languages that blocks of code name otherwise."""


def prose(text: str, width: int, glyphs: Glyphs, token: str = "text") -> list[Line]:
    """`text` as lines of at most `width` cells.

    A text that is still being written grows at its end: what was there before is not read again.
    """
    *settled, last = parts_of(text)
    lines = [line for part in settled for line in _settled(part, width, glyphs, token)]
    lines += _read(last, width, glyphs, token)
    while lines and not any(span[0].strip() for span in lines[-1]):
        lines.pop()
    return lines


def parts_of(text: str) -> list[str]:
    """`text` cut outside of code, each part but the last at least `PART` characters long.

    It is cut at empty lines, or where there are none between two lines that are of no table. However much is
    written after it, a part but the last stays as it is, and is not looked for again.
    """
    if len(text) <= PART:
        return [text]
    settled, parts = _CUTS.get(text[:PART], ("", ()))
    found = [*parts] if text.startswith(settled) else []
    begin = at = len(settled) if found else 0
    mark = before = ""
    for line in text[begin:].split("\n")[:-1]:  # the last one may still grow
        if (fence := _FENCE.match(line)) and (not mark or (fence[2].startswith(mark) and not fence[3])):
            mark = "" if mark else fence[2]
        elif not mark and at - begin >= PART and (not line or _may_part(before, line, at - begin)):
            found.append(text[begin : at - 1])
            begin = at
        at += len(line) + 1
        before = line
    _keep_cuts(text[:PART], text[:begin], found)
    return [*found, text[begin:]]


_CUTS: OrderedDict[str, tuple[str, Sequence[str]]] = OrderedDict()
"""Of the texts that were cut last, by how they begin: what of it will stay as it is, and its parts."""
MOST_CUTS = 16


def _keep_cuts(beginning: str, settled: str, parts: Sequence[str]) -> None:
    if parts:
        _CUTS[beginning] = settled, (*parts,)
        _CUTS.move_to_end(beginning)
        if len(_CUTS) > MOST_CUTS:
            _CUTS.popitem(last=False)


def _may_part(before: str, line: str, size: int) -> bool:
    return size >= 2 * PART and "|" not in before and "|" not in line


@lru_cache(256)
def _settled(text: str, width: int, glyphs: Glyphs, token: str) -> tuple[Line, ...]:
    return tuple(_read(text, width, glyphs, token))


def _read(text: str, width: int, glyphs: Glyphs, token: str) -> list[Line]:
    raws = [raw[:LONGEST_LINE] for raw in text.split("\n")]
    lines: list[Line] = []
    at = 0
    while at < len(raws):
        if fence := _FENCE.match(raws[at]):
            end = _fence_end(raws, at, fence[2])
            lines += _code(raws[at + 1 : end], fence[3], len(fence[1]), width, ended=end < len(raws))
            at = end + 1
        elif at + 1 < len(raws) and is_table(raws[at], raws[at + 1]):
            end = at + 2
            while end < len(raws) and "|" in raws[end]:
                end += 1
            lines += table(raws[at:end], width, glyphs, token)
            at = end
        else:
            lines += _paragraph(raws[at], width, glyphs, token)
            at += 1
    return lines


def _fence_end(raws: list[str], at: int, mark: str) -> int:
    """The line that ends a block of code, or the number of lines when none does yet."""
    for end in range(at + 1, len(raws)):
        found = _FENCE.match(raws[end])
        if found and found[2].startswith(mark) and not found[3]:
            return end
    return len(raws)


def code_blocks(text: str) -> list[str]:
    """The blocks of code in a text, in their order."""
    raws = text.split("\n")
    blocks: list[str] = []
    at = 0
    while at < len(raws):
        if fence := _FENCE.match(raws[at]):
            end = _fence_end(raws, at, fence[2])
            blocks.append("\n".join(raws[at + 1 : end]) + "\n")
            at = end
        at += 1
    return blocks


def _code(raws: list[str], language: str, indent: int, width: int, *, ended: bool) -> list[Line]:
    raws = [raw[indent:] if not raw[:indent].strip() else raw for raw in raws]
    coloured = _coloured("\n".join(raws), language.lower()) if ended and language else None
    lines = coloured or tuple(((raw, "code"),) for raw in raws)
    return [(("  ", "code"), *piece) for line in lines for piece in wrap_spans(line, width - 2)]


@lru_cache(128)
def _coloured(text: str, language: str) -> tuple[Line, ...] | None:
    from tui.text.syntax import highlight

    lines = plain_lines(text)
    if len(lines) > COLOURED_LINES:
        return None
    suffix = _SUFFIXES.get(language, language)
    found = highlight(suffix if suffix[:1].isupper() else f"code.{suffix}", lines)
    return tuple(found) if found is not None else None


def plain_lines(text: str) -> list[str]:
    """The lines of `text`, printable."""
    return [plain(line) for line in text.split("\n")]


def _paragraph(raw: str, width: int, glyphs: Glyphs, token: str) -> list[Line]:
    if not raw.strip():
        return [()]
    if heading := _HEADING.match(raw):
        return wrap_words(inline(heading[2], "heading"), width)
    if _RULE.match(raw):
        return [((glyphs.rule * width, "rule"),)]
    if item := _ITEM.match(raw):
        mark = glyphs.bullet if item[2] in "-*+" else item[2]
        if item[3]:
            mark = glyphs.todo if item[3] == " " else glyphs.done
        return _hanging(item[4], width, f"{item[1].expandtabs(4)[: width // 3]}{mark} ", token)
    if raw.startswith(">"):
        lines = wrap_words(inline(raw[1:].removeprefix(" "), "dim"), width - 2)
        return [((f"{glyphs.bar} ", "rule"), *line) for line in lines]
    return _hanging(raw, width, "", token)


def _hanging(text: str, width: int, first: str, token: str) -> list[Line]:
    indent = " " * len(first)
    lines = _as_it_is(text, width - len(first), token) or wrap_words(inline(text, token), width - len(first))
    if not first:
        return lines
    return [((first if number == 0 else indent, "dim"), *line) for number, line in enumerate(lines)]


def _as_it_is(text: str, width: int, token: str) -> list[Line]:
    """The line of a text in which nothing is marked and that fits, as most do; none for any other."""
    shown = text.rstrip(" ")
    if (
        not shown
        or len(shown) > width
        or not (shown.isascii() and shown.isprintable())
        or _MARK.search(shown)
    ):
        return []
    return [((shown, token),)]


def hard_wrap(text: str, width: int) -> list[str]:
    """`text` cut into pieces of at most `width` cells, wherever that falls, as code must be."""
    return ["".join(piece for piece, _ in line) for line in wrap_spans(((text, ""),), width)]
