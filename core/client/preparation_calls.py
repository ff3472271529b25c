"""The client's calls about how workspaces are prepared: templates, overrides, copied files, built images."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.answers import BuildLog, RemovedAnswer
from core.values.entities import CopiedFiles, ProjectRepo, Repo, Template
from core.values.own_files import OwnFile


class PreparationCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def templates(self) -> tuple[Template, ...]:
        """All templates, without their files' content."""
        return await self._http.call("GET", "/templates", tuple[Template, ...])

    async def template(self, template: str) -> Template:
        return await self._http.call("GET", f"/templates/{part(template)}", Template)

    async def add_template(self, body: ask.AddTemplate) -> Template:
        return await self._http.call("POST", "/templates", Template, body=body)

    async def remove_template(self, template: str) -> None:
        await self._http.call("DELETE", f"/templates/{part(template)}", RemovedAnswer)

    async def project_repos(self, project: str) -> tuple[ProjectRepo, ...]:
        """The project's repos, with what it overrides of each."""
        return await self._http.call("GET", f"/projects/{part(project)}/repos", tuple[ProjectRepo, ...])

    async def update_project_repo(self, project: str, repo: str, body: ask.UpdateProjectRepo) -> ProjectRepo:
        path = f"/projects/{part(project)}/repos/{part(repo)}"
        return await self._http.call("PATCH", path, ProjectRepo, body=body)

    async def build_log(self, name: str) -> str:
        """What the building of the workspace's image said; empty when none was built."""
        path = f"/workspaces/{part(name)}/build-log"
        return (await self._http.call("GET", path, BuildLog)).text

    async def copied_files(self, name: str) -> tuple[CopiedFiles, ...]:
        """What was copied into the workspace's clones from beside git."""
        return await self._http.call("GET", f"/workspaces/{part(name)}/copied", tuple[CopiedFiles, ...])

    async def own_file(self, repo: str, branch: str = "") -> OwnFile:
        """The repository's own `.boatyard.toml`, as a branch has it; empty: the target branch."""
        query = {"branch": branch} if branch else {}
        return await self._http.call("GET", f"/repos/{part(repo)}/own-file", OwnFile, query=query)

    async def trust_own_file(self, repo: str, body: ask.TrustOwnFile) -> OwnFile:
        return await self._http.call("POST", f"/repos/{part(repo)}/trust", OwnFile, body=body)

    async def untrust_own_file(self, repo: str) -> Repo:
        return await self._http.call("DELETE", f"/repos/{part(repo)}/trust", Repo)
