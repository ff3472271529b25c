"""Dev servers of a workspace: started from the repos' scripts, watched until their address is known.

The address is what the server says it is, translated to the port of this machine that leads there; when
the server says nothing, it is the published port, as soon as something listens behind it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from core.errors import NotFoundError, UsageError
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, listening_ports, workspace_facts
from core.lifecycle.place import Place
from core.lifecycle.ports import Ports, claim_ports, default_ports
from core.lifecycle.processes import Processes
from core.lifecycle.served_url import ServedUrl, UrlFinder
from core.processes.follow import Output, follow
from core.runners.runner import LOOPBACK
from core.store import models as m
from core.store import views
from core.supervision.live import run_directory
from core.values.entities import DevServer, Process, Workspace
from core.values.events import WorkspaceChanged
from core.values.states import ProcessStatus, RunnerKind, RunReason

log = logging.getLogger(__name__)

LISTENING_SECONDS = 0.3
"""A connection that is still open after this long has a server at its other end."""
LOOK_EVERY_SECONDS = 0.5


class DevServers:
    """Starts, stops and watches the dev servers of all workspaces."""

    def __init__(self, context: Context, processes: Processes, ports: Ports) -> None:
        self._context = context
        self._processes = processes
        self._ports = ports
        self._watches: dict[str, asyncio.Task[None]] = {}

    async def start(self, name: str, repo: str = "") -> tuple[DevServer, ...]:
        """Starts the dev servers that do not run yet; gives those that run then.

        Args:
            name: The workspace; it is open.
            repo: Name of the only repo that is meant; empty: all that have a script.

        Raises:
            UsageError: No repo has a script.
            NotFoundError: The workspace has no such repo.
        """
        facts = await self._context.store.read(workspace_facts, name)
        repos = _with_scripts(facts, repo)
        await self._context.store.write(self._claim, facts)
        facts = await self._ports.ready(await self._context.store.read(workspace_facts, name))
        running = {server.repo for server in await self.running(name)}
        for each in repos:
            if each.name not in running:
                await self._start_one(facts, each)
        return await self.running(name)

    async def stop(self, name: str, repo: str = "") -> None:
        """Ends the dev servers with all that they have started."""
        for server in await self.running(name):
            if repo in ("", server.repo):
                await self._context.supervisor.stop(server.process_id)

    async def running(self, name: str) -> tuple[DevServer, ...]:
        """Those that run now."""
        row = await self._context.store.read(
            lambda: views.workspace(m.Workspace.get(m.Workspace.name == name))
        )
        return row.dev_servers

    async def adopt_all(self) -> None:
        """Goes on looking for the addresses of those that an earlier engine started."""
        for process_id, name in await self._context.store.read(_unfound):
            self._watch(await self._context.store.read(workspace_facts, name), process_id)

    async def close(self) -> None:
        """Stops watching; the servers go on."""
        watches = list(self._watches.values())
        for task in watches:
            task.cancel()
        await asyncio.gather(*watches, return_exceptions=True)

    def _claim(self, facts: WorkspaceFacts) -> None:
        row = m.Workspace.get_by_id(facts.id)
        servers = sum(bool(repo.dev_server_script.strip()) for repo in facts.repos)
        inner = facts.settings.ports or default_ports(max(servers, 1))
        claim_ports(row, inner, self._context.home.instance)

    async def _start_one(self, facts: WorkspaceFacts, repo: RepoFacts) -> Process:
        place = Place(self._context.home, facts.name)
        port = _port_of(facts, repo)
        variables = {"BOATYARD_TARGET_BRANCH": repo.target_branch, "BOATYARD_REPO": repo.name}
        own = {"PORT": str(port), "HOST": "0.0.0.0" if facts.runner is RunnerKind.DOCKER else LOOPBACK}
        variables |= {name: value for name, value in own.items() if name not in facts.settings.env}
        process = await self._processes.run_script(
            facts,
            RunReason.DEV_SERVER,
            repo.dev_server_script,
            str(place.code / repo.name),
            variables,
            details={"repo": repo.name, "port": port},
        )
        self._watch(facts, process.id)
        return process

    def _watch(self, facts: WorkspaceFacts, process_id: str) -> None:
        task = asyncio.create_task(self._find_address(facts, process_id))
        self._watches[process_id] = task
        task.add_done_callback(lambda _: self._watches.pop(process_id, None))

    async def _find_address(self, facts: WorkspaceFacts, process_id: str) -> None:
        """Reads what the server writes and knocks at its port, until one of both tells its address."""
        port = int(str((await self._context.store.read(_action, process_id)).get("port", 0)))
        knocking = asyncio.create_task(self._knock(facts, process_id, port))
        try:
            await self._read_address(facts, process_id)
            await knocking
        except asyncio.CancelledError:
            raise
        except Exception:  # the task's boundary: the server itself is none the worse for it
            log.exception("looking for the address of %s in %s", process_id, facts.name)
        finally:
            knocking.cancel()

    async def _read_address(self, facts: WorkspaceFacts, process_id: str) -> None:
        environment = Place(self._context.home, facts.name).environment(facts)
        runner, run = self._context.runners[facts.runner], run_directory(environment, process_id)
        finder = UrlFinder(wished=[port.inner for port in listening_ports(facts)])
        async for event in follow(run, lambda: runner.alive(environment, run)):
            if isinstance(event, Output) and finder.feed(event.data) and finder.found:
                await self._note(
                    process_id, *_reachable(facts, finder.found, runner.port_obstacle(environment))
                )
            if finder.done:
                return

    async def _knock(self, facts: WorkspaceFacts, process_id: str, inner: int) -> None:
        outer = next((port.outer for port in facts.ports if inner in (port.inner, port.outer)), 0)
        while outer and process_id in self._context.supervisor.in_workspace(facts.name):
            action = await self._context.store.read(_action, process_id)
            if action.get("url"):
                return
            if await _listens(outer):
                await self._note(process_id, f"http://{LOOPBACK}:{outer}/", "")
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _note(self, process_id: str, url: str, notice: str) -> None:
        workspace = await self._context.store.write(_note, process_id, url, notice)
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))


def _with_scripts(facts: WorkspaceFacts, name: str) -> Sequence[RepoFacts]:
    repos = [repo for repo in facts.repos if name in ("", repo.name)]
    if not repos:
        raise NotFoundError(
            f"the workspace {facts.name!r} has no repo {name[:60]!r}",
            hint=f"It has {', '.join(repo.name for repo in facts.repos)}.",
        )
    found = [repo for repo in repos if repo.dev_server_script.strip()]
    if not found:
        raise UsageError(
            f"{' and '.join(repo.name for repo in repos)} of {facts.name!r} has no dev-server script",
            hint=f"Set one: boatyard repo set {repos[0].name} --dev-server-script 'npm run dev'",
        )
    return found


def _port_of(facts: WorkspaceFacts, repo: RepoFacts) -> int:
    """What a repo's server is told to listen on: the first port for the first server, and so on."""
    servers = [each.name for each in facts.repos if each.dev_server_script.strip()]
    ports = listening_ports(facts)
    return ports[min(servers.index(repo.name), len(ports) - 1)].inner


