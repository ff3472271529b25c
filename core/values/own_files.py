"""A repository's own `.boatyard.toml`."""

from __future__ import annotations

from core.values.value import Value


class OwnFile(Value, frozen=True, kw_only=True):
    """What a repository's branch says of how its workspaces are set up."""

    repo_id: str
    repo: str
    """The repo's name."""
    branch: str
    commit: str
    """Where it was read."""
    found: bool = False
    """Whether there is one at all."""
    digest: str = ""
    """SHA-256 of its bytes, in hexadecimal: what trust is given to."""
    text: str = ""
    """Its content, what is no UTF-8 replaced."""
    trusted: bool = False
    problem: str = ""
    """Why it can be neither trusted nor used; empty: it can."""
    names: tuple[str, ...] = ()
    """What it sets, for people."""
