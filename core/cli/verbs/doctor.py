"""`boatyard doctor`: what is missing or wrong on this machine and in this home, and what to do about it."""

from __future__ import annotations

import argparse
import asyncio
import sys

from core.cli.diagnosis.data import data
from core.cli.diagnosis.engine import engine
from core.cli.diagnosis.finding import Finding, State
from core.cli.diagnosis.home import disk, leftovers, modes, settings, theme_files
from core.cli.diagnosis.keys import keys
from core.cli.diagnosis.terminal import terminal
from core.cli.diagnosis.tools import tools
from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.errors import BoatyardError, UsageError
from core.paths import Home

MARKS = {State.OK: ("✓", "green"), State.WARNING: ("!", "yellow"), State.PROBLEM: ("✗", "red")}


async def doctor(call: Invocation) -> int:
    """Nothing is changed without `--fix`; with it, each fix is asked for, or `--yes` was given."""
    if call.args.yes and not call.args.fix:
        raise UsageError("--yes says yes to fixes, and --fix is missing", hint="boatyard doctor --fix --yes")
    asked = call.args.fix and not call.args.yes
    if asked and (call.out.json or not sys.stdin.isatty()):
        raise UsageError(
            "fixes are asked for, and there is no terminal to ask on", hint="boatyard doctor --fix --yes"
        )
    findings = await examine(call.home)
    if not call.out.json:
        for finding in findings:
            _show(call, finding)
    fixed: list[dict[str, str]] = []
    if call.args.fix:
        fixed = await _fix(call, findings)
        findings = await examine(call.home) if fixed else findings
    if call.args.fix:
        call.out.document({"findings": [each.document() for each in findings], "fixed": fixed})
    else:
        call.out.document([finding.document() for finding in findings])
        if any(finding.remedy for finding in findings):
            call.out.line("'boatyard doctor --fix' offers to put right what is marked with *.")
    return 1 if any(finding.state is State.PROBLEM for finding in findings) else 0


async def examine(home: Home) -> list[Finding]:
    """Everything that was found, in the order in which it is best put right."""
    findings = await asyncio.to_thread(tools)
    findings += [disk(home), modes(home), settings(home)]
    findings += await asyncio.to_thread(theme_files, home)
    findings += await asyncio.to_thread(keys, home)
    findings += await asyncio.to_thread(terminal)
    # Before the engine is started, which would take the traces of a dead one away.
    findings += await leftovers(home)
    findings += await data(home)
    return findings + await engine(home)


def _show(call: Invocation, finding: Finding) -> None:
    mark, colour = MARKS[finding.state]
    word = "" if finding.state is State.OK else f"{finding.state.value}: "
    star = " *" if finding.remedy else ""
    call.out.line(f" {finding.name:<12} {word}{finding.what}{star}", mark=mark, mark_colour=colour)
    if finding.state is not State.OK:
        for text in filter(None, (finding.why, finding.fix)):
            call.out.line(f"               {text}")


async def _fix(call: Invocation, findings: list[Finding]) -> list[dict[str, str]]:
    fixed = []
    for finding in findings:
        if finding.remedy is None or not (call.args.yes or await asyncio.to_thread(_agreed, call, finding)):
            continue
        try:
            done = await finding.remedy()
        except (BoatyardError, OSError) as error:
            call.out.note(f"{finding.name}: not fixed: {error}")
            continue
        call.out.line(f" {finding.name:<12} {done}", mark="✓", mark_colour="green")
        fixed.append({"name": finding.name, "what": finding.what, "done": done})
    return fixed


def _agreed(call: Invocation, finding: Finding) -> bool:
    call.out.note(f"{finding.name}: {finding.what}\n  {finding.fix}")
    try:
        return input("Do this? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fix", action="store_true", help="offer to put right what can be, one by one")
    parser.add_argument("--yes", action="store_true", help="with --fix: do all of it without asking")


VERBS = (Verb("", "doctor", "look for what is missing or wrong, and say what to do", doctor, _declare),)
