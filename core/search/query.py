"""What a user types into a search, as an expression that SQLite's FTS5 takes, whatever it is.

Words must all be there; `"several words"` stand side by side; `word*` is a beginning; `-word` must not be
there. Everything is handed on as a quoted text, so that no sign in it means anything to FTS5.
"""

from __future__ import annotations

import re

TERMS_LIMIT = 32
QUERY_LIMIT = 1000
_TERM = re.compile(r'(?P<no>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))(?P<star>\*?)')


def match_expression(query: str, workspace: str = "", kind: str = "") -> str:
    """The expression; empty where the query has no word in it that can be found.

    Args:
        query: What the user typed.
        workspace: Id of the only workspace to look in; empty: all.
        kind: The only kind of text to look in; empty: all.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for term in list(_TERM.finditer(query[:QUERY_LIMIT]))[:TERMS_LIMIT]:
        text = term["phrase"] if term["phrase"] is not None else term["word"]
        star = "*" if term["star"] or text.endswith("*") else ""
        if any(char.isalnum() for char in text):
            (unwanted if term["no"] else wanted).append(_quoted(text) + star)
    if not wanted:
        return ""
    found = f"text : ({' AND '.join(wanted)})"
    for tag in filter(None, (workspace_tag(workspace), kind_tag(kind))):
        found = f"{found} AND tags : {_quoted(tag)}"
    for term_text in unwanted:
        found = f"({found}) NOT text : {term_text}"
    return found


def workspace_tag(workspace: str) -> str:
    """The word by which a workspace's lines are known in the index; short, for every line has it."""
    return f"w{workspace[:12]}" if workspace else ""


def kind_tag(kind: str) -> str:
    return f"k{kind}" if kind else ""


def _quoted(text: str) -> str:
    plain = text.replace("\0", " ").replace('"', " ").encode("utf-8", "replace").decode()
    return f'"{plain}"'
