"""The home's folders: space, modes, settings, themes, what a dead engine left."""

from __future__ import annotations

import asyncio
import shutil
import stat
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from core.cli.diagnosis.finding import Finding, State
from core.client.launch import engine_answers, engine_holds
from core.config import load_config
from core.errors import BoatyardError
from core.paths import Home

LOW_DISK = 2 * 2**30
"""Bytes; below this, clones and images soon fail."""


def disk(home: Home) -> Finding:
    """How much room there is."""
    folder = home.data
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    what = f"{free / 2**30:.1f} GiB free at {folder}"
    if free > LOW_DISK:
        return Finding("disk", State.OK, what)
    return Finding(
        "disk",
        State.PROBLEM,
        what,
        "Clones, images and logs stop when the disk is full.",
        "Archive or remove workspaces ('boatyard workspace list'), shorten the logs ('boatyard process "
        "prune --dry-run'), or set BOATYARD_HOME to a larger disk.",
    )


def modes(home: Home) -> Finding:
    """Whether the home is the user's alone."""
    private = (home.data, home.state, home.socket.parent, home.socket, home.database, home.log)
    wrong = [path for path in private if _open_to_others(path)]
    if not wrong:
        return Finding("modes", State.OK, "the home's folders are yours alone")
    named = " ".join(map(str, wrong))
    return Finding(
        "modes",
        State.PROBLEM,
        f"others can look into {named}",
        "Whoever can use the socket or read the database can do and see all that you can.",
        f"chmod go= {named}",
        partial(_close_to_others, wrong),
    )


def _open_to_others(path: Path) -> bool:
    try:
        return bool(path.lstat().st_mode & 0o077) and not path.is_symlink()
    except OSError:
        return False


async def _close_to_others(paths: Iterable[Path]) -> str:
    for path in paths:
        path.chmod(stat.S_IMODE(path.lstat().st_mode) & 0o700)
    return "they are yours alone now"


def settings(home: Home) -> Finding:
    """Whether `config.toml` can be used."""
    path = home.config / "config.toml"
    try:
        load_config(path)
    except BoatyardError as error:
        return Finding(
            "settings",
            State.PROBLEM,
            error.message,
            "The engine starts with no settings that are wrong.",
            f"{error.hint} Edit {path}, then 'boatyard config check'.".strip(),
        )
    return Finding("settings", State.OK, str(path) if path.exists() else f"{path} (not there: defaults)")


def theme_files(home: Home) -> list[Finding]:
    """The user's own themes that cannot be used. Blocks."""
    from themes import load_theme  # only here: nothing else of the command line knows colours

    folder = home.config / "themes"
    findings = []
    for path in sorted(folder.glob("*.toml"))[:500]:
        try:
            load_theme(path.stem, folder)
        except BoatyardError as error:
            why = "The interface falls back on its own colours."
            findings.append(Finding("theme", State.WARNING, error.message, why, error.hint))
    return findings


async def leftovers(home: Home) -> list[Finding]:
    """What an engine that was killed has left, while none runs."""
    if await engine_answers(home) or engine_holds(home):
        return []
    findings = []
    if home.socket.is_socket():
        findings.append(
            Finding(
                "socket",
                State.WARNING,
                f"{home.socket} is there and nothing answers",
                "An engine was killed. The next one takes the place of the socket by itself.",
                f"rm {home.socket}",
                partial(_remove, [home.socket]),
            )
        )
    stale = await asyncio.to_thread(_git_locks, home)
    if stale:
        findings.append(
            Finding(
                "locks",
                State.WARNING,
                f"{len(stale)} git lock file{'s' * (len(stale) > 1)} in depots, such as {stale[0]}",
                "A git command was killed. Until the lock is gone, git refuses to write there.",
                "Remove them while no engine runs.",
                partial(_remove, stale),
            )
        )
    return findings


def _git_locks(home: Home) -> list[Path]:
    found: list[Path] = []
    for depot in home.depots.glob("*.git"):
        found += [*depot.glob("*.lock"), *(depot / "refs").rglob("*.lock")]
    return [path for path in found if path.is_file()]


async def _remove(paths: Iterable[Path]) -> str:
    for path in paths:
        path.unlink(missing_ok=True)
    return "removed"
