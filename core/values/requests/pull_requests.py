"""Requests about pull requests."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from core.values.requests.base import Request


class OpenPullRequest(Request, frozen=True, kw_only=True):
    repo: str = ""
    """Name or id of the only repo; empty: each that has commits of its own."""
    remote: str = ""
    """Empty: the one that git's own settings say."""
    base: str = ""
    """The branch at the host that it is to go into; empty: the one that the target branch follows."""
    title: str = ""
    """Empty: the task's."""
    body: str | None = None
    """None: drafted from the task, the agent's summary and the repository's template."""
    draft: bool = False


class UpdatePullRequest(Request, frozen=True, kw_only=True):
    """New commits are pushed, too."""

    repo: str = ""
    title: str | UnsetType = UNSET
    body: str | UnsetType = UNSET
    draft: bool | UnsetType = UNSET


class SendChecks(Request, frozen=True, kw_only=True):
    repo: str = ""
    names: tuple[str, ...] = ()
    """Of the checks; none: all that have failed."""
    message: str = ""
    """What the agent is told first; empty: that they have failed."""
    agent: str = ""
    """Empty: the one of the latest session."""
    request_id: str = ""
    """The same one is not sent twice."""
