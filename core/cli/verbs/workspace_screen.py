"""`boatyard workspace attach, screen, type`: agents that work on a screen of their own."""

from __future__ import annotations

import argparse
import re

from core.cli.invocation import Invocation
from core.cli.own_terminal import become
from core.cli.verb import Verb
from core.cli.verbs.workspace import name
from core.values.requests import TypeText

COLOURS = re.compile(r"\x1b\[[0-9;:]*m")


async def attach(call: Invocation) -> int:
    """Replaces this process by the agent's screen; ctrl+] comes back, and the agent goes on."""
    async with call.engine() as client:
        argv = await client.attach_argv(call.args.name)
    return become(call, argv)


async def screen(call: Invocation) -> None:
    async with call.engine() as client:
        shown = await client.screen(call.args.name)
    call.out.result(shown, *(COLOURS.sub("", line) for line in shown.lines))


async def type_text(call: Invocation) -> None:
    async with call.engine() as client:
        body = TypeText(text=call.args.text, enter=not call.args.no_enter)
        await client.type_text(call.args.name, body)
    call.out.result({"typed": len(call.args.text)}, "typed")


def _type(parser: argparse.ArgumentParser) -> None:
    name(parser)
    parser.add_argument("text", help="what is typed, as it is")
    parser.add_argument("--no-enter", action="store_true", help="without Enter behind it")


VERBS = (
    Verb("workspace", "attach", "see and steer the agent on its own screen; ctrl+] leaves it", attach, name),
    Verb("workspace", "screen", "print what the screen of the agent shows", screen, name),
    Verb("workspace", "type", "type on the screen of the agent", type_text, _type),
)
