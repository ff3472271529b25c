"""What was copied into a workspace from beside git: a line in `workspace show`, all of it in `copied`."""

from __future__ import annotations

from collections.abc import Sequence

from core.cli.invocation import Invocation
from core.cli.output import Output
from core.values.entities import CopiedFiles
from core.values.wording import counted


def tell_copied(out: Output, reports: Sequence[CopiedFiles]) -> None:
    """How many files, and which patterns matched nothing."""
    for report in reports:
        out.line(
            f"copied    {report.repo}: {counted(len(report.files), 'file')} beside git, never in a merge"
        )
        for pattern in report.unmatched:
            out.line(f"          nothing matches {pattern}")
        for path, why in report.left:
            out.line(f"          left out {path}: {why}")


async def build_log(call: Invocation) -> None:
    """Prints what the building of the workspace's image said."""
    async with call.engine() as client:
        text = await client.build_log(call.args.name)
    call.out.document({"text": text})
    if not call.out.json:
        call.out.data(text)


async def copied(call: Invocation) -> None:
    """Prints every name, and what became of it."""
    async with call.engine() as client:
        reports = await client.copied_files(call.args.name)
    rows: list[tuple[str, str, str]] = []
    for report in reports:
        rows += [(report.repo, path, "copied") for path in report.files]
        rows += [(report.repo, path, "was there already") for path in report.kept]
        rows += [(report.repo, path, f"left out: {why}") for path, why in report.left]
        rows += [(report.repo, pattern, "matches nothing") for pattern in report.unmatched]
    call.out.table(reports, ("REPO", "PATH", "WHAT"), rows)
