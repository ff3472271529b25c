"""What is checked before a workspace is made: all that can be known, so that bad input leaves nothing."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from core.agents.driver import Executor
from core.config import WorkspaceSection
from core.engine.approvals import checked_policy
from core.engine.limits import check_limits
from core.engine.texts import check_prompt, check_text
from core.errors import AgentError, NotFoundError, UnreachableError, UsageError
from core.git.user_repository import inspect_repository, target_branch
from core.lifecycle.context import Context
from core.lifecycle.naming import free_name
from core.runners.secrets import check_references
from core.store import lookup
from core.store import models as m
from core.values.entities import Settings
from core.values.requests import NewWorkspace, WantedSettings
from core.values.states import RunnerKind

HOST_NOTICE = "Runs on this machine as you: nothing isolates it from your files."


@dataclass(frozen=True)
class Plan:
    """A workspace that can be made: everything about it has been checked."""

    name: str
    """Empty: made from the task's title."""
    prompt: str
    executor: Executor | None
    runner: RunnerKind
    notice: str
    settings: Settings
    targets: tuple[tuple[str, str, str], ...]
    """Path of the repository, target branch, and its commit now (empty: known when it was fetched)."""
    fetch: bool = False
    """Whether the repositories' remotes are fetched first."""
    image_given: bool = True
    """Whether image or Dockerfile were asked for: then no repository's own file says another one."""
    template: str = ""
    """Id of the template whose files are written."""


class Planner:
    """Makes plans of workspaces; changes nothing."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def plan(self, body: NewWorkspace, paths: Sequence[str]) -> Plan:
        """Checks a request for a workspace from end to end (see `Workspaces.new` for what it raises).

        Args:
            body: The request; its task is not looked at.
            paths: The repositories that the workspace will have.
        """
        if body.name:
            await self._context.store.read(free_name, body.name, "")
        check_prompt(body.prompt)
        wanted = await self._context.store.read(_by_path, body.targets, paths)
        targets = [
            await self._target(path, wanted.get(path, body.target_branch), fetch=body.fetch) for path in paths
        ]
        template, wanted_settings = await self._context.store.read(_with_template, body)
        settings, runner, notice = await self._environment(wanted_settings)
        return Plan(
            name=body.name,
            prompt=body.prompt,
            executor=self.executor(body.agent, runner),
            runner=runner,
            notice=notice,
            settings=settings,
            targets=tuple(targets),
            fetch=body.fetch,
            image_given=bool(wanted_settings.image or wanted_settings.dockerfile),
            template=template,
        )

    async def _target(self, path: str, branch: str, *, fetch: bool) -> tuple[str, str, str]:
        wanted = branch or await self._context.store.read(_default_target, path)
        try:
            name, commit = await target_branch(await inspect_repository(path), wanted)
        except NotFoundError:
            if not (fetch and "/" in wanted):
                raise
            return path, wanted, ""  # Only the remote may have it so far.
        return path, name, commit

    async def _environment(self, wanted: WantedSettings) -> tuple[Settings, RunnerKind, str]:
        """Settings over the configured defaults, the runner, and what the user must know of it."""
        settings = resolved_settings(wanted, self._context.config.workspace)
        if settings.runner is RunnerKind.HOST:
            return settings, RunnerKind.HOST, HOST_NOTICE
        docker = await self._context.runners[RunnerKind.DOCKER].probe()
        if settings.runner is RunnerKind.DOCKER and not docker.available:
            raise UnreachableError(
                f"the container engine cannot be used: {docker.detail}",
                hint="Start it, or use --runner host, which isolates nothing.",
            )
        chosen = settings.runner or (RunnerKind.DOCKER if docker.available else RunnerKind.HOST)
        return settings, chosen, HOST_NOTICE if chosen is RunnerKind.HOST else ""

    def executor(self, name: str, runner: RunnerKind) -> Executor | None:
        """The executor; on the host it must be there before anything is made."""
        if not name:
            return None
        executor = self._context.executors.get(name)
        if runner is RunnerKind.HOST and not available_here(executor):
            raise AgentError(
                f"the agent {name!r} is not installed on this machine", hint=executor.install_hint()
            )
        return executor


def _with_template(body: NewWorkspace) -> tuple[str, WantedSettings]:
    """The template's id, and its settings under those that were given.

    Raises:
        NotFoundError: There is no such template.
    """
    if not body.template:
        return "", body.settings
    row = lookup.template(body.template)
    kept, given = dict(row.settings), msgspec.to_builtins(body.settings)
    nothing = msgspec.to_builtins(WantedSettings())
    if given["image"] or given["dockerfile"]:
        kept = {
            name: value for name, value in kept.items() if name not in ("image", "dockerfile", "build_args")
        }
    for name, value in given.items():
        if isinstance(value, dict):
            kept[name] = {**kept.get(name, {}), **value}
        elif value != nothing[name] or name not in kept:
            kept[name] = value
    return str(row.id), msgspec.convert(kept, WantedSettings)


def _by_path(targets: dict[str, str], paths: Sequence[str]) -> dict[str, str]:
    """Branches by path of the repository.

    Raises:
        UsageError: A key names none of the workspace's repositories.
    """
    found = {}
    for key, branch in targets.items():
        row = m.Repo.get_or_none((m.Repo.id == key) | (m.Repo.path == key))
        names = (key, row.path if row else key)
        path = next((each for each in paths if each in names or Path(each).name == key), None)
        if path is None:
            raise UsageError(
                f"the workspace has no repository {key[:80]!r}, so it has no target branch",
                hint=f"Its repositories: {', '.join(Path(each).name for each in paths)}.",
            )
        found[path] = branch
    return found


def _default_target(path: str) -> str:
    row = m.Repo.get_or_none(m.Repo.path == path)
    return str(row.target_branch) if row else ""


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
        dockerfile=wanted.dockerfile,
        build_args=wanted.build_args,
        devcontainer=wanted.devcontainer and not (wanted.image or wanted.dockerfile),
        env=wanted.env,
        secrets=wanted.secrets,
        auth_files=wanted.auth_files,
        cpus=defaults.cpus if wanted.cpus is None else wanted.cpus,
        memory_mb=defaults.memory_mb if wanted.memory_mb is None else wanted.memory_mb,
        processes=defaults.processes if wanted.processes is None else wanted.processes,
        ports=tuple(dict.fromkeys(wanted.ports)),
        disk_mb=defaults.disk_mb if wanted.disk_mb is None else wanted.disk_mb,
        network=wanted.network or ("allow" if wanted.allow_hosts else defaults.network),
        allow_hosts=defaults.allow_hosts if wanted.allow_hosts is None else wanted.allow_hosts,
        approve=checked_policy(wanted.approve),
    )
    for name, value in settings.env.items():
        check_text(f"the variable {name[:40]!r}", name + value)
        if not name or "=" in name:
            raise UsageError(
                f"{name[:40]!r} cannot be the name of an environment variable",
                hint="Use letters, digits and underscores.",
            )
    if wanted.image and wanted.dockerfile:
        raise UsageError("an image and a Dockerfile are both given", hint="Give one of them.")
    check_references(settings.secrets, settings.auth_files)
    check_limits(settings)
    return settings
