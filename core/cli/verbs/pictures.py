"""`boatyard task attach, detach, images`: pictures that agents get with their prompts."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.verb import Verb
from core.cli.verbs.paths import absolute
from core.client import Client
from core.values.prompting import Image
from core.values.requests import AddImage, AttachImage


async def add_picture(client: Client, path: str) -> Image:
    """Takes in a picture by its path, relative to where the user is."""
    return await client.add_image(AddImage(path=str(absolute(path))))


async def attach(call: Invocation) -> None:
    async with call.engine() as client:
        for path in call.args.files:
            image = await add_picture(client, path)
            await client.attach_image(call.args.task, AttachImage(image=image.id))
        found = await client.task_images(call.args.task)
    call.out.table(found, _HEADER, map(_row, found))


async def detach(call: Invocation) -> None:
    async with call.engine() as client:
        await client.detach_image(call.args.task, call.args.image)
    call.out.result({"removed": call.args.image}, f"the task does not have {call.args.image} any more")


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.task_images(call.args.task)
    call.out.table(found, _HEADER, map(_row, found))


_HEADER = ("ID", "TYPE", "BYTES", "NAME")


def _row(image: Image) -> tuple[str, ...]:
    return short(image.id), image.mime_type, str(image.size), image.name


def _task(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", help="id or the beginning of it")


def _attach(parser: argparse.ArgumentParser) -> None:
    _task(parser)
    parser.add_argument("files", nargs="+", metavar="FILE", help="PNG, JPEG, GIF or WebP")


def _detach(parser: argparse.ArgumentParser) -> None:
    _task(parser)
    parser.add_argument("image", help="id or the beginning of it; see 'task images'")


VERBS = (
    Verb("task", "attach", "attach pictures to a task", attach, _attach),
    Verb("task", "images", "list a task's pictures", show_all, _task),
    Verb("task", "detach", "take a picture from a task", detach, _detach),
)
