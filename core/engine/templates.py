"""Templates: files and settings that new workspaces can be made from."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import msgspec

from core.engine.planning import resolved_settings
from core.engine.projects import checked_name
from core.engine.texts import check_text
from core.errors import ConflictError, UsageError
from core.lifecycle.context import Context
from core.store import lookup
from core.store import models as m
from core.values.answers import RemovedAnswer
from core.values.entities import Template, TemplateFile
from core.values.requests import AddTemplate

FILES_LIMIT = 500
SIZE_LIMIT = 8 * 1024**2
"""Bytes of all files of a template."""


class Templates:
    """What a user can do with templates."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list(self) -> tuple[Template, ...]:
        """All templates by name, without their files' content."""

        def read() -> tuple[Template, ...]:
            return tuple(_view(row, content=False) for row in m.Template.select().order_by(m.Template.name))

        return await self._context.store.read(read)

    async def get(self, key: str) -> Template:
        return await self._context.store.read(lambda: _view(lookup.template(key), content=True))

    async def add(self, body: AddTemplate) -> Template:
        """Keeps a template.

        Raises:
            ConflictError: The name is taken.
            UsageError: A path leads out of a repository, a setting makes no sense, or it is too large.
        """
        name = checked_name(body.name)
        check_text("the description", body.description)
        check_text("the language", body.language, 100)
        resolved_settings(body.settings, self._context.config.workspace)
        _check_files(body.files)

        def write() -> Template:
            if m.Template.select().where(m.Template.name == name).exists():
                raise ConflictError(
                    f"there is a template named {name!r} already", hint="Choose another name."
                )
            row = m.Template.create(
                name=name,
                description=body.description,
                language=body.language,
                settings=_given(body),
                public=body.public,
            )
            for file in body.files:
                m.TemplateFile.create(template=row, path=file.path, content=file.content)
            return _view(row, content=True)

        return await self._context.store.write(write)

    async def remove(self, key: str) -> RemovedAnswer:
        """Forgets a template; workspaces that were made from it stay as they are."""

        def write() -> str:
            row = lookup.template(key)
            row.delete_instance()
            return str(row.id)

        return RemovedAnswer(removed=await self._context.store.write(write))


def _given(body: AddTemplate) -> dict[str, Any]:
    """The settings that differ from what is taken when nothing is said."""
    plain: dict[str, Any] = msgspec.to_builtins(body.settings)
    nothing = msgspec.to_builtins(type(body.settings)())
    return {name: value for name, value in plain.items() if value != nothing[name]}


def _check_files(files: tuple[TemplateFile, ...]) -> None:
    if len(files) > FILES_LIMIT or sum(len(file.content) for file in files) > SIZE_LIMIT:
        raise UsageError(
            f"a template has at most {FILES_LIMIT} files of {SIZE_LIMIT // 1024**2} MiB together",
            hint="Put large files into the repository.",
        )
    seen: set[str] = set()
    for file in files:
        check_text("a path", file.path, 4000)
        parts = PurePosixPath(file.path).parts
        if not parts or file.path.startswith("/") or {"..", ".git"} & set(parts) or file.path.endswith("/"):
            raise UsageError(
                f"{file.path[:80]!r} cannot be a file of a template",
                hint="Give its path as seen from the repository's top.",
            )
        if str(PurePosixPath(file.path)) in seen:
            raise UsageError(f"{file.path[:80]!r} is there twice", hint="Leave one out.")
        seen.add(str(PurePosixPath(file.path)))


def _view(row: m.Template, *, content: bool) -> Template:
    files = row.files.order_by(m.TemplateFile.path)
    return Template(
        id=row.id,
        name=row.name,
        description=row.description,
        language=row.language,
        settings=row.settings,
        files=tuple(
            TemplateFile(path=file.path, content=bytes(file.content) if content else b"") for file in files
        ),
        public=row.public,
        use_count=row.use_count,
    )
