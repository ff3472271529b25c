"""Projects: named groups of repositories and tasks."""

from __future__ import annotations

from pathlib import Path

from msgspec import UNSET

from core.engine.repos import Repos
from core.errors import ConflictError, NotFoundError, UsageError
from core.lifecycle.context import Context
from core.store import lookup, views
from core.store import models as m
from core.values.entities import Project
from core.values.events import ProjectChanged, Removed
from core.values.requests import AddProject, UpdateProject
from core.values.states import WorkspaceState

NAME_LIMIT = 200


class Projects:
    """What a user can do with projects."""

    def __init__(self, context: Context, repos: Repos) -> None:
        self._context = context
        self._repos = repos

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
        repo_ids = [(await self._repos.find_or_add(repo)).id for repo in body.repos]

        def write() -> Project:
            _refuse_taken(name)
            style = self._context.config.merge.style.value
            row = m.Project.create(name=name, merge_style=style)
            _link(row, repo_ids)
            return views.project(row)

        return self._tell(await self._context.store.write(write))

    async def update(self, key: str, body: UpdateProject) -> Project:
        """Renames a project, sets its merge style, adds or takes out repos."""
        added = [(await self._repos.find_or_add(repo)).id for repo in body.add_repos]

        def write() -> Project:
            row = lookup.project(key)
            if body.name is not UNSET and body.name != row.name:
                _refuse_taken(checked_name(str(body.name)))
                row.name = body.name
            if body.merge_style is not UNSET:
                row.merge_style = body.merge_style
            row.save()
            _link(row, added)
            for repo in body.remove_repos:
                _unlink(row, lookup.repo(repo))
            return views.project(row)

        return self._tell(await self._context.store.write(write))

    async def remove(self, key: str) -> dict[str, str]:
        """Removes a project with its tasks.

        Raises:
            ConflictError: It has workspaces, which must be removed first.
        """

        def write() -> str:
            row = lookup.project(key)
            refuse_workspaces(m.Task.project == row, f"the project {row.name!r}")
            row.delete_instance()
            return str(row.id)

        project_id = await self._context.store.write(write)
        self._context.hub.publish(Removed(entity="project", id=project_id))
        return {"removed": project_id}

    def _tell(self, project: Project) -> Project:
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


def refuse_workspaces(condition: object, what: str) -> None:
    """Refuses to delete rows under which live workspaces hang: their clones would be orphans."""
    rows = m.Workspace.select(m.Workspace.name).join(m.Task)
    live = [row.name for row in rows.where(condition, m.Workspace.state != WorkspaceState.DELETED).limit(4)]
    if live:
        raise ConflictError(
            f"{what} has workspaces: {', '.join(live[:3])}{' …' if len(live) > 3 else ''}",
            hint="Remove them first with 'boatyard workspace remove NAME'.",
        )


def _link(project: m.Project, repo_ids: list[str]) -> None:
    position = m.ProjectRepo.select().where(m.ProjectRepo.project == project).count()
    for offset, repo_id in enumerate(dict.fromkeys(repo_ids)):
        m.ProjectRepo.insert(
            project=project, repo=repo_id, position=position + offset
        ).on_conflict_ignore().execute()
    _refuse_same_names(project)


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
        raise NotFoundError(f"the repo {repo.path} is not in the project {project.name!r}")


def default_project_name(path: str) -> str:
    """The name of a project that is made for a repository."""
    return Path(path).name or "project"