def _reachable(facts: WorkspaceFacts, said: ServedUrl, obstacle: str) -> tuple[str, str]:
    """The address from this machine, and why there is none."""
    if facts.runner is RunnerKind.HOST:
        return said.at(LOOPBACK, said.port), ""
    outer = next((port.outer for port in facts.ports if port.inner == said.port), None)
    if obstacle:
        return "", obstacle
    if outer is None:
        ports = ", ".join(str(port.inner) for port in facts.ports)
        return "", f"it listens on port {said.port}, and this machine reaches {ports} only: use $PORT"
    return said.at(LOOPBACK, outer), ""


async def _listens(port: int) -> bool:
    """Whether a server answers behind a loopback port, without asking it anything.

    The container engine's own proxy takes every connection, and ends it when nothing listens inside.
    """
    try:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    try:
        async with asyncio.timeout(LISTENING_SECONDS):
            return bool(await reader.read(1))
    except TimeoutError:
        return True
    except OSError:
        return False
    finally:
        writer.close()


def _action(process_id: str) -> dict[str, object]:
    return dict(m.ExecutionProcess.get_by_id(process_id).action)


def _note(process_id: str, url: str, notice: str) -> Workspace:
    row = m.ExecutionProcess.get_by_id(process_id)
    if url or not row.action.get("url"):
        row.action = {**row.action, "url": url, "notice": notice}
        row.save(only=[m.ExecutionProcess.action])
    return views.workspace(row.session.workspace)


def _unfound() -> list[tuple[str, str]]:
    query = (
        m.ExecutionProcess.select(m.ExecutionProcess, m.Session, m.Workspace)
        .join(m.Session)
        .join(m.Workspace)
        .where(
            m.ExecutionProcess.status == ProcessStatus.RUNNING,
            m.ExecutionProcess.run_reason == RunReason.DEV_SERVER,
        )
    )
    return [(row.id, row.session.workspace.name) for row in query if not row.action.get("url")]
