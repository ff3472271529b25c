"""`boatyard template`: add, list, show, remove."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from core.cli.invocation import Invocation
from core.cli.output import short
from core.cli.settings import declare_settings, wanted_settings
from core.cli.verb import Verb
from core.cli.verbs.paths import absolute
from core.errors import NotFoundError, UsageError
from core.values.entities import Template, TemplateFile
from core.values.requests import AddTemplate

FILES_LIMIT = 500
"""Files that are read of a folder at most; the engine takes no more."""


async def add(call: Invocation) -> None:
    args = call.args
    files = [*(_folder(args.folder) if args.folder else ()), *map(_file, args.file)]
    body = AddTemplate(
        name=args.name,
        description=args.description,
        language=args.language,
        settings=wanted_settings(args),
        files=tuple({file.path: file for file in files}.values()),
    )
    async with call.engine() as client:
        found = await client.add_template(body)
    call.out.result(found, f"added the template {found.name} with {len(found.files)} files")


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
    return TemplateFile(path=path, content=_content(absolute(local)))


def _folder(text: str) -> list[TemplateFile]:
    """All files below a folder but git's own; links are not followed."""
    root = absolute(text)
    if not root.is_dir():
        raise NotFoundError(f"there is no folder {text}", hint="Check the path.")
    files: list[TemplateFile] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name != ".git")
        for path in (Path(folder) / name for name in sorted(names)):
            if path.is_file() and not path.is_symlink():
                files.append(TemplateFile(path=path.relative_to(root).as_posix(), content=_content(path)))
        if len(files) > FILES_LIMIT:
            raise UsageError(f"{text} has more than {FILES_LIMIT} files", hint="Name a smaller folder.")
    return files


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFoundError(f"{path} cannot be read: {error.strerror}", hint="Check the path.") from error


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
