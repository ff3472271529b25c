"""Projects, repositories and templates of the engine in memory."""

from __future__ import annotations

from core.errors import ConflictError, NotFoundError
from core.values import events as told
from core.values import requests as ask
from core.values.entities import (
    Project,
    ProjectRepo,
    Repo,
    Template,
)
from core.values.own_files import OwnFile
from tests.tui.fake_engine.state import State
from tests.tui.fake_engine.values import id_of


class Projects(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    def put_project(self, name: str, path: str = "/src/app") -> Project:
        repo = Repo(id=id_of("repo", name), path=path, name=name)
        project = Project(id=id_of("project", name), name=name, repo_ids=(repo.id,))
        self.repos_[repo.id], self.projects_[project.id] = repo, project
        self.emit(told.RepoChanged(repo=repo))
        self.emit(told.ProjectChanged(project=project))
        return project

    async def add_repo(self, body: ask.AddRepo) -> Repo:
        self._asked("add_repo", body)
        if not body.path.startswith("/"):
            raise NotFoundError(f"{body.path} is no repository", hint="Give an absolute path.")
        name = body.path.rpartition("/")[2]
        repo = Repo(id=id_of("repo", name), path=body.path, name=name)
        self.repos_[repo.id] = repo
        self.emit(told.RepoChanged(repo=repo))
        return repo

    async def update_repo(self, repo: str, body: ask.UpdateRepo) -> Repo:
        self._asked("update_repo", (repo, body))
        return self.repos_[repo]

    async def project_repos(self, project: str) -> tuple[ProjectRepo, ...]:
        ids = self.projects_[project].repo_ids
        return tuple(ProjectRepo(project_id=project, repo_id=repo, setup_script="mine") for repo in ids)

    async def update_project_repo(self, project: str, repo: str, body: ask.UpdateProjectRepo) -> ProjectRepo:
        self._asked("update_project_repo", (project, repo, body))
        return ProjectRepo(project_id=project, repo_id=repo)

    async def add_project(self, body: ask.AddProject) -> Project:
        self._asked("add_project", body)
        if any(project.name == body.name for project in self.projects_.values()):
            raise ConflictError(f"there is a project {body.name!r} already", hint="Choose another name.")
        project = Project(id=id_of("project", body.name), name=body.name, repo_ids=body.repos)
        self.projects_[project.id] = project
        self.emit(told.ProjectChanged(project=project))
        return project

    async def remove_project(self, project: str) -> None:
        self._asked("remove_project", project)
        self.emit(told.Removed(entity="project", id=project))

    async def update_project(self, project: str, body: ask.UpdateProject) -> None:
        self._asked("update_project", (project, body))

    async def templates(self) -> tuple[Template, ...]:
        return tuple(self.templates_)

    async def template(self, template: str) -> Template:
        return next(each for each in self.templates_ if each.id == template)

    async def add_template(self, body: ask.AddTemplate) -> Template:
        self._asked("add_template", body)
        self.templates_.append(Template(id=body.name, name=body.name, files=body.files))
        return self.templates_[-1]

    async def remove_template(self, template: str) -> None:
        self._asked("remove_template", template)

    async def own_file(self, repo: str, branch: str = "") -> OwnFile:
        return self.own_file_

    async def trust_own_file(self, repo: str, body: ask.TrustOwnFile) -> OwnFile:
        self._asked("trust_own_file", (repo, body))
        return self.own_file_

    async def untrust_own_file(self, repo: str) -> None:
        self._asked("untrust_own_file", repo)
