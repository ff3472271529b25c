"""`boatyard token`: add, list, remove."""

from __future__ import annotations

import argparse
import time

from core.cli.durations import parse_duration
from core.cli.invocation import Invocation
from core.cli.output import when
from core.cli.verb import Verb
from core.values.access import Scope, Token
from core.values.requests import AddToken

DEFAULT = "90d"


async def add(call: Invocation) -> None:
    args = call.args
    body = AddToken(name=args.name, scope=Scope(args.scope), seconds=parse_duration(args.expires))
    async with call.engine() as client:
        made = await client.add_token(body)
    call.out.document(made)
    if not call.out.json:
        call.out.data(made.secret + "\n")
    call.out.note(
        f"{made.token.name} may {made.token.scope.value}, {_until(made.token)}; keep the token: "
        "it is not shown again"
    )


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.tokens()
    rows = [(each.name, each.scope.value, when(each.created_at), _until(each)) for each in found]
    call.out.table(found, ("NAME", "MAY", "MADE", "HOLDS"), rows)


async def remove(call: Invocation) -> None:
    async with call.engine() as client:
        await client.remove_token(call.args.token)
    call.out.result({"removed": call.args.token}, f"{call.args.token} is worth nothing any more")


def _until(token: Token) -> str:
    if token.expires_at is None:
        return "until it is removed"
    word = "expired" if token.expires_at <= time.time() else "until"
    return f"{word} {when(token.expires_at)}"


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="whose it is: phone, ci")
    parser.add_argument("--scope", choices=[each.value for each in Scope], default=Scope.READ.value,
                        help="what it may do (read)")  # fmt: skip
    parser.add_argument("--expires", metavar="TIME", default=DEFAULT,
                        help=f"how long it holds: 30d, 12h, never ({DEFAULT})")  # fmt: skip


def _token(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("token", help="name or id")


VERBS = (
    Verb("token", "add", "make a token for the API over the network, and print it once", add, _add),
    Verb("token", "list", "list the tokens, without what makes them ones", show_all, aliases=("ls",)),
    Verb("token", "remove", "make a token worthless at once", remove, _token),
)
