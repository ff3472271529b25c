"""`boatyard template`: add, list, show, remove."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.settings import declare_settings, wanted_settings
from core.cli.verb import Verb
from core.cli.verbs.paths import absolute
from core.client.template_files import content_of, folder_files
from core.errors import UsageError
from core.values.entities import Template, TemplateFile
from core.values.requests import AddTemplate
from core.values.wording import counted


async def add(call: Invocation) -> None:
    args = call.args
    files = [*(folder_files(absolute(args.folder)) if args.folder else ()), *map(_file, args.file)]
    body = AddTemplate(
        name=args.name,
        description=args.description,
        language=args.language,
        settings=wanted_settings(args),
        files=tuple({file.path: file for file in files}.values()),
    )
    async with call.engine() as client:
        found = await client.add_template(body)
    call.out.result(found, f"added the template {found.name} with {counted(len(found.files), 'file')}")


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.templates()
    rows = [(t.name, t.language or "-", str(len(t.files)), str(t.use_count), t.description) for t in found]
    call.out.table(found, ("NAME", "LANGUAGE", "FILES", "USED", "DESCRIPTION"), rows)


async def show(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.template(call.args.template)
    call.out.result(found, *_lines(found))


async def remove(call: Invocation) -> None:
    async with call.engine() as client:
        await client.remove_template(call.args.template)
    call.out.result({"removed": call.args.template}, f"removed the template {call.args.template}")


def _lines(found: Template) -> list[str]:
    lines = [f"id           {short(found.id)}", f"name         {found.name}"]
    lines += [f"description  {found.description}"] if found.description else []
    lines += [f"language     {found.language}"] if found.language else []
    lines += [f"{name:<12} {value}" for name, value in found.settings.items()]
    return lines + [f"file         {file.path} ({len(file.content)} bytes)" for file in found.files]


def _file(text: str) -> TemplateFile:
    path, equals, local = text.partition("=")
    if not equals or not path:
        raise UsageError("a file is given without its path", hint="Write --file PATH=LOCAL-FILE.")
    return TemplateFile(path=path, content=content_of(absolute(local)))


def _template(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("template", help="name or id")


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--description", default="")
    parser.add_argument("--language", default="")
    parser.add_argument("--folder", default="", metavar="DIR", help="take all files below it")
    parser.add_argument("--file", action="append", default=[], metavar="PATH=LOCAL", help="take one file")
    declare_settings(parser)


VERBS = (
    Verb("template", "add", "keep files and settings for new workspaces", add, _add),
    Verb("template", "list", "list the templates", show_all, aliases=("ls",)),
    Verb("template", "show", "show a template", show, _template),
    Verb("template", "remove", "forget a template", remove, _template),
)
