"""A depot as one file and back: every ref of ours with all that it needs, as git-bundle(1) writes it."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

from core.errors import UsageError
from core.git.command import depot_git
from core.git.depot import LONG, Depot, settle

OURS = "refs/boatyard/*"
_SHALLOW = re.compile(rb"(?:[0-9a-f]{40}(?:[0-9a-f]{24})?\n)*")
_HEADER_LIMIT = 4096


async def write_bundle(depot: Depot, target: Path) -> bool:
    """Writes a depot's refs and objects into a file; whoever writes refs meanwhile is not held up.

    Returns:
        Whether there was anything; a depot without refs makes no file.

    Raises:
        GitError: An object is missing.
        StorageError: The disk is full.
    """
    if not await depot.refs("refs/boatyard/"):
        return False
    await depot.git.run("bundle", "create", "--quiet", str(target), f"--glob={OURS}", seconds=LONG)
    return True


async def read_bundle(bundle: Path, shallow: bytes, target: Path) -> None:
    """Makes a depot from such a file.

    Args:
        bundle: The file; it may come from anywhere.
        shallow: The commits at which the history was cut, as the depot's file `shallow` has them.
        target: Where the depot shall be; nothing may be there.

    Raises:
        UsageError: The file is no bundle.
        GitError: git refuses it, such as for an object that is missing.
        StorageError: The disk is full.
    """
    kind = await asyncio.to_thread(_object_format, bundle)
    if not _SHALLOW.fullmatch(shallow):
        raise UsageError(f"the file for {target.name} names no commits", hint="Nothing was changed.")
    git = depot_git(target)
    try:
        outside = depot_git(target.parent).without("GIT_DIR")
        await outside.run("init", "--quiet", "--bare", "--template=", f"--object-format={kind}", str(target))
        if shallow:
            await asyncio.to_thread((target / "shallow").write_bytes, shallow)
        fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
        reading = git.having({"GIT_ALLOW_PROTOCOL": "file"})
        await reading.run(*fetch, "--", str(bundle), f"{OURS}:{OURS}", seconds=LONG)
        await settle(git)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, target, ignore_errors=True)
        raise


async def troubles(depot: Depot) -> str:
    """What is missing in a depot, in git's words; empty when everything that refs need is there."""
    answer = await depot.git.run(
        "fsck", "--connectivity-only", "--no-dangling", "--no-progress", ok=range(256), seconds=LONG
    )
    # A HEAD that points nowhere is how depots are: they have no branch of their own.
    said = [line for line in (answer.out.decode(errors="replace") + answer.err).splitlines() if line.strip()]
    wrong = [line for line in said if not line.startswith("notice:")]
    return "" if answer.code == 0 else "; ".join(wrong[:3]) or f"git fsck ended with {answer.code}"


def _object_format(bundle: Path) -> str:
    """Which kind of ids a bundle has, by its first lines (gitformat-bundle(5))."""
    with bundle.open("rb") as file:
        head = file.read(_HEADER_LIMIT)
    if not head.startswith((b"# v2 git bundle\n", b"# v3 git bundle\n")):
        raise UsageError(f"{bundle.name} is no git bundle", hint="Nothing was changed.")
    return "sha256" if b"\n@object-format=sha256\n" in head else "sha1"
