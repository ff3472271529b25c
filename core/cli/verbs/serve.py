"""`boatyard serve`: doors to the network, open for as long as the command runs."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
from collections.abc import AsyncIterator

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.errors import BoatyardError, UnreachableError, UsageError
from core.values.access import OpenDoor

PUBLIC = "127.0.0.1:8000"


async def serve(call: Invocation) -> None:
    """Opens the doors asked for and holds them until it is interrupted or the engine stops."""
    args = call.args
    wanted = [(kind, address) for kind, address in (("api", args.api), ("public", args.public)) if address]
    if not wanted:
        raise UsageError("no door is named", hint="boatyard serve --api 127.0.0.1:9000, or --public")
    async with call.engine() as client:
        doors = [_hold(call, client.open_door(kind, address, args.allow_host)) for kind, address in wanted]
        holding = [asyncio.create_task(door) for door in doors]
        try:
            await asyncio.wait(holding, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in holding:
                task.cancel()
            ended = await asyncio.gather(*holding, return_exceptions=True)
    for error in ended:
        if isinstance(error, BoatyardError):
            raise error
    raise UnreachableError("the engine has stopped, and its doors are shut", hint="Start this again.")


async def _hold(call: Invocation, doors: AsyncIterator[OpenDoor]) -> None:
    async for door in doors:
        host = f"[{door.host}]" if ":" in door.host else door.host
        call.out.result(door, f"{door.kind}: http://{host}:{door.port}/")
        if not _is_local(door.host):
            call.out.note("what goes through it is not encrypted: put a TLS proxy or an SSH tunnel before it")


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--api", metavar="HOST:PORT", help="the API, for whoever has a token")
    parser.add_argument("--public", metavar="HOST:PORT", nargs="?", const=PUBLIC,
                        help=f"what was published, for everybody, to read ({PUBLIC})")  # fmt: skip
    parser.add_argument("--allow-host", metavar="NAME", action="append", default=[],
                        help="a further name that requests may call this machine by")  # fmt: skip


VERBS = (Verb("", "serve", "let the engine be reached over the network while this runs", serve, _serve),)
