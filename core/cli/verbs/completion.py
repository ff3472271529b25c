"""`boatyard completion`: what the shell offers after tab, names of workspaces and projects among it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.client import Client
from core.client.launch import engine_answers

SHELLS = ("bash", "zsh")
NAMED = {
    ("workspace", "name"): "workspace", ("workspace", "names"): "workspace", ("ws", "name"): "workspace",
    ("ws", "names"): "workspace", ("landing", "name"): "workspace", ("project", "project"): "project",
    ("repo", "repo"): "repo", ("project", "repo"): "repo", ("agent", "agent"): "agent",
    ("template", "template"): "template", ("tag", "tag"): "tag", ("token", "token"): "token",
    ("container", "name"): "container", ("container", "names"): "container",
}  # fmt: skip
"""Which arguments, by noun and name, are names of what there is."""
FILES = {"FILE", "DIR"}
OFFERED = re.compile(r"[\w.@%+:/-]+\Z")
"""Names that mean nothing to a shell: others are not offered."""
BASH = """
_boatyard_offer() {
  local each
  while IFS= read -r each; do
    [[ $each == "$2"* ]] && printf '%s\\n' "$each"
  done < <(boatyard completion --names "$1" 2>/dev/null)
}
"""
ZSH = """
_boatyard_offer() {
  local -a found
  found=("${(@f)$(boatyard completion --names "$1" 2>/dev/null)}")
  compadd -a found
}
"""
FUNCTIONS = {
    "bash": ('_boatyard_{0}() {{ _boatyard_offer {0} "$1"; }}\n', BASH),
    "zsh": ("_boatyard_{0}() {{ _boatyard_offer {0}; }}\n", ZSH),
}


async def completion(call: Invocation) -> None:
    """Prints the script, or the names that it asks for."""
    if call.args.names:
        names = await _names(call, call.args.names)
        call.out.result(names, "\n".join(names))
        return
    script = _script(call.args.shell)
    call.out.result({"shell": call.args.shell, "script": script}, script)


async def _names(call: Invocation, kind: str) -> list[str]:
    if not await engine_answers(call.home):
        return []  # a key in a shell starts no engine
    async with Client(call.home.socket, brief=True) as client:
        return sorted(name for name in await SOURCES[kind](client) if OFFERED.match(name))


def _script(shell: str) -> str:
    import shtab

    from core.cli.parser import make_parser
    from core.cli.verbs import all_verbs

    parser = make_parser(all_verbs())
    for noun, action in _arguments(parser):
        kind = NAMED.get((noun, action.dest))
        # shtab reads an attribute of arguments that argparse's own type does not have.
        if kind is not None:
            action.complete = {shell: f"_boatyard_{kind}"}  # type: ignore[attr-defined]
        elif action.metavar in FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    each, offer = FUNCTIONS[shell]
    preamble: Any = {shell: offer + "".join(each.format(kind) for kind in SOURCES)}
    return str(shtab.complete(parser, shell=shell, preamble=preamble))


def _arguments(parser: argparse.ArgumentParser, noun: str = "") -> Iterator[tuple[str, argparse.Action]]:
    """The arguments of all verbs, each with its noun."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from _arguments(below, noun or name)
        else:
            yield noun, action


async def _workspaces(client: Client) -> list[str]:
    return [each.name for each in (await client.snapshot()).workspaces]


async def _projects(client: Client) -> list[str]:
    return [each.name for each in await client.projects()]


async def _repos(client: Client) -> list[str]:
    return [each.name for each in await client.repos()]


async def _agents(client: Client) -> list[str]:
    return [each.name for each in await client.agents()]


async def _templates(client: Client) -> list[str]:
    return [each.name for each in await client.templates()]


async def _tags(client: Client) -> list[str]:
    return [each.name for each in await client.tags()]


async def _tokens(client: Client) -> list[str]:
    return [each.name for each in await client.tokens()]


async def _containers(client: Client) -> list[str]:
    return [each.name for each in await client.containers()]


SOURCES: dict[str, Callable[[Client], Awaitable[list[str]]]] = {
    "workspace": _workspaces, "project": _projects, "repo": _repos, "agent": _agents,
    "template": _templates, "tag": _tags, "token": _tokens, "container": _containers,
}  # fmt: skip


def _declare(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("shell", nargs="?", choices=SHELLS, help="whose script to print")
    what.add_argument("--names", choices=sorted(SOURCES), help="print names of what there is, for the script")


HELP = "print a script with which the shell completes commands"
VERBS = (Verb("", "completion", HELP, completion, _declare),)
