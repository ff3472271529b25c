"""`boatyard workspace dev`: a workspace's dev servers."""

from __future__ import annotations

import argparse
import asyncio

from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.verb import Verb
from core.client import Client
from core.client.forwarding import forward_line
from core.errors import BoatyardError
from core.values.entities import DevServer
from core.values.requests import DevServerRequest

FOUND_SECONDS = 60.0
"""How long `--wait` waits for the addresses."""


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("start", "stop", "show"))
    parser.add_argument("name")
    parser.add_argument("--repo", default="", help="the repo whose dev server is meant; all when not given")
    parser.add_argument("--wait", action="store_true", help="until each address is known")


async def run(call: Invocation) -> None:
    args = call.args
    body = DevServerRequest(repo=args.repo)
    async with call.engine() as client:
        if args.what == "stop":
            servers = await client.stop_dev_servers(args.name, body)
        elif args.what == "start":
            servers = await client.start_dev_servers(args.name, body)
            if args.wait:
                servers = await _found(client, args.name, servers)
        else:
            servers = await client.dev_servers(args.name)
    call.out.table(servers, ("REPO", "PROCESS", "URL"), map(_row, servers))
    for line in dict.fromkeys(forward_line(server.url) for server in servers if server.url):
        if line:
            call.out.note(f"on the machine in front of you: {line}")


def _row(server: DevServer) -> tuple[str, ...]:
    return server.repo, short(server.process_id), server.url or server.notice or "not known yet"


async def _found(client: Client, name: str, servers: tuple[DevServer, ...]) -> tuple[DevServer, ...]:
    """The servers when each has told its address, or why it has none.

    Raises:
        BoatyardError: One of them has ended, or says nothing for a minute.
    """
    since = (await client.snapshot()).sequence
    wanted = {server.process_id for server in servers}
    now = await client.dev_servers(name)
    try:
        async with asyncio.timeout(FOUND_SECONDS):
            events = client.events(since)
            while not all(server.url or server.notice for server in now):
                await anext(events)
                now = await client.dev_servers(name)
                _refuse_ended(wanted - {server.process_id for server in now})
    except TimeoutError:
        raise BoatyardError(
            f"a dev server of {name} has told no address within {FOUND_SECONDS:g} s",
            hint="It goes on; its log: boatyard process list, boatyard process logs ID.",
        ) from None
    return now


def _refuse_ended(ended: set[str]) -> None:
    for process_id in ended:
        raise BoatyardError(
            "the dev server has ended", hint=f"Its output: boatyard process logs {short(process_id)}"
        )


VERBS = (Verb("workspace", "dev", "start, stop or show dev servers", run, declare),)
