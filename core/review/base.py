"""What the present of a workspace is compared with, as people write it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import UsageError

HINT = "Use target, turn, uncommitted, checkpoint:N, commit:REVISION or workspace:NAME."


class BaseKind(StrEnum):
    TARGET = "target"
    """The target branches: what a merge would bring."""
    TURN = "turn"
    """What was there before the last turn."""
    UNCOMMITTED = "uncommitted"
    """The last commits."""
    CHECKPOINT = "checkpoint"
    COMMIT = "commit"
    WORKSPACE = "workspace"
    """What another workspace has now."""


WITH_NAME = (BaseKind.CHECKPOINT, BaseKind.COMMIT, BaseKind.WORKSPACE)


@dataclass(frozen=True)
class Base:
    """One side of a diff."""

    kind: BaseKind = BaseKind.TARGET
    name: str = ""
    """The revision's or the workspace's."""
    number: int = 0
    """The checkpoint's."""


def parse_base(text: str) -> Base:
    """Reads `target`, `turn`, `uncommitted`, `checkpoint:N`, `commit:REVISION` or `workspace:NAME`.

    Raises:
        UsageError: It is none of these.
    """
    word, colon, name = text.partition(":")
    if word not in set(BaseKind) and text:
        raise UsageError(f"nothing can be compared with {text[:60]!r}", hint=HINT)
    kind = BaseKind(word or BaseKind.TARGET)
    if (kind in WITH_NAME) != bool(name) or (colon and not name):
        raise UsageError(f"{text[:60]!r} does not say what to compare with", hint=HINT)
    if kind is not BaseKind.CHECKPOINT:
        return Base(kind, name)
    if not (name.isascii() and name.isdigit() and len(name) < 10 and int(name)):
        raise UsageError(f"{name[:40]!r} is no number of a checkpoint", hint=HINT)
    return Base(kind, number=int(name))
