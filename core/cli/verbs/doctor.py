"""`boatyard doctor`: what Boatyard needs and finds on this machine, with what to do about it."""

from __future__ import annotations

import asyncio
import platform
import re
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.client import Client
from core.client.launch import engine_answers, ensure_engine
from core.config import load_config
from core.errors import BoatyardError

GIT_NEEDED = (2, 39)
LOW_DISK = 2 * 2**30
"""Bytes; below this, clones and images soon fail."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `good` None: neither needed nor wrong."""

    name: str
    good: bool | None
    text: str
    advice: str = ""


async def doctor(call: Invocation) -> int:
    findings = [_python(), await asyncio.to_thread(_git), _sqlite(), await asyncio.to_thread(_tmux)]
    findings += [_disk(call), _modes(call), _settings(call)]
    findings += await _engine(call)
    call.out.document([finding.__dict__ for finding in findings])
    for finding in findings:
        mark, colour = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", "")}[finding.good]
        call.out.line(f" {finding.name:<10} {finding.text}", mark=mark, mark_colour=colour)
        if finding.advice:
            call.out.line(f"             {finding.advice}")
    return 1 if any(finding.good is False for finding in findings) else 0


def _python() -> Finding:
    return Finding("python", True, platform.python_version())


def _sqlite() -> Finding:
    return Finding("sqlite", True, sqlite3.sqlite_version)


def _git() -> Finding:
    if shutil.which("git") is None:
        return Finding("git", False, "not found", "Install git 2.39 or later.")
    text = subprocess.run(("git", "--version"), capture_output=True, text=True, check=False).stdout.strip()
    numbers = re.search(r"(\d+)\.(\d+)", text)
    found = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
    good = found >= GIT_NEEDED
    return Finding("git", good, text, "" if good else "Boatyard needs git 2.39 or later.")


def _tmux() -> Finding:
    if shutil.which("tmux") is None:
        return Finding("tmux", None, "not found", "With tmux, shells open beside the interface.")
    text = subprocess.run(("tmux", "-V"), capture_output=True, text=True, check=False).stdout.strip()
    return Finding("tmux", True, text)


def _disk(call: Invocation) -> Finding:
    folder = call.home.data
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    good = free > LOW_DISK
    advice = "" if good else "Close or remove workspaces, or set BOATYARD_HOME to a larger disk."
    return Finding("disk", good, f"{free / 2**30:.1f} GiB free at {folder}", advice)


def _modes(call: Invocation) -> Finding:
    wrong = [
        folder
        for folder in (call.home.data, call.home.state, call.home.socket.parent)
        if folder.exists() and folder.stat().st_mode & 0o077
    ]
    if wrong:
        named = " ".join(map(str, wrong))
        return Finding("modes", False, f"others can look into {named}", f"chmod 700 {named}")
    return Finding("modes", True, "the home's folders are yours alone")


def _settings(call: Invocation) -> Finding:
    try:
        load_config(call.home.config / "config.toml")
    except BoatyardError as error:
        return Finding("settings", False, error.message, error.hint)
    return Finding("settings", True, str(call.home.config / "config.toml"))


async def _engine(call: Invocation) -> list[Finding]:
    ran = await engine_answers(call.home)
    try:
        await ensure_engine(call.home)
        async with Client(call.home.socket) as client:
            status = await client.engine_status()
            agents = [agent for agent in await client.agents() if agent.available and not agent.demonstration]
    except BoatyardError as error:
        return [Finding("engine", False, error.message, error.hint)]
    findings = [Finding("engine", True, f"process {status.pid}" + ("" if ran else ", started just now"))]
    for runner in status.runners:
        good = True if runner.available else None
        advice = "" if runner.available else "Without it, workspaces run on the host, which isolates nothing."
        findings.append(Finding(runner.kind.value, good, runner.detail, advice))
    if status.attention_trouble:
        findings.append(
            Finding("attention", False, status.attention_trouble, "See [attention] in config.toml.")
        )
    names = ", ".join(agent.name for agent in agents)
    advice = "" if agents else "Install one: 'boatyard agent list' says how. The demo agent is always there."
    findings.append(Finding("agents", True if agents else None, names or "none installed", advice))
    return findings


VERBS = (Verb("", "doctor", "look for what is missing or wrong, and say what to do", doctor),)
