"""The `.boatyard.toml` of a new workspace's repositories: noted at its making, used where it is trusted."""

from __future__ import annotations

import time

import msgspec

from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.own_file import NAME, FoundFile, OwnSettings, read_own_file
from core.lifecycle.place import Place
from core.lifecycle.ports import claim_ports, default_ports
from core.store import models as m
from core.store import views
from core.values.containers import Notice
from core.values.entities import Settings, Workspace
from core.values.events import Noticed, WorkspaceChanged


class OwnFiles:
    """Reads what the commits say that a workspace starts from."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def note(self, name: str, operation_id: str) -> None:
        """Writes down what each repo's own file says; one that is not trusted is told, and not used."""
        facts = await self._context.store.read(workspace_facts, name)
        lines = []
        for repo in facts.repos:
            found = await self._found(facts, repo)
            await self._context.store.write(_note, facts.id, repo.repo_id, found)
            if found is not None:
                lines.append(await self._told(facts, repo, found))
        if not lines:
            return
        instance = self._context.home.instance
        workspace = await self._context.store.write(_apply, facts.id, operation_id, instance)
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        await self._context.operations.report(operation_id, "depot", detail="\n".join(lines))

    async def _found(self, facts: WorkspaceFacts, repo: RepoFacts) -> FoundFile | None:
        depot = Place(self._context.home, facts.name).depot(repo.repo_id)
        return await read_own_file(depot.git, repo.base_commit, f"{NAME} of {repo.name}")

    async def _told(self, facts: WorkspaceFacts, repo: RepoFacts, found: FoundFile) -> str:
        names = ", ".join(found.settings.names()) if found.settings else ""
        trusted: bool = await self._context.store.read(is_trusted, repo.repo_id, found.digest)
        if found.settings and trusted:
            return f"{repo.name}: {NAME} is trusted: {names or 'it sets nothing'}"
        text = untrusted_text(repo.name, names, found.problem)
        workspace = await self._context.store.write(_add_notice, facts.id, text)
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        notice = Notice(text=f"{facts.name}: {text}", workspace=facts.name, at=time.time())
        self._context.hub.publish(Noticed(notice=notice))
        return f"{repo.name}: {text}"


def untrusted_text(repo: str, names: str, problem: str) -> str:
    """What is said of a file that is not used, and what to do."""
    if problem:
        return f"{problem}. It is not used."
    return (
        f"{NAME} of {repo} is new or changed and not trusted, so not used ({names or 'it sets nothing'}). "
        f"Read and trust it: boatyard repo trust {repo}"
    )


def is_trusted(repo_id: str, digest: str) -> bool:
    """Whether the user trusts this very content. Call on the store's thread."""
    return digest in (m.Repo.get_by_id(repo_id).trusted_files or ())


def _note(workspace_id: str, repo_id: str, found: FoundFile | None) -> None:
    kept = None
    if found is not None and found.settings is not None:
        kept = {"digest": found.digest, "settings": msgspec.to_builtins(found.settings)}
    condition = (m.WorkspaceRepo.workspace == workspace_id) & (m.WorkspaceRepo.repo == repo_id)
    m.WorkspaceRepo.update(own_file=kept).where(condition).execute()


def _add_notice(workspace_id: str, text: str) -> Workspace:
    row = m.Workspace.get_by_id(workspace_id)
    if text not in row.notice:
        row.notice = f"{row.notice} {text}".strip()
        row.save()
    return views.workspace(row)


def _apply(workspace_id: str, operation_id: str, instance: str) -> Workspace:
    """Image and ports, where nobody gave others; scripts and patterns are looked up when they are needed."""
    row = m.Workspace.get_by_id(workspace_id)
    trusted = [each for each in map(_trusted, row.repos.order_by(m.WorkspaceRepo.position)) if each]
    settings = msgspec.convert(row.settings, Settings)
    image = next((each.image for each in trusted if each.image), "")
    if image and not m.Operation.get_by_id(operation_id).arguments.get("image_given", True):
        settings = msgspec.structs.replace(settings, image=image, devcontainer=False, image_from=f"by {NAME}")
    if not settings.ports:
        inner = tuple(dict.fromkeys(port for each in trusted for port in each.ports))
        settings = msgspec.structs.replace(settings, ports=inner)
        _claim(row, inner, instance)
    row.settings = msgspec.to_builtins(settings)
    row.save()
    return views.workspace(row)


def _claim(row: m.Workspace, inner: tuple[int, ...], instance: str) -> None:
    if inner:  # in place of those that were claimed before anybody knew
        m.WorkspacePort.delete().where(
            m.WorkspacePort.workspace == row, m.WorkspacePort.inner.not_in(inner)
        ).execute()
    servers = sum(bool(repo.dev_server_script.strip()) for repo in workspace_facts(row.name).repos)
    claim_ports(row, inner or default_ports(servers), instance)


def _trusted(place: m.WorkspaceRepo) -> OwnSettings | None:
    kept = place.own_file
    if kept is None or kept["digest"] not in (place.repo.trusted_files or ()):
        return None
    return msgspec.convert(kept["settings"], OwnSettings)
