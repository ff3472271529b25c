"""A user at a shell: a home of their own, their repositories, and the command line as it is installed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.client import Client
from core.client.launch import engine_answers, engine_holds, ensure_engine
from core.errors import BoatyardError
from core.paths import Home, find_home
from core.values.entities import Snapshot
from core.values.requests import RemoveWorkspace
from tests.waiting import until
from tests.zygote import zygote

COMMAND = (sys.executable, "-c", "import sys; from tui.entry import main; sys.exit(main())")
"""What the console script does, also where it is not on PATH."""
SECONDS = 120


@dataclass(frozen=True)
class Answer:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The last line of standard output, as JSON."""
        return json.loads(self.out.strip().splitlines()[-1])

    @property
    def error(self) -> dict[str, Any]:
        """The error document that `--json` puts on standard error."""
        document: dict[str, Any] = json.loads(self.err.strip().splitlines()[-1])["error"]
        return document


@dataclass
class User:
    """Runs `boatyard` without a terminal, with one home."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("BOATYARD_")}
        return {**inherited, "BOATYARD_HOME": str(self.home), "BOATYARD_DEMO_PACE": "0", **self.env}

    def boatyard(self, *argv: str, ok: bool = True, seconds: float = SECONDS) -> Answer:
        """Runs a command to its end; one that should succeed and does not fails the test."""
        answer = Answer(*zygote().run(argv, self.environment, seconds))
        assert not ok or answer.code == 0, f"boatyard {' '.join(argv)}: {answer}"
        return answer

    def start(self, *argv: str) -> subprocess.Popen[str]:
        """Starts a command and does not wait for it."""
        return subprocess.Popen(
            [*COMMAND, *argv],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def snapshot(self) -> Snapshot:
        """What there is in the home; its engine has to run."""

        async def ask() -> Snapshot:
            async with Client(find_home(str(self.home)).socket) as client:
                return await client.snapshot()

        return asyncio.run(ask())

    def leave(self) -> None:
        """Removes all workspaces and ends the engine; after a test, whatever has become of either."""
        asyncio.run(leave(find_home(str(self.home))))

    def engine_pid(self) -> int:
        """Process id of the engine, which is started when it does not run."""
        return int(self.boatyard("engine", "start", "--json").json["pid"])

    def kill_engine(self) -> None:
        """It dies without a word; returns when it is gone, which the next command could be too soon for."""
        os.kill(self.engine_pid(), signal.SIGKILL)
        asyncio.run(until(lambda: not engine_holds(find_home(str(self.home)))))


async def leave(home: Home) -> None:
    """As `User.leave`; a command for each step would cost half a second of the processor."""
    if not await engine_answers(home):
        if not home.workspaces.is_dir() or not any(home.workspaces.iterdir()):
            return
        await ensure_engine(home)  # a dead one has left containers or processes
    async with Client(home.socket) as client:
        for workspace in await client.workspaces():
            with suppress(BoatyardError):
                operation = await client.remove_workspace(workspace.name, RemoveWorkspace(force=True))
                await client.wait_operation(operation.id)
        await client.stop_engine()
    await until(lambda: not engine_holds(home), seconds=60)


def git(folder: Path, *argv: str) -> str:
    """Runs the user's own git."""
    return subprocess.run(
        ["git", "-C", str(folder), *argv], check=True, capture_output=True, text=True
    ).stdout.strip()


def make_repository(folder: Path, files: dict[str, str]) -> Path:
    """A repository of the user's with one commit on `main`."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "A User")
    git(folder, "config", "user.email", "user@example.org")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def picture(repository: Path) -> dict[str, Any]:
    """Everything about a repository that a merge must leave alone, and what it may change."""
    git_dir = repository / ".git"
    return {
        "refs": git(repository, "for-each-ref", "--format=%(refname) %(objectname)").splitlines(),
        "config": (git_dir / "config").read_text(),
        "hooks": sorted(path.name for path in (git_dir / "hooks").iterdir()),
        "git files": sorted(path.name for path in git_dir.iterdir()),
        "status": git(repository, "status", "--porcelain", "--ignored"),
        "head": git(repository, "rev-parse", "HEAD"),
        "files": sorted(git(repository, "ls-files").splitlines()),
    }
