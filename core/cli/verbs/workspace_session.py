"""`boatyard workspace send, approve, reject, logs, queue`: talking with the agent in a workspace."""

from __future__ import annotations

import argparse
import sys

from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.sending import send_once
from core.cli.turn import wait_for_queued, wait_for_turn
from core.cli.verb import Verb
from core.cli.verbs.pictures import add_picture
from core.cli.verbs.process import declare_log, outcome, print_log
from core.cli.verbs.workspace import name
from core.client import Client
from core.errors import NotFoundError, UsageError
from core.values.entities import Approval, FormField, Process
from core.values.requests import AnswerApproval, SendPrompt

Given = str | float | bool | tuple[str, ...]
NOTHING_GIVEN: dict[str, Given] = {}


async def send(call: Invocation) -> int:
    prompt = call.args.prompt
    if prompt == "-":
        prompt = sys.stdin.read()
    async with call.engine() as client:
        images = tuple([(await add_picture(client, path)).id for path in call.args.attach])
        body = SendPrompt(
            prompt=prompt, agent=call.args.agent, attachments=images, request_id=call.args.request_id
        )
        sent = await send_once(call, client, call.args.name, body)
        if not isinstance(sent, Process) and call.args.wait:
            sent = await wait_for_queued(call.out, client, sent)
        if not isinstance(sent, Process):
            call.out.result(sent, f"queued behind the turn that runs, at place {sent.position + 1}")
            return 0
        if not call.args.wait:
            call.out.result(sent, f"turn started: process {short(sent.id)}")
            return 0
        ended = await wait_for_turn(call.out, client, sent)
        call.out.document(ended)
        return outcome(ended)


async def approve(call: Invocation) -> None:
    option = call.args.option or ("allow_always" if call.args.always else "")
    await _answer(call, option, "approved", _values(call.args.set))


async def reject(call: Invocation) -> None:
    await _answer(call, "reject_once", "rejected")


async def _answer(call: Invocation, option: str, word: str, values: dict[str, Given] = NOTHING_GIVEN) -> None:
    async with call.engine() as client:
        approval = await _pending(call, client)
        answered = await client.answer_approval(approval.id, AnswerApproval(option=option, values=values))
    call.out.result(answered, f"{word}: {answered.title}")


async def _pending(call: Invocation, client: Client) -> Approval:
    """The request meant: the oldest that waits, or the one whose id was given."""
    waiting = await client.approvals(call.args.name)
    if not waiting:
        raise NotFoundError(
            f"no agent in {call.args.name!r} asks for permission", hint="See 'boatyard workspace show'."
        )
    wanted = call.args.request
    if not wanted:
        return waiting[0]
    meant = [approval for approval in waiting if approval.id.startswith(wanted)]
    if len(meant) != 1:
        raise UsageError(
            f"{len(meant)} requests that wait have ids that begin with {wanted[:40]!r}",
            hint="Requests: " + ", ".join(f"{short(a.id)} {a.title[:40]}" for a in waiting),
        )
    return meant[0]


def _values(pairs: list[str]) -> dict[str, Given]:
    """What `--set NAME=VALUE` says; the engine reads the values in the fields' own kinds."""
    given: dict[str, Given] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"{pair[:60]!r} is not NAME=VALUE", hint="For example --set colour=blue.")
        given[key] = value
    return given


async def commands(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.commands(call.args.name)
    rows = [(f"/{each.name}", each.hint, each.description.partition("\n")[0][:80]) for each in found]
    call.out.table(found, ("COMMAND", "TAKES", "WHAT IT DOES"), rows)


async def mode(call: Invocation) -> None:
    """Lists the modes, or has the agent work in another one."""
    async with call.engine() as client:
        if call.args.mode:
            modes = await client.set_mode(call.args.name, call.args.mode)
        else:
            modes = await client.modes(call.args.name)
    wanted = modes.chosen or modes.current
    rows = [("*" if m.id == wanted else "", m.id, m.description or m.name) for m in modes.available]
    call.out.table(modes, ("", "MODE", "WHAT IT DOES"), rows)


async def requests(call: Invocation) -> None:
    async with call.engine() as client:
        waiting = await client.approvals(call.args.name)
    rows = [
        (
            short(a.id),
            a.title,
            " ".join(option.id for option in a.options),
            " ".join(_field_words(field) for field in a.form),
        )
        for a in waiting
    ]
    call.out.table(waiting, ("ID", "WANTS", "OPTIONS", "FIELDS"), rows)


def _field_words(field: FormField) -> str:
    wanted = "|".join(choice.value for choice in field.choices) or field.kind
    return f"{field.name}={wanted}" if field.required else f"[{field.name}={wanted}]"


async def logs(call: Invocation) -> None:
    """Prints the log of the latest agent process, or of the latest process at all."""
    async with call.engine() as client:
        workspace = await client.workspace(call.args.name)
        process_id = workspace.process_id
        if process_id is None:
            found = await client.processes(workspace.name)
            if not found:
                raise NotFoundError(f"nothing has run in {workspace.name!r} yet", hint="Send it a prompt.")
            process_id = found[0].id
        tail = max(0, call.args.tail)
        await print_log(call.out, client, process_id, call.args.stream, follow=call.args.follow, tail=tail)


def _send(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("prompt", help="what the agent is told; - reads it from standard input")
    parser.add_argument("--agent", default="", help="another agent, which begins a new session")
    parser.add_argument("--attach", action="append", default=[], metavar="FILE", help="a picture")
    parser.add_argument("--wait", action="store_true", help="until the turn has ended")
    parser.add_argument(
        "--request-id", default="", metavar="ID", help="a word of your own; the same one again sends nothing"
    )


def _request(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("request", nargs="?", default="", help="id of the request; else the oldest")


def _approve(parser: argparse.ArgumentParser) -> None:
    _request(parser)
    parser.add_argument("--always", action="store_true", help="also the next time")
    parser.add_argument("--option", default="", help="id of an option; see 'boatyard workspace requests'")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="fill in a field of a question"
    )


def _mode(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("mode", nargs="?", default="", help="the agent's word for it; else they are listed")


def _logs(parser: argparse.ArgumentParser) -> None:
    name(parser)
    declare_log(parser)


VERBS = (
    Verb("workspace", "send", "send the agent a prompt", send, _send),
    Verb("workspace", "requests", "list what the agent asks permission for", requests, name),
    Verb("workspace", "commands", "list the agent's own commands", commands, name),
    Verb("workspace", "mode", "show or change the mode that the agent works in", mode, _mode),
    Verb("workspace", "approve", "allow what the agent asks for", approve, _approve),
    Verb("workspace", "reject", "refuse what the agent asks for", reject, _request),
    Verb("workspace", "logs", "print the agent's raw output", logs, _logs),
)
