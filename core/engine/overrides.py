"""What a project says otherwise than its repos do: scripts, copy-files, whether set-ups run side by side."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from core.engine.texts import check_text
from core.errors import NotFoundError
from core.lifecycle.context import Context
from core.lifecycle.patterns import Patterns
from core.store import lookup
from core.store import models as m
from core.values.entities import ProjectRepo
from core.values.requests import UpdateProjectRepo


class Overrides:
    """What a user can do with the repos of a project."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list(self, project: str) -> tuple[ProjectRepo, ...]:
        """The project's repos in their order, with what it overrides of each."""

        def read() -> tuple[ProjectRepo, ...]:
            links = lookup.project(project).links.order_by(m.ProjectRepo.position)
            return tuple(map(_view, links))

        return await self._context.store.read(read)

    async def update(self, project: str, repo: str, body: UpdateProjectRepo) -> ProjectRepo:
        """Overrides, or with null follows the repo again.

        Raises:
            NotFoundError: The repo is not in the project.
            UsageError: A pattern or script cannot be kept.
        """
        changes = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
        check_creation_settings(changes)

        def write() -> ProjectRepo:
            row = lookup.project(project)
            wanted = lookup.repo(repo)
            link = next((each for each in row.links if each.repo_id == wanted.id), None)
            if link is None:
                raise NotFoundError(
                    f"the repo {wanted.path} is not in the project {row.name!r}",
                    hint=f"Add it: boatyard project set {row.name} --add-repo {wanted.path}",
                )
            condition = (m.ProjectRepo.project == row) & (m.ProjectRepo.repo == wanted)
            if changes:
                m.ProjectRepo.update(**changes).where(condition).execute()
            return _view(m.ProjectRepo.get(condition))

        return await self._context.store.write(write)


def check_creation_settings(changes: dict[str, object]) -> None:
    """Refuses scripts and patterns that could not be used.

    Raises:
        UsageError: A text is too long or no text, or a pattern leads out of the repository.
    """
    for name, value in changes.items():
        if isinstance(value, str):
            check_text(f"the {name.replace('_', ' ')}", value)
        elif isinstance(value, tuple):
            Patterns([check_text("a pattern", text) for text in value])


def _view(link: m.ProjectRepo) -> ProjectRepo:
    return ProjectRepo(
        project_id=link.project_id,
        repo_id=link.repo_id,
        setup_script=link.setup_script,
        cleanup_script=link.cleanup_script,
        check_script=link.check_script,
        archive_script=link.archive_script,
        dev_server_script=link.dev_server_script,
        copy_files=None if link.copy_files is None else tuple(link.copy_files),
        parallel_setup=link.parallel_setup,
    )
