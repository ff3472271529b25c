"""Projects: named groups of repositories and tasks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import UNSET

from core.engine.budgeting import with_budget
from core.engine.leaving import take_leave
from core.engine.repos import Repos, find_or_make_repo
from core.errors import ConflictError, NotFoundError, UsageError
from core.lifecycle.context import Context
from core.lifecycle.removal import Gone, Removal
from core.lifecycle.turns import Turns
from core.store import lookup, views
from core.store import models as m
from core.values.answers import RemovedAnswer
from core.values.entities import Project, Repo
from core.values.events import ProjectChanged, Removed, RepoChanged
from core.values.requests import AddProject, UpdateProject

NAME_LIMIT = 200


class Projects:
    """What a user can do with projects."""

    def __init__(self, context: Context, repos: Repos, removal: Removal, turns: Turns) -> None:
        self._context = context
        self._repos = repos
        self._removal = removal
        self._turns = turns

    async def list(self) -> tuple[Project, ...]:
        def read() -> tuple[Project, ...]:
            return views.projects(m.Project.select().order_by(m.Project.name))

        return await self._context.store.read(read)

    async def get(self, key: str) -> Project:
        return await self._context.store.read(lambda: views.project(lookup.project(key)))

    async def add(self, body: AddProject) -> Project:
        """Adds a project, and the repos that it names by path when they are not known yet.

        Raises:
            ConflictError: The name is taken.
            UsageError: The name is empty or too long, or a repo is none.
        """
        name = checked_name(body.name)
        await self._context.store.read(_refuse_taken, name)
        paths = [await self._repos.locate(repo) for repo in body.repos]

        def write() -> tuple[list[Repo], Project]:
            _refuse_taken(name)
            row = find_or_make_project(name, self._context.config.merge.style.value)
            return link(row, paths), views.project(row)

        return self._tell(*await self._context.store.write(write))

    async def update(self, key: str, body: UpdateProject) -> Project:
        """Renames a project, sets its merge style, adds or takes out repos."""
        paths = [await self._repos.locate(repo) for repo in body.add_repos]

        def write() -> tuple[list[Repo], Project]:
            row = lookup.project(key)
            if body.name is not UNSET and (name := checked_name(str(body.name))) != row.name:
                _refuse_taken(name)
                row.name = name
            if body.merge_style is not UNSET:
                row.merge_style = body.merge_style
            with_budget(row, body.budget)
            row.save()
            new_repos = link(row, paths)
            for repo in body.remove_repos:
                _unlink(row, lookup.repo(repo))
            return new_repos, views.project(row)

        project = self._tell(*await self._context.store.write(write))
        await self._turns.budget_changed(m.Task.project == project.id)
        return project

    async def remove(self, key: str, force: bool = False) -> RemovedAnswer:
        """Removes a project with its tasks.

        Raises:
            ConflictError: It has workspaces, which must be removed first; or removed ones that can be
                recovered, and it was not forced.
        """

        def write() -> tuple[str, list[Gone]]:
            row = lookup.project(key)
            gone = take_leave(m.Task.project == row, f"the project {row.name!r}", force)
            row.delete_instance()
            return str(row.id), gone

        project_id, gone = await self._context.store.write(write)
        self._context.hub.publish(Removed(entity="project", id=project_id))
        await self._removal.purge(gone)
        return RemovedAnswer(removed=project_id)

    def _tell(self, new_repos: Sequence[Repo], project: Project) -> Project:
        for repo in new_repos:
            self._context.hub.publish(RepoChanged(repo=repo))
        self._context.hub.publish(ProjectChanged(project=project))
        return project


def checked_name(name: str) -> str:
    """A project's name without blanks around it.

    Raises:
        UsageError: It is empty, too long, or holds a character that cannot be shown.
    """
    stripped = name.strip()
    if not stripped or len(stripped) > NAME_LIMIT or not stripped.isprintable():
        raise UsageError(
            f"{name[:80]!r} cannot be a project's name",
            hint=f"Use 1 to {NAME_LIMIT} printable characters.",
        )
    return stripped


def _refuse_taken(name: str) -> None:
    if m.Project.select().where(m.Project.name == name).exists():
        raise ConflictError(f"there is a project named {name!r} already", hint="Choose another name.")


def find_or_make_project(name: str, merge_style: str) -> m.Project:
    """The project of this name, made if there is none. Call on the store's thread."""
    row: m.Project
    row, _ = m.Project.get_or_create(name=name, defaults={"merge_style": merge_style})
    return row


def link(project: m.Project, paths: Sequence[str]) -> list[Repo]:
    """Puts repositories into a project; returns those that were not known. Call on the store's thread.

    Raises:
        ConflictError: Two repos of the project would have the same name.
    """
    made = []
    position = m.ProjectRepo.select().where(m.ProjectRepo.project == project).count()
    for offset, path in enumerate(dict.fromkeys(paths)):
        repo, new = find_or_make_repo(path)
        place = m.ProjectRepo.insert(project=project, repo=repo, position=position + offset)
        place.on_conflict_ignore().execute()
        made += [views.repo(repo)] if new else []
    _refuse_same_names(project)
    return made


def _refuse_same_names(project: m.Project) -> None:
    """Clones lie side by side in a workspace, so their folders' names must differ."""
    seen: dict[str, str] = {}
    for link in project.links.select(m.ProjectRepo, m.Repo).join(m.Repo):
        other = seen.setdefault(link.repo.name, link.repo.path)
        if other != link.repo.path:
            raise ConflictError(
                f"two repos of the project are named {link.repo.name!r}: {other} and {link.repo.path}",
                hint="Put them into different projects, or rename one folder.",
            )


def _unlink(project: m.Project, repo: m.Repo) -> None:
    condition = (m.ProjectRepo.project == project) & (m.ProjectRepo.repo == repo)
    if not m.ProjectRepo.delete().where(condition).execute():
        raise NotFoundError(
            f"the repo {repo.path} is not in the project {project.name!r}",
            hint=f"'boatyard project show {project.name}' lists its repos.",
        )


def default_project_name(path: str) -> str:
    """The name of a project that is made for a repository."""
    return Path(path).name or "project"
