"""`boatyard backup` and `boatyard restore-backup`: everything that cannot be made again, as one file."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.invocation import Invocation
from core.cli.output import when
from core.cli.verb import Verb
from core.cli.verbs.paths import absolute
from core.values.wording import counted

if TYPE_CHECKING:
    from core.lifecycle.backup_archive import Manifest


async def backup(call: Invocation) -> None:
    """Needs no engine and disturbs none."""
    from core.lifecycle.backup import make_backup  # heavy, and other commands do without

    name = time.strftime("boatyard-backup-%Y%m%d-%H%M%S.zip")
    target = absolute(call.args.file) if call.args.file else Path.cwd() / name
    if target.is_dir():
        target /= name
    manifest = await make_backup(call.home, target)
    size = target.stat().st_size
    call.out.document({"file": str(target), "bytes": size, "manifest": manifest})
    call.out.line(f"{target}  {size / 2**20:.1f} MiB", mark="✓ ", mark_colour="green")
    call.out.line("in it:")
    for line in contents(manifest):
        call.out.line(f"  {line}")
    call.out.line("not in it:")
    for line in manifest.left_out:
        call.out.line(f"  {line}")


async def restore(call: Invocation) -> None:
    from core.lifecycle.restore_backup import restore_backup

    done = await restore_backup(call.home, absolute(call.args.file), dry_run=call.args.dry_run)
    call.out.document(done)
    manifest = done.manifest
    made = f"of {when(manifest.made_at)}, by Boatyard {manifest.version}, schema {manifest.schema}"
    if call.args.dry_run:
        call.out.line(f"The backup {made}, is in order. Nothing was changed.")
    else:
        call.out.line(f"restored the backup {made}", mark="✓ ", mark_colour="green")
    for line in contents(manifest):
        call.out.line(f"  {line}")
    if done.ended_operations:
        call.out.line(
            f"{counted(done.ended_operations, 'operation')} that were under way are recorded as failed."
        )
    if done.kept:
        call.out.line(f"left as they are: {', '.join(done.kept)}")
    if done.moved_aside:
        call.out.line(f"What was there is in {done.moved_aside}: remove it when you do not need it.")
    if not call.args.dry_run:
        call.out.line("Folders of workspaces come back with 'boatyard workspace repair NAME'.")


def contents(manifest: Manifest) -> list[str]:
    """What is in a backup, in a line each."""
    kinds = {
        "the database": "boatyard.db",
        "repositories' depots with all snapshots and checkpoints": "depots/",
        "attached images": "images/",
        "settings and themes": "config/",
    }
    lines = []
    for text, start in kinds.items():
        own = [member for member in manifest.members if member.name.startswith(start)]
        own = [member for member in own if not member.name.endswith(".shallow")]
        if own:
            size = sum(member.size for member in own)
            lines.append(f"{text}: {counted(len(own), 'file')}, {size / 2**20:.1f} MiB")
    return lines


def _declare_backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", metavar="FILE", help="the file to make, or a folder for it")


def _declare_restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="what 'boatyard backup' wrote")
    parser.add_argument("--dry-run", action="store_true", help="check all of it and change nothing")


VERBS = (
    Verb("", "backup", "everything that cannot be made again, as one file", backup, _declare_backup),
    Verb("", "restore-backup", "bring a home back from a backup", restore, _declare_restore),
)
