"""`boatyard serve`: doors to the network, open for as long as the command runs."""

from __future__ import annotations

import argparse
import ipaddress

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.errors import UnreachableError, UsageError


async def serve(call: Invocation) -> None:
    """Opens the doors asked for and holds them until it is interrupted or the engine stops."""
    args = call.args
    if not args.api:
        raise UsageError("no door is named", hint="boatyard serve --api 127.0.0.1:9000")
    async with call.engine() as client:
        async for door in client.open_door("api", args.api, args.allow_host):
            host = f"[{door.host}]" if ":" in door.host else door.host
            url = f"http://{host}:{door.port}"
            call.out.result(door, f"{door.kind}: {url}")
            if not _is_local(door.host):
                call.out.note(
                    "what goes through it is not encrypted: put a TLS proxy or an SSH tunnel before it"
                )
    raise UnreachableError("the engine has stopped, and its doors are shut", hint="Start this again.")


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--api", metavar="HOST:PORT", help="the API, for whoever has a token")
    parser.add_argument("--allow-host", metavar="NAME", action="append", default=[],
                        help="a further name that requests may call this machine by")  # fmt: skip


VERBS = (Verb("", "serve", "let the engine be reached over the network while this runs", serve, _serve),)
