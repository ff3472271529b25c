"""What every host of pull requests can be asked, whatever its own words for it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.errors import ForgeError
from core.forges.http import ForgeHttp
from core.values.pull_requests import Check, CheckStatus, PullRequest, RemoteComment

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True)
class Draft:
    """What a new pull request is to be."""

    branch: str
    base: str
    title: str
    body: str
    draft: bool = False
    fork: str = ""
    """The repository that has the branch, where that is another one at the same host."""


@dataclass(frozen=True)
class Edit:
    """What is to be different; None: as it is."""

    title: str | None = None
    body: str | None = None
    draft: bool | None = None


class Forge(ABC):
    """One repository at one host. Every method raises `ForgeError` or `NotFoundError`."""

    templates: tuple[str, ...] = ()
    """Where a repository keeps the text that a new pull request begins with."""

    def __init__(self, http: ForgeHttp, path: str) -> None:
        self.http = http
        self.path = path

    @abstractmethod
    async def who(self) -> str:
        """Whose token it is; raises `RefusedError` 401 when it is nobody's."""

    @abstractmethod
    async def find(self, branch: str, base: str, fork: str = "") -> PullRequest | None:
        """The open pull request from a branch of this repository, or of a fork of it."""

    @abstractmethod
    async def create(self, draft: Draft) -> PullRequest:
        """Opens one; raises `RefusedError` 409 or 422 when there is one already."""

    @abstractmethod
    async def update(self, now: PullRequest, edit: Edit) -> PullRequest:
        """Changes it."""

    @abstractmethod
    async def get(self, number: int) -> PullRequest:
        """How it is."""

    @abstractmethod
    async def checks(self, pull: PullRequest) -> tuple[Check, ...]:
        """What is checked at its head, the latest run of each."""

    @abstractmethod
    async def log(self, check: Check) -> str:
        """The log of a check that has one; else empty."""

    @abstractmethod
    async def comments(self, pull: PullRequest) -> tuple[RemoteComment, ...]:
        """What people wrote on it, the oldest first."""


def fields(document: Any) -> dict[str, Any]:
    """A JSON object.

    Raises:
        ForgeError: It is something else.
    """
    if not isinstance(document, dict):
        raise strange()
    return document


def items(document: Any) -> list[dict[str, Any]]:
    """A JSON list of objects.

    Raises:
        ForgeError: It is something else.
    """
    if not isinstance(document, list):
        raise strange()
    return [fields(each) for each in document]


def text(document: Any, *path: str) -> str:
    """A text inside of objects; empty when it, or one of them, is not there."""
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, str) else ""


def commit_id(document: Any, *path: str) -> str:
    """A commit's id; whatever else is there, which git might take for an option, is none."""
    found = text(document, *path)
    return found if _COMMIT.fullmatch(found) else ""


def number(value: Any) -> int:
    """A number from 0; what is none counts as 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def moment(value: Any) -> float | None:
    """A time as JSON has it, in seconds since 1970; None: there is none."""
    if not isinstance(value, str) or not value or value.startswith("0001-"):
        return None
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
    except (ValueError, OverflowError):
        return None


def latest(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The first of each name, failed ones first."""
    found: dict[str, Check] = {}
    for check in checks:
        found.setdefault(check.name, check)
    order = (CheckStatus.FAILED, CheckStatus.PENDING, CheckStatus.PASSED, CheckStatus.SKIPPED)
    return tuple(sorted(found.values(), key=lambda each: (order.index(each.status), each.name)))


def strange() -> ForgeError:
    """The error for an answer that has another form than the host's API says."""
    return ForgeError(
        "the host of pull requests answered in another form than its API says",
        hint="Check kind and api of [forges.NAME] in config.toml.",
    )
