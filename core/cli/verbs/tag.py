"""`boatyard tag`: add, list, show, set, remove; `boatyard scratch`: drafts of the user's terminals."""

from __future__ import annotations

import argparse
import sys

import msgspec
from msgspec import UNSET

from core.cli.invocation import Invocation
from core.cli.output import when
from core.cli.verb import Verb
from core.errors import UsageError
from core.values.requests import AddTag, PutScratch, UpdateTag


async def add(call: Invocation) -> None:
    async with call.engine() as client:
        tag = await client.add_tag(AddTag(name=call.args.name, content=_text(call.args.content)))
    call.out.result(tag, f"@{tag.name} stands for {len(tag.content)} characters")


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.tags()
    rows = [(f"@{tag.name}", str(len(tag.content)), tag.content.partition("\n")[0][:60]) for tag in found]
    call.out.table(found, ("NAME", "CHARACTERS", "BEGINS WITH"), rows)


async def show(call: Invocation) -> None:
    async with call.engine() as client:
        tag = await client.tag(call.args.tag)
    call.out.result(tag, tag.content)


async def change(call: Invocation) -> None:
    args = call.args
    body = UpdateTag(
        name=UNSET if args.name is None else args.name,
        content=UNSET if args.content is None else _text(args.content),
    )
    async with call.engine() as client:
        tag = await client.update_tag(args.tag, body)
    call.out.result(tag, f"@{tag.name} stands for {len(tag.content)} characters")


async def remove(call: Invocation) -> None:
    async with call.engine() as client:
        await client.remove_tag(call.args.tag)
    call.out.result({"removed": call.args.tag}, f"removed the tag {call.args.tag}")


async def show_scratch(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.scratch(call.args.kind, call.args.id)
    kept = f"kept {when(found.updated_at)}" if found.updated_at else "nothing is kept"
    call.out.result(found, kept, msgspec.json.encode(found.payload).decode())


async def set_scratch(call: Invocation) -> None:
    try:
        payload = msgspec.json.decode(_text(call.args.payload), type=dict[str, object])
    except msgspec.DecodeError as error:
        raise UsageError(
            f"the payload is no JSON object: {error}", hint='For example {"text": "…"}.'
        ) from error
    async with call.engine() as client:
        found = await client.put_scratch(call.args.kind, call.args.id, PutScratch(payload=payload))
    call.out.result(found, f"kept {when(found.updated_at)}")


async def remove_scratch(call: Invocation) -> None:
    async with call.engine() as client:
        await client.remove_scratch(call.args.kind, call.args.id)
    call.out.result({"removed": f"{call.args.kind}/{call.args.id}"}, "thrown away")


def _text(given: str) -> str:
    return sys.stdin.read() if given == "-" else given


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="what is typed behind the @")
    parser.add_argument("content", help="Markdown that it stands for; - reads it from standard input")


def _tag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tag", help="name or id")


def _set(parser: argparse.ArgumentParser) -> None:
    _tag(parser)
    parser.add_argument("--name")
    parser.add_argument("--content", help="- reads it from standard input")


def _scratch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", help="such as draft_follow_up or workspace_notes")
    parser.add_argument("id", help="what it belongs to: a workspace's name, say")


def _set_scratch(parser: argparse.ArgumentParser) -> None:
    _scratch(parser)
    parser.add_argument("payload", help="a JSON object; - reads it from standard input")


VERBS = (
    Verb("tag", "add", "add a text that @NAME in a prompt stands for", add, _add),
    Verb("tag", "list", "list the tags", show_all, aliases=("ls",)),
    Verb("tag", "show", "print a tag's text", show, _tag),
    Verb("tag", "set", "change a tag", change, _set),
    Verb("tag", "remove", "remove a tag", remove, _tag),
    Verb("scratch", "show", "print a draft", show_scratch, _scratch),
    Verb("scratch", "set", "keep a draft", set_scratch, _set_scratch),
    Verb("scratch", "remove", "throw a draft away", remove_scratch, _scratch),
)
