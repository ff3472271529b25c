"""What the engine needs to know of a workspace to do anything with it, read in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from core.lifecycle.own_file import OwnSettings
from core.store import lookup
from core.store import models as m
from core.values.entities import PublishedPort, Settings
from core.values.states import MergeStyle, RunnerKind, WorkspaceState


@dataclass(frozen=True)
class RepoFacts:
    """One repository of a workspace."""

    repo_id: str
    name: str
    path: str
    """The user's repository."""
    target_branch: str
    base_commit: str
    head: str
    snapshot: str
    setup_script: str
    cleanup_script: str
    check_script: str
    archive_script: str
    parallel_setup: bool
    copy_files: tuple[str, ...] = ()
    dev_server_script: str = ""
    unread: tuple[str, ...] = ()
    """What the last snapshot could not read."""


@dataclass(frozen=True)
class WorkspaceFacts:
    id: str
    name: str
    branch: str
    state: WorkspaceState
    runner: RunnerKind
    settings: Settings
    task_id: str
    task_title: str
    task_description: str
    project_id: str
    merge_style: MergeStyle
    session_id: str
    executor: str
    agent_session_id: str
    mode: str
    """The mode that the user has chosen for the latest session; empty: the agent's profile says."""
    handover: bool
    """Whether the next turn begins a new conversation with the agent and tells it what happened before."""
    repos: tuple[RepoFacts, ...]
    ports: tuple[PublishedPort, ...] = ()
    """See `listening_ports` for what programs inside are told."""

    @property
    def prompt(self) -> str:
        """What an agent is told when it starts on the task."""
        return "\n\n".join(filter(None, (self.task_title, self.task_description)))


def workspace_facts(name: str) -> WorkspaceFacts:
    """The facts of a workspace, whatever its state. Call on the store's thread.

    Raises:
        NotFoundError: There is none of this name.
    """
    row = lookup.workspace(name)
    session = lookup.latest_session(row)
    project = row.task.project
    settings = msgspec.convert(row.settings, Settings)
    return WorkspaceFacts(
        id=row.id,
        name=row.name,
        branch=row.branch,
        state=WorkspaceState(row.state),
        runner=RunnerKind(row.runner),
        settings=settings,
        task_id=row.task_id,
        task_title=row.task.title,
        task_description=row.task.description,
        project_id=project.id,
        merge_style=MergeStyle(project.merge_style),
        session_id=session.id if session else "",
        executor=session.executor if session else "",
        agent_session_id=session.agent_session_id if session else "",
        mode=(session.mode or "") if session else "",
        handover=bool(session and session.handover),
        repos=tuple(_with_post_create(repo, settings) for repo in _repos(row, project)),
        ports=tuple(
            PublishedPort(inner=port.inner, outer=port.outer)
            for port in row.ports.order_by(m.WorkspacePort.inner)
        ),
    )


def _repos(row: m.Workspace, project: m.Project) -> list[RepoFacts]:
    links = {link.repo_id: link for link in project.links}
    found = []
    query = row.repos.select(m.WorkspaceRepo, m.Repo).join(m.Repo).order_by(m.WorkspaceRepo.position)
    for place in query:
        facts = RepoFacts(
            repo_id=place.repo_id,
            name=place.repo.name,
            path=place.repo.path,
            target_branch=place.target_branch,
            base_commit=place.base_commit,
            head=place.head,
            snapshot=place.snapshot,
            setup_script=place.repo.setup_script,
            cleanup_script=place.repo.cleanup_script,
            check_script=place.repo.check_script or "",
            archive_script=place.repo.archive_script,
            parallel_setup=place.repo.parallel_setup,
            copy_files=tuple(place.repo.copy_files),
            dev_server_script=place.repo.dev_server_script,
            unread=tuple(place.unread or ()),
        )
        facts = _with_own_file(facts, place.own_file, place.repo.trusted_files or ())
        found.append(_with_overrides(facts, links.get(place.repo_id)))
    return found


def _with_own_file(facts: RepoFacts, own: dict[str, Any] | None, trusted: Sequence[str]) -> RepoFacts:
    """What the user has left empty, as the repository's own file says it: if that very content is trusted."""
    if own is None or own["digest"] not in trusted:
        return facts
    said = msgspec.convert(own["settings"], OwnSettings)
    scripts = {f"{name}_script": text for name, text in msgspec.structs.asdict(said.scripts).items()}
    return replace(
        facts,
        **{name: getattr(facts, name) or text for name, text in scripts.items()},
        copy_files=facts.copy_files or said.copy_files,
        parallel_setup=facts.parallel_setup or said.parallel_setup,
    )


def _with_overrides(facts: RepoFacts, link: m.ProjectRepo | None) -> RepoFacts:
    scripts = ("setup_script", "cleanup_script", "check_script", "archive_script", "dev_server_script")
    names = (*scripts, "parallel_setup", "copy_files")
    overrides = {name: getattr(link, name, None) for name in names}
    facts = replace(facts, **{name: value for name, value in overrides.items() if value is not None})
    return replace(facts, copy_files=tuple(facts.copy_files))


def _with_post_create(facts: RepoFacts, settings: Settings) -> RepoFacts:
    """The set-up script behind what `devcontainer.json` wants run in a new container."""
    before = settings.post_create.get(facts.name, "")
    if not before:
        return facts
    return replace(facts, setup_script=f"{{\n{before}\n}} || exit\n{facts.setup_script}")


def listening_ports(facts: WorkspaceFacts) -> tuple[PublishedPort, ...]:
    """The ports as programs of the workspace are told: on the host, inside is outside."""
    if facts.runner is RunnerKind.HOST:
        return tuple(PublishedPort(inner=port.outer, outer=port.outer) for port in facts.ports)
    return facts.ports
