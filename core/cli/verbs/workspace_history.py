"""`boatyard workspace file-history`: what became of a file, step by step."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator

from core.cli.invocation import Invocation
from core.cli.output import short, when
from core.cli.verb import Verb
from core.cli.verbs.workspace import PATH, name
from core.client import Client
from core.values.provenance import FileStep, StepKind
from core.values.review import DiffLine, LineKind

WINDOW = 2000
SIGNS = {LineKind.ADDED: "+", LineKind.REMOVED: "-", LineKind.CONTEXT: " "}


async def history(call: Invocation) -> None:
    """The steps, the latest first; with --patch what each of them changed."""
    args = call.args
    async with call.engine() as client:
        found = await client.file_history(args.name, args.path, start=args.start, limit=args.limit)
        call.out.document(found)
        if call.out.json:
            return
        if not args.patch:
            call.out.table(found.steps, ("STEP", "WHEN", "LINES", "COMMIT", "BY"), map(row, found.steps))
        for step in found.steps if args.patch else ():
            call.out.data("  ".join(row(step)) + "\n")
            async for line in _lines(client, args.name, step):
                call.out.data(f"{SIGNS.get(line.kind, '')}{line.text}\n")
    if found.more:
        call.out.note(f"there are older ones: --start {found.start + len(found.steps)}")


def row(step: FileStep) -> tuple[str, ...]:
    """One step in words."""
    names = {
        StepKind.NOW: "now",
        StepKind.CHECKPOINT: f"checkpoint {step.checkpoint}",
        StepKind.COMMIT: "commit",
    }
    moved = f"{step.old_path} → {step.path}, " if step.old_path else ""
    lines = "binary" if step.binary else f"+{step.added} -{step.removed}"
    by = f"{step.author}: {step.subject}" if step.kind is StepKind.COMMIT else ""
    if step.process_id:
        by = f"{step.agent}, turn {short(step.process_id)}: {step.prompt}"
    return names[step.kind], when(step.at) if step.at else "-", lines, step.commit[:12], moved + by


async def _lines(client: Client, workspace: str, step: FileStep) -> AsyncIterator[DiffLine]:
    """What a step changed, by windows."""
    start, total = 0, 1
    while start < total:
        window = await client.file_step(
            workspace, step.path, step.before, step.commit, start=start, limit=WINDOW
        )
        for line in window.lines:
            yield line
        start, total = window.start + max(1, len(window.lines)), window.total


def _history(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("path", help=f"{PATH}; as it is called now, it may be gone")
    parser.add_argument("--start", type=int, default=0, metavar="N", help="leave out so many of the latest")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="steps at most (50)")
    parser.add_argument("-p", "--patch", action="store_true", help="with what each step changed")


VERBS = (
    Verb(
        "workspace",
        "file-history",
        "say what became of a file: checkpoints, turns, commits",
        history,
        _history,
    ),
)
