"""`boatyard task attempts, choose` and `workspace check`: several attempts at a task side by side."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.progress import watch_operation
from core.cli.verb import Verb
from core.cli.verbs.workspace import name
from core.values.attempts import Attempt
from core.values.requests import ChooseAttempt


async def attempts(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.attempts(call.args.task)
    columns = ("WORKSPACE", "AGENT", "STATE", "FILES", "LINES", "CHECK", "TURNS", "MINUTES", "TOKENS", "COST")
    call.out.table(found, columns, [_row(each) for each in found])


def _row(each: Attempt) -> tuple[str, ...]:
    check = each.check.value + (", stale" if each.check_stale else "")
    cost = f"{each.spent.cost:.2f}" if each.spent.cost else "-"
    return (
        each.workspace, each.agent or "-", each.activity.value, str(each.files),
        f"+{each.added} -{each.removed}", check, str(each.spent.turns), f"{each.spent.minutes:.1f}",
        str(each.spent.tokens or "-"), cost,
    )  # fmt: skip


async def choose(call: Invocation) -> None:
    """Keeps one attempt and archives the others."""
    body = ChooseAttempt(workspace=call.args.name, skip_script=call.args.skip_script)
    async with call.engine() as client:
        begun = await client.choose_attempt(call.args.task, body)
        ended = [await watch_operation(call.out, client, each) for each in begun]
    others = ", ".join(each.workspace for each in ended) or "there was no other"
    call.out.result(ended, f"{call.args.name} stays; archived: {others}")


async def check(call: Invocation) -> int:
    """Exit code 1 when it fails."""
    async with call.engine() as client:
        answer = await client.check(call.args.name)
    said = "passed" if answer.passed else f"{answer.reason}; boatyard process logs {answer.process_id[:8]}"
    call.out.result(answer, f"{call.args.name}: {said}")
    return 0 if answer.passed else 1


def _task(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", help="id of the task")


def _choose(parser: argparse.ArgumentParser) -> None:
    _task(parser)
    parser.add_argument("name", help="the workspace that stays")
    parser.add_argument("--skip-script", action="store_true", help="leave the archive scripts out")


VERBS = (
    Verb("task", "attempts", "compare its workspaces", attempts, _task),
    Verb("task", "choose", "keep one attempt and archive the others", choose, _choose),
    Verb("workspace", "check", "run the check scripts of its repositories", check, name),
)
