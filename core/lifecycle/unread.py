"""What a workspace has and nobody could read: nothing is done that would leave it behind, or lose it."""

from __future__ import annotations

from core.errors import ConflictError
from core.lifecycle.facts import WorkspaceFacts

NAMED = 5
"""Paths that a sentence names."""


def unread_sentences(facts: WorkspaceFacts) -> list[str]:
    """One for each repo in which there is such a file."""
    return [
        f"{repo.name} has what cannot be read, and would be left out: {_named(repo.unread)}"
        for repo in facts.repos
        if repo.unread
    ]


def refuse_unread(facts: WorkspaceFacts) -> None:
    """Refuses what needs all files of a workspace.

    Raises:
        ConflictError: Its last snapshot could not read some.
    """
    if found := unread_sentences(facts):
        raise ConflictError(
            "; ".join(found),
            hint="Make it readable, or have git ignore it: boatyard workspace exec "
            f"{facts.name} -- chmod -R u+rX PATH",
            details={"blocked": found},
        )


def _named(paths: tuple[str, ...]) -> str:
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    return ", ".join(path[:200] for path in paths[:NAMED]) + more
