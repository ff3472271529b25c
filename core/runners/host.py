"""The host as a runner: no isolation at all, the same files and the same code paths as a container.

HOME stays the user's, because agents find their login there; temporary files go below the workspace,
because agents leave prompts behind in the shared folder.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import ClassVar

from core.errors import NotFoundError
from core.processes.command import Command
from core.processes.launch import launch
from core.processes.run_directory import RunDirectory
from core.processes.tree import terminate
from core.runners.presence import somebody_inside
from core.runners.runner import Environment, EnvironmentState, ExecResult, Owned, Progress
from core.runners.secrets import Resolved, Secrets, has_secrets, shell_variables
from core.runners.short_command import discard_leftovers, discarded_on_failure, new_run, run_to_end, runs_of
from core.runners.variables import SHELL_SCRIPT, inherited, workspace_variables, write_variables
from core.values.entities import RunnerInfo
from core.values.states import RunnerKind

_STOP_GRACE_SECONDS = 5.0

AUTH_VARIABLE = "BOATYARD_AUTH_FILES"
"""Names the folder with the auth files: on the host HOME is the user's own, and nothing is put there."""


class HostRunner:
    """Runs processes as the user, with everything that the user may do."""

    kind: ClassVar[RunnerKind] = RunnerKind.HOST
    isolates: ClassVar[bool] = False

    def __init__(self, secrets: Secrets | None = None, run_folder: Path | None = None) -> None:
        """
        Args:
            secrets: Resolves references.
            run_folder: A private folder for secrets' files, best on a tmpfs; not given: the workspace's own.
        """
        self._secrets = secrets or Secrets()
        self._run_folder = run_folder
        self._started: set[str] = set()
        """Workspaces that this engine has brought their secrets."""

    async def probe(self) -> RunnerInfo:
        if shutil.which("sh") is None:
            return RunnerInfo(kind=self.kind, available=False, detail="no `sh` was found in PATH")
        return RunnerInfo(kind=self.kind, available=True, detail="runs as you, with all your files in reach")

    async def ensure(self, env: Environment, progress: Progress | None = None) -> None:
        """Makes the folders; on the host there is nothing else to make."""
        env.prepare()
        discard_leftovers(env.runs)
        folder = self._secrets_folder(env)
        also = str(folder / "env") if env.settings.secrets else ""
        write_variables(env.root / "etc" / "variables", self._own_variables(env), also=also)
        if has_secrets(env.settings) and env.workspace not in self._started:
            resolved = await self._secrets.resolve(env.workspace, env.settings, anew=True)
            await asyncio.to_thread(_write_secrets, folder, resolved)
            self._started.add(env.workspace)

    async def adapt(self, env: Environment) -> None:
        """Nothing: the host keeps no limits."""

    async def stop(self, env: Environment) -> None:
        await terminate(runs_of(env.runs), _STOP_GRACE_SECONDS)
        self._started.discard(env.workspace)
        await asyncio.to_thread(shutil.rmtree, self._secrets_folder(env), ignore_errors=True)

    async def remove(self, env: Environment) -> None:
        await self.stop(env)

    async def state(self, env: Environment) -> EnvironmentState:
        return EnvironmentState.RUNNING if env.runs.is_dir() else EnvironmentState.ABSENT

    async def spawn(self, env: Environment, run: RunDirectory, command: Command) -> None:
        run.create(command)
        secrets = await self._secrets.resolve(env.workspace, env.settings)
        variables = {**inherited(os.environ), **self._own_variables(env), **secrets.env, **command.env}
        async with discarded_on_failure(run):
            await launch(run, command.argv, command.cwd, variables)

    async def alive(self, env: Environment, run: RunDirectory) -> bool:
        return run.alive()

    async def close_input(self, env: Environment, run: RunDirectory) -> None:
        run.close_input()

    async def terminate(self, env: Environment, run: RunDirectory, grace_seconds: float) -> None:
        await terminate([run], grace_seconds)

    async def exec(
        self,
        env: Environment,
        argv: tuple[str, ...],
        *,
        cwd: str = "",
        variables: dict[str, str] | None = None,
        stdin: bytes = b"",
        timeout_seconds: float = 60.0,
        needs: str = "",
    ) -> ExecResult:
        if needs and shutil.which(needs) is None:
            raise NotFoundError(f"{needs} is not installed on this machine", hint=f"Install {needs}.")
        env.prepare()
        run = new_run(env.runs)
        command = Command(argv, cwd or str(env.folder), variables or {}, stdin)
        return await run_to_end(
            run,
            argv[0],
            start=lambda: self.spawn(env, run, command),
            alive=lambda: self.alive(env, run),
            kill=lambda: terminate([run], 0.0),
            timeout_seconds=timeout_seconds,
        )

    def shell_argv(self, env: Environment, argv: tuple[str, ...] = (), cwd: str = "") -> tuple[str, ...]:
        variables = str(env.root / "etc" / "variables")
        return ("sh", "-c", SHELL_SCRIPT, "boatyard", variables, cwd or str(env.folder), *argv)

    async def attached(self, env: Environment) -> bool:
        return await asyncio.to_thread(somebody_inside, env)

    async def owned(self, instance: str) -> list[Owned]:
        """Nothing: on the host an environment is just its folder, which belongs to the workspace."""
        return []

    async def release_ports(self, env: Environment) -> None:
        """There are none: programs listen on this machine's own."""

    def port_obstacle(self, env: Environment) -> str:
        return ""

    def path_of(self, env: Environment, host_path: Path) -> str:
        return str(host_path)

    async def close(self) -> None:
        """Nothing is held."""

    def _own_variables(self, env: Environment) -> dict[str, str]:
        auth = {AUTH_VARIABLE: str(self._secrets_folder(env) / "auth")} if env.settings.auth_files else {}
        return {"TMPDIR": str(env.root / "tmp"), **auth, **workspace_variables(env)}

    def _secrets_folder(self, env: Environment) -> Path:
        return (self._run_folder or env.root) / "secrets" / env.workspace


def _write_secrets(folder: Path, secrets: Resolved) -> None:
    """Files of mode 0600 in folders of mode 0700; each is replaced as a whole."""
    files = {"env": shell_variables(secrets.env).encode()}
    files |= {f"auth/{path}": content for path, content in secrets.files.items()}
    for name, content in files.items():
        path = folder / name
        for parent in reversed([each for each in path.parents if each.is_relative_to(folder.parent)]):
            parent.mkdir(mode=0o700, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.unlink(missing_ok=True)
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(content)
        part.replace(path)
