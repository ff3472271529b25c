"""What a search over everything that was said and written finds."""

from __future__ import annotations

from core.values.value import Value

KINDS = ("output", "errors", "prompt", "answer", "command")


class SearchHit(Value, frozen=True, kw_only=True):
    """A line that fits, with the lines around it."""

    workspace: str
    process_id: str
    kind: str
    """`output` and `errors` of scripts and commands, `prompt` and `answer` of agents, `command`: what was
    run."""
    label: str = ""
    """What the process is in a few words."""
    offset: int = 0
    """Where the line begins, in bytes: in the log, or in the text of prompt, answer or command."""
    line: int = 0
    """Its number, from 0."""
    entry_id: str = ""
    """The entry of the conversation in which it stands; of answers only."""
    at: float = 0.0
    """When its process began."""
    text: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class SearchAnswer(Value, frozen=True, kw_only=True):
    """Hits, what was indexed last at the beginning."""

    hits: tuple[SearchHit, ...] = ()
    cursor: str = ""
    """Give it to get the next ones; empty: there are no more."""
    behind: int = 0
    """Bytes that have been written and are not indexed yet."""
