"""What the engine in memory is made of, and tests make for it."""

from __future__ import annotations

from core.values.entities import (
    AgentInfo,
    Operation,
    RunnerInfo,
)
from core.values.pushing import RepoPush
from core.values.review import (
    Change,
    DiffLine,
    FileChange,
    LineKind,
)
from core.values.states import (
    OperationStatus,
    RunnerKind,
)

NOW = 1_800_000_000.0
DEMO = AgentInfo(name="demo", title="Demo agent", kind="acp", available=True, demonstration=True)
OTHER = AgentInfo(name="other", title="Other agent", kind="acp", available=False, detail="not installed")
HOST = RunnerInfo(kind=RunnerKind.HOST, available=True, isolates=False)
PUSH = RepoPush(
    repo_id="repo-app", remote="origin", url="https://github.com/team/app", branch="boatyard/second",
    new="b" * 40, ahead=2, uncommitted=1,
)  # fmt: skip


def id_of(kind: str, name: str) -> str:
    """The id of what has a name."""
    return f"{kind}-{name}"


def done(kind: str, name: str) -> Operation:
    """An operation that has ended well."""
    return Operation(id=id_of("op", name), kind=kind, workspace=name, status=OperationStatus.DONE)


def diff_of(*pairs: tuple[str, str]) -> list[DiffLine]:
    """Diff lines from signs and texts, numbered."""
    kinds = {"+": LineKind.ADDED, "-": LineKind.REMOVED, " ": LineKind.CONTEXT, "@": LineKind.HUNK}
    lines: list[DiffLine] = []
    old = new = 0
    for sign, text in pairs:
        kind = kinds[sign]
        old += kind in (LineKind.CONTEXT, LineKind.REMOVED)
        new += kind in (LineKind.CONTEXT, LineKind.ADDED)
        lines.append(
            DiffLine(
                kind=kind,
                text=text,
                old=old if kind in (LineKind.CONTEXT, LineKind.REMOVED) else None,
                new=new if kind in (LineKind.CONTEXT, LineKind.ADDED) else None,
            )
        )
    return lines


def changed_file(path: str, added: int = 1, removed: int = 1, change: Change = Change.MODIFIED) -> FileChange:
    return FileChange(repo_id=id_of("repo", "app"), path=path, change=change, added=added, removed=removed)
