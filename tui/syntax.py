"""Colours for code: a window of lines in, spans per line out. Runs on a thread; Pygments is imported there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tui.spans import Line, Span

if TYPE_CHECKING:
    from pygments.lexer import Lexer

LONGEST_LINE = 2000
"""Characters; a window with a longer line is shown plain, as are files of more than `MOST_LINES`."""
MOST_LINES = 10_000
SLOW_LEXERS = frozenset({"perl", "perl6", "raku"})
"""Known to take seconds on hostile input."""

_KINDS = (
    ("Comment", "syntax-comment"), ("Keyword.Type", "syntax-type"), ("Keyword.Constant", "syntax-constant"),
    ("Keyword", "syntax-keyword"), ("Name.Function", "syntax-function"), ("Name.Class", "syntax-type"),
    ("Name.Decorator", "syntax-decorator"), ("Name.Builtin", "syntax-function"), ("Name.Tag", "syntax-keyword"),
    ("Name.Attribute", "syntax-function"), ("Name.Constant", "syntax-constant"), ("Name", "syntax-name"),
    ("Literal.String", "syntax-string"), ("Literal.Number", "syntax-number"), ("Literal", "syntax-constant"),
    ("Operator.Word", "syntax-keyword"), ("Operator", "syntax-operator"), ("Punctuation", "syntax-punctuation"),
    ("Generic.Heading", "syntax-markup"), ("Generic.Subheading", "syntax-markup"), ("Generic.Strong", "strong"),
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
    return next((token for start, token in _KINDS if name.startswith(start)), "text")


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
