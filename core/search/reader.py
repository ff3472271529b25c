"""Searches the index: whole rows first, and by its tags only what is rare in it."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path

from core.search.index import connect
from core.search.query import match_expression

LOOKED_AT = 4
"""So many rows for each one that is wanted are looked at before the tags are asked."""


@dataclass(frozen=True)
class Found:
    """A line that fits."""

    row: int
    process: str
    kind: str
    offset: int
    """Where it begins, in bytes."""
    line: int
    """Its number, from 0."""


class Reader:
    """Searches the index; use on one thread, another one than the writer's."""

    def __init__(self, path: Path) -> None:
        self._database = connect(path)

    def search(
        self, query: str, before: int, limit: int, *, workspace: str = "", kind: str = ""
    ) -> tuple[list[Found], int]:
        """Lines that fit, those that were indexed last at the beginning.

        A workspace or a kind that most lines belong to is no help: FTS5 would read the tag of every line. So
        what the words alone find is looked at first. Where too little of it belongs, the tag is rare
        among them, and with it FTS5 is quick.

        Args:
            query: What the user typed.
            before: Only rows before this one; 0: all.
            limit: Lines at most.
            workspace: Id of the only workspace to look in; empty: all.
            kind: The only kind of text to look in; empty: all.

        Returns:
            The lines, and the row to go on before; 0: there are no more.
        """
        words = match_expression(query)
        if not words:
            return [], 0
        if not (workspace or kind):
            return self._found(words, before, limit)
        looked_at, before = self._found(words, before, limit * LOOKED_AT, (workspace, kind))
        if len(looked_at) >= limit:
            return looked_at[:limit], looked_at[limit - 1].row
        if not before:
            return looked_at, 0
        rest, before = self._found(match_expression(query, workspace, kind), before, limit - len(looked_at))
        return looked_at + rest, before

    def close(self) -> None:
        self._database.close()

    def _found(
        self, expression: str, before: int, limit: int, only: tuple[str, str] = ("", "")
    ) -> tuple[list[Found], int]:
        """Of the rows that fit, those of a workspace and a kind; and the row to go on before."""
        query = "SELECT rowid FROM line WHERE line MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
        rows = self._database.execute(query, (expression, before or 2**62, limit)).fetchall()
        found = [place for (row,) in rows if (place := self._place(row, only)) is not None]
        return found, rows[-1][0] if len(rows) == limit else 0

    def _place(self, row: int, only: tuple[str, str]) -> Found | None:
        span = self._database.execute(
            "SELECT first, process, kind, workspace, line, start, places FROM span "
            "JOIN source ON source.id = span.source "
            "WHERE first = (SELECT max(first) FROM span WHERE first <= ?)",
            (row,),
        ).fetchone()
        if span is None:
            return None
        first, process, kind, workspace, line, start, blob = span
        if only[0] not in ("", workspace) or only[1] not in ("", kind):
            return None
        places = array("I", blob)
        if row - first >= len(places):
            return None  # its text is gone
        return Found(row, process, kind, start + places[row - first], line + row - first)
