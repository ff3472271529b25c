"""The programs that Boatyard needs or is better with."""

from __future__ import annotations

import platform
import re
import shutil
import sqlite3
import subprocess

from core.cli.diagnosis.finding import Finding, State

GIT_NEEDED = (2, 39)
TMUX_NEEDED = (3, 2)
"""The first with popups."""
SECONDS = 10.0


def said(*argv: str) -> str | None:
    """What a program prints; None when it is missing, fails or does not end."""
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, errors="replace", check=False, timeout=SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def numbers(text: str) -> tuple[int, int]:
    """The first version number in a text; 0.0 without one."""
    found = re.search(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def tools() -> list[Finding]:
    """Python, SQLite, git and tmux. Blocks."""
    return [
        Finding("python", State.OK, platform.python_version()),
        Finding("sqlite", State.OK, sqlite3.sqlite_version),
        _git(),
        _tmux(),
    ]


def _git() -> Finding:
    why = "Every workspace is a clone; merges are computed with what git has since 2.39."
    text = said("git", "--version") if shutil.which("git") else None
    if text is None:
        return Finding("git", State.PROBLEM, "not found", why, "Install git 2.39 or later.")
    if numbers(text) < GIT_NEEDED:
        return Finding("git", State.PROBLEM, f"{text} is too old", why, "Install git 2.39 or later.")
    return Finding("git", State.OK, text)


def _tmux() -> Finding:
    why = "With tmux, shells and editors open beside the interface."
    text = said("tmux", "-V") if shutil.which("tmux") else None
    if text is None:
        return Finding("tmux", State.WARNING, "not found", why, "Install tmux 3.2 or later.")
    if numbers(text) < TMUX_NEEDED:
        return Finding("tmux", State.WARNING, f"{text} is too old", why, "Install tmux 3.2 or later.")
    return Finding("tmux", State.OK, text)
