"""What must be true after a soak, whatever was killed when: each function gives what it finds wrong."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from core.paths import Home

KNOWN_REFS = ("refs/boatyard/source/", "refs/boatyard/workspaces/", "refs/boatyard/checkpoints/")
"""Refs that a depot may have at rest."""


@dataclass
class Worked:
    """One workspace of a soak, as its model knows it."""

    name: str
    sent: list[str] = field(default_factory=list)
    """Acknowledged prompts, in order; also the one that is being sent again and again."""
    checkpoints: list[str] = field(default_factory=list)
    """Messages of acknowledged checkpoints."""
    merged: int = 0
    """How many prompts had been carried out when the last acknowledged merge began."""
    removed: bool = False


def lines_of(prompt: str, count: int) -> str:
    """What the agent of the soak prints for a prompt."""
    return "".join(f"{prompt} {number}\n" for number in range(1, count + 1))


def database_wrongs(home: Home) -> list[str]:
    """Integrity, foreign keys, and rows that say that something still runs; the engine must be down."""
    queries = {
        "operations that are neither done nor undone": "SELECT kind FROM operation WHERE status = 'running'",
        "processes that still run": "SELECT id FROM execution_process WHERE status = 'running'",
        "prompts left in a queue": "SELECT prompt FROM queued_prompt"
        " WHERE workspace_id IN (SELECT id FROM workspace WHERE state != 'deleted')",
        "workspaces half made": "SELECT name FROM workspace WHERE state = 'creating'",
        "broken foreign keys": "PRAGMA foreign_key_check",
    }
    with closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)) as database:
        (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
        wrongs = [] if verdict == "ok" else [f"the database is damaged: {verdict}"]
        for words, query in queries.items():
            rows = database.execute(query).fetchall()
            wrongs += [f"{words}: {rows[:5]}"] if rows else []
    return wrongs


def repository_wrongs(repository: Path) -> list[str]:
    """The user's own repository: whole, clean, with no ref or lock that they did not make."""
    wrongs = _git_wrongs(repository)
    refs = _git(repository, "for-each-ref", "--format=%(refname)").split()
    wrongs += [f"a ref in the user's repository: {ref}" for ref in refs if ref != "refs/heads/main"]
    status = _git(repository, "status", "--porcelain", "--ignored")
    return wrongs + ([f"the user's tree is not clean: {status[:200]}"] if status else [])


def depot_wrongs(home: Home, names: Iterable[str]) -> list[str]:
    """The depots: whole, and every ref explained by a workspace that is there or in the trash."""
    known, wrongs = set(names), []
    for depot in home.depots.glob("*.git"):
        wrongs += _git_wrongs(depot)
        for ref in _git(depot, "for-each-ref", "--format=%(refname)").split():
            owned = ref.startswith(KNOWN_REFS[0]) or any(part in known for part in ref.split("/"))
            wrongs += [] if owned and ref.startswith(KNOWN_REFS) else [f"an unexplained ref: {ref}"]
    return wrongs


def folder_wrongs(home: Home, live: set[str], removed: set[str], processes: set[str]) -> list[str]:
    """Every folder below the home belongs to something that is there."""
    wrongs = [
        f"{where.name} holds {sorted(each.name for each in where.iterdir())}, not {sorted(wanted)}"
        for where, wanted in ((home.workspaces, live), (home.trash, removed))
        if {each.name for each in where.iterdir()} != wanted
    ]
    for name in live:
        runs = {each.name for each in (home.workspaces / name / "runs").iterdir()}
        # A short command's goes with the engine's next look, an hour later: it might still run.
        unknown = [run for run in runs - processes if not run.startswith("exec-")]
        wrongs += [f"{name} has a run directory without a process: {run}" for run in unknown]
    return wrongs


def locks_below(*folders: Path) -> list[str]:
    """Lock files of git that nobody holds any more."""
    return [
        f"a lock was left: {Path(folder, name)}"
        for top in folders
        for folder, _, names in os.walk(top)
        for name in names
        # The depot's own lock beside it is a file that is held with flock, and stays.
        if name.endswith(".lock") and not name.endswith(".git.lock") and ".git" in folder
    ]


def _git_wrongs(folder: Path) -> list[str]:
    done = subprocess.run(
        ["git", "-C", str(folder), "fsck", "--strict", "--no-dangling", "--no-progress"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [f"{folder} is not whole: {done.stdout[:300]}{done.stderr[:300]}"] if done.returncode else []


def _git(folder: Path, *argv: str) -> str:
    argv = ("git", "-C", str(folder), *argv)
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()
