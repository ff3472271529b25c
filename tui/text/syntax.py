"""Colours for code: a window of lines in, spans per line out. Runs, and imports Pygments, on a thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tui.text.spans import Line, Span

if TYPE_CHECKING:
    from pygments.lexer import Lexer

LONGEST_LINE = 2000
"""Characters; a window with a longer line is shown plain, as are files of more than `MOST_LINES`."""
MOST_LINES = 10_000
SLOW_LEXERS = frozenset({"perl", "perl6", "raku"})
"""Known to take seconds on hostile input."""

_KINDS = (
    ("Comment", "comment"), ("Keyword.Type", "type"), ("Keyword.Constant", "constant"),
    ("Keyword", "keyword"),
    ("Name.Function", "function"), ("Name.Class", "type"), ("Name.Decorator", "decorator"),
    ("Name.Builtin", "function"), ("Name.Tag", "keyword"), ("Name.Attribute", "function"),
    ("Name.Constant", "constant"), ("Name", "name"), ("Literal.String", "string"),
    ("Literal.Number", "number"),
    ("Literal", "constant"), ("Operator.Word", "keyword"), ("Operator", "operator"),
    ("Punctuation", "punctuation"), ("Generic.Heading", "markup"), ("Generic.Subheading", "markup"),
    ("Generic.Strong", "markup"),
)  # fmt: skip


@lru_cache(64)
def lexer_for(path: str) -> Lexer | None:
    """The lexer that a file's name asks for; None when there is none, or it is not to be trusted."""
    from pygments.lexers import find_lexer_class_for_filename

    found = find_lexer_class_for_filename(path.rpartition("/")[2])
    if found is None or SLOW_LEXERS & set(found.aliases):
        return None
    lexer: Lexer = found(stripnl=False, ensurenl=True)
    return lexer


@lru_cache(512)
def _token(kind: Any) -> str:
    name = str(kind).removeprefix("Token.")
    return next((f"syntax-{token}" for start, token in _KINDS if name.startswith(start)), "text")


def highlight(path: str, lines: Sequence[str]) -> list[Line] | None:
    """The spans of each line, or None when these lines are better shown plain."""
    if any(len(line) > LONGEST_LINE for line in lines):
        return None
    lexer = lexer_for(path)
    if lexer is None:
        return None
    out: list[list[Span]] = [[]]
    for kind, text in lexer.get_tokens("\n".join(lines)):
        first, *rest = text.split("\n")
        token = _token(kind)
        if first:
            out[-1].append((first, token))
        for piece in rest:
            out.append([(piece, token)] if piece else [])
    del out[len(lines) :]
    return [tuple(line) for line in out] if len(out) == len(lines) else None
