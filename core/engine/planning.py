"""What is checked before a workspace is made: all that can be known, so that bad input leaves nothing."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from core.agents.driver import Executor
from core.config import WorkspaceSection
from core.engine.approvals import checked_policy
from core.engine.projects import Projects
from core.engine.repos import Repos
from core.engine.tasks import Tasks
from core.errors import AgentError, NotFoundError, UnreachableError, UsageError
from core.git.user_repository import inspect_repository, target_branch
from core.lifecycle.context import Context
from core.lifecycle.naming import check_name, free_name
from core.values.entities import Repo, Settings, Task
from core.values.requests import NewWorkspace, WantedSettings
from core.values.states import RunnerKind

HOST_NOTICE = "Runs on this machine as you: nothing isolates it from your files."


@dataclass(frozen=True)
class Plan:
    """A workspace that can be made: everything about it has been checked."""

    task: Task
    name: str
    prompt: str
    executor: Executor | None
    runner: RunnerKind
    notice: str
    settings: Settings
    targets: tuple[tuple[Repo, str, str], ...]
    """Repo, target branch, and its commit now."""


class Planner:
    """Makes plans of workspaces; changes nothing."""

    def __init__(self, context: Context, projects: Projects, repos: Repos, tasks: Tasks) -> None:
        self._context = context
        self._projects = projects
        self._repos = repos
        self._tasks = tasks

    async def plan(self, body: NewWorkspace) -> Plan:
        """Checks a request for a workspace from end to end (see `Workspaces.new` for what it raises)."""
        task = await self._tasks.get(body.task)
        repos = await self._project_repos(task.project_id)
        settings, runner, notice = await self._environment(body.settings)
        executor = self._executor(body.agent, runner)
        targets = []
        for repo in repos:
            source = await inspect_repository(repo.path)
            branch, commit = await target_branch(source, body.target_branch or repo.target_branch)
            targets.append((repo, branch, commit))
        return Plan(
            task=task,
            name=body.name,
            prompt=body.prompt,
            executor=executor,
            runner=runner,
            notice=notice,
            settings=settings,
            targets=tuple(targets),
        )

    async def _project_repos(self, project_id: str) -> list[Repo]:
        project = await self._projects.get(project_id)
        if not project.repo_ids:
            raise UsageError(
                f"the project {project.name!r} has no repository",
                hint=f"Add one: boatyard project set {project.name} --add-repo PATH",
            )
        return [await self._repos.get(repo_id) for repo_id in project.repo_ids]

    async def _environment(self, wanted: WantedSettings) -> tuple[Settings, RunnerKind, str]:
        """Settings over the configured defaults, the runner, and what the user must know of it."""
        settings = resolved_settings(wanted, self._context.config.workspace)
        docker = await self._context.runners[RunnerKind.DOCKER].probe()
        if settings.runner is RunnerKind.DOCKER and not docker.available:
            raise UnreachableError(
                f"the container engine cannot be used: {docker.detail}",
                hint="Start it, or use --runner host, which isolates nothing.",
            )
        chosen = settings.runner or (RunnerKind.DOCKER if docker.available else RunnerKind.HOST)
        return settings, chosen, HOST_NOTICE if chosen is RunnerKind.HOST else ""

    def _executor(self, name: str, runner: RunnerKind) -> Executor | None:
        """The executor; on the host it must be there before anything is made."""
        if not name:
            return None
        executor = self._context.executors.get(name)
        if runner is RunnerKind.HOST and not available_here(executor):
            raise AgentError(
                f"the agent {name!r} is not installed on this machine", hint=executor.install_hint()
            )
        return executor

    async def check_repo(self, key: str, branch: str) -> None:
        """Checks that a repository, known or not yet, has the target branch."""
        try:
            path = (await self._repos.get(key)).path
        except (NotFoundError, UsageError):
            path = key
        await target_branch(await inspect_repository(path), branch)

    async def check(self, name: str, agent: str, settings: WantedSettings) -> None:
        """Checks what is said of a workspace before its task exists."""
        if name:
            check_name(name)
            await self._context.store.read(free_name, name, "")
        _, runner, _ = await self._environment(settings)
        self._executor(agent, runner)


def available_here(executor: Executor) -> bool:
    """Whether the executor's program is on this machine."""
    argv = executor.probe_argv(contained=False)
    return bool(argv) and shutil.which(argv[-1]) is not None


def resolved_settings(wanted: WantedSettings, defaults: WorkspaceSection) -> Settings:
    """What was asked for, over the configured defaults.

    Raises:
        UsageError: A limit, the network or the approval policy makes no sense.
    """
    settings = Settings(
        runner=wanted.runner or defaults.runner,
        image=wanted.image or defaults.image,
        env=wanted.env,
        cpus=defaults.cpus if wanted.cpus is None else wanted.cpus,
        memory_mb=defaults.memory_mb if wanted.memory_mb is None else wanted.memory_mb,
        processes=defaults.processes if wanted.processes is None else wanted.processes,
        network=wanted.network or defaults.network,
        approve=checked_policy(wanted.approve),
    )
    if settings.network not in ("full", "none"):
        raise UsageError(f"the network {settings.network[:40]!r} is unknown", hint="Use 'full' or 'none'.")
    if not (0.01 <= settings.cpus <= 4096 and settings.memory_mb >= 16 and settings.processes >= 4):
        raise UsageError(
            "the limits are too small to run anything",
            hint="Give at least 0.01 CPUs, 16 MB of memory and 4 processes.",
        )
    return settings
