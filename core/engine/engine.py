"""The engine as a whole: its parts put together, opened and closed."""

from __future__ import annotations

import asyncio
import logging
import os
from functools import partial
from importlib.metadata import version

from core.agents.registry import Executors
from core.code_mark import code_mark
from core.config import load_config
from core.engine.agents import Agents
from core.engine.attempts import Attempts
from core.engine.attention import Attention
from core.engine.checkpoints import Checkpoints
from core.engine.comments import Comments
from core.engine.containers import Containers
from core.engine.conversations import Conversations
from core.engine.dev_servers import DevServers
from core.engine.disk_watch import DiskWatch
from core.engine.doors import Doors
from core.engine.file_changes import FileChanges
from core.engine.file_histories import FileHistories
from core.engine.forecasting import Forecasting
from core.engine.grepping import Grepping
from core.engine.housekeeping import Housekeeping
from core.engine.images import Images
from core.engine.keeping import Keeping
from core.engine.landing_queue import LandingQueues
from core.engine.lifetime import Lifetime
from core.engine.log_keeping import LogKeeping
from core.engine.overrides import Overrides
from core.engine.overview import read_snapshot
from core.engine.own_files import OwnFileTrust
from core.engine.parts import Parts
from core.engine.paths import Paths
from core.engine.planning import Planner
from core.engine.preparation import Preparation
from core.engine.processes import Processes
from core.engine.projects import Projects
from core.engine.provenance import Provenance
from core.engine.publishing import Publications
from core.engine.pull_requests import Pulls
from core.engine.pull_watching import PullWatching
from core.engine.pushing import Pushes
from core.engine.queue import Queue
from core.engine.reconciliation import Reconciliation
from core.engine.remixing import Remixing
from core.engine.repos import Repos
from core.engine.review import Review
from core.engine.rules import Rules
from core.engine.scratches import Scratches
from core.engine.screens import Screens
from core.engine.searching import Search
from core.engine.sessions import Sessions
from core.engine.settings_file import SettingsFile
from core.engine.spending import Spending
from core.engine.starting import Starting
from core.engine.tags import Tags
from core.engine.tasks import Tasks
from core.engine.templates import Templates
from core.engine.tokens import Tokens
from core.engine.unasked import taken_unasked
from core.engine.unmerging import Unmerges
from core.engine.updating import Updating
from core.engine.upkeep import Upkeep
from core.engine.workspaces import Workspaces
from core.lifecycle.applying import Applying
from core.lifecycle.archiving import Archiving
from core.lifecycle.checking import Checking
from core.lifecycle.client_requests import ClientRequests
from core.lifecycle.closing import Closing
from core.lifecycle.context import Context
from core.lifecycle.create import Creation
from core.lifecycle.dev_server import DevServers as Servers
from core.lifecycle.landing import Landing
from core.lifecycle.mending import Mending
from core.lifecycle.operation import OperationLog
from core.lifecycle.placing import Placing
from core.lifecycle.ports import Ports
from core.lifecycle.processes import Processes as ProcessStarter
from core.lifecycle.publishing import Publishing
from core.lifecycle.pull_following import Following
from core.lifecycle.pull_requests import PullRequests
from core.lifecycle.pushing import Pushing
from core.lifecycle.removal import Removal
from core.lifecycle.repair import Repair
from core.lifecycle.restoring import Restoring
from core.lifecycle.snapshots import Snapshots
from core.lifecycle.spares import Spares
from core.lifecycle.taking import Taking
from core.lifecycle.tools import serving
from core.lifecycle.trash import Trash
from core.lifecycle.turns import Turns
from core.lifecycle.unmerging import Unmerging
from core.lifecycle.updating import Updates
from core.paths import Home
from core.runners.docker import DockerRunner
from core.runners.host import HostRunner
from core.runners.secrets import Secrets
from core.store import Store
from core.store import models as m
from core.supervision.hub import EventHub
from core.supervision.supervisor import Supervisor
from core.values.entities import EngineStatus, Process, Snapshot
from core.values.states import RunnerKind, RunReason

log = logging.getLogger(__name__)


class Engine:
    """Everything that a client can ask for, by part; see `core.server.routes` for the list."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.hub = context.hub
        self.home = context.home
        self.operations = context.operations
        self.lifetime = Lifetime(context.hub, context.config.engine.idle_minutes * 60, self._needed)
        self._starter = ProcessStarter(context)
        self._snapshots = Snapshots(context)
        self._turns = Turns(context, self._starter, self._snapshots)
        closing = Closing(context, self._snapshots)
        self._spares = Spares(context)
        creation = Creation(context, self._starter, self._turns, self._spares)
        removal = Removal(context, self._snapshots, closing)
        landing = Landing(context, self._snapshots)
        pushing = Pushing(context, self._snapshots, landing)
        pulls = PullRequests(context, pushing)
        archiving, trash = Archiving(context, self._starter, closing), Trash(context)
        placing = Placing(context, self._snapshots)
        applying = Applying(context, self._snapshots, placing)
        restoring = Restoring(context, self._snapshots, placing)
        mending, taking = Mending(context), Taking(context)
        publishing, unmerging = Publishing(context), Unmerging(context, self._snapshots)
        self._repair = Repair(
            context,
            creation,
            closing,
            removal,
            landing,
            restoring,
            archiving,
            trash,
            mending,
            applying,
            taking,
            pushing,
            pulls,
            publishing,
            unmerging,
        )
        self._client_requests = ClientRequests(context, self._starter)
        unasked = partial(taken_unasked, context)
        perform = self._client_requests.perform
        context.supervisor = Supervisor(context.store, context.hub, self._process_ended, unasked, perform)
        self.repos = Repos(context)
        self.projects = Projects(context, self.repos, removal, self._turns)
        self.overrides = Overrides(context)
        self.preparation = Preparation(context)
        self.own_files = OwnFileTrust(context)
        self.templates = Templates(context)
        self.tasks = Tasks(context, removal, self._turns)
        planner = Planner(context)
        starting = Starting(context, self.repos, self.tasks, planner, creation)
        self.remixing = Remixing(context, self._snapshots, planner, starting)
        self.workspaces = Workspaces(context, starting, creation, closing, removal)
        self.publications = Publications(context, self.workspaces, publishing)
        self.settings = SettingsFile(context)
        self.agents = Agents(context, self.settings)
        self.sessions = Sessions(context, self._turns, closing, self.agents.usual)
        self.queue = Queue(context, self._turns)
        self.spending = Spending(context, self.sessions)
        self.attention = Attention(context)
        self.rules = Rules(context)
        self.tags, self.scratches, self.images = Tags(context), Scratches(context), Images(context)
        self.paths = Paths(context)
        self.tokens = Tokens(context)
        self.doors = Doors()
        self.conversations = Conversations(context, self._starter)
        self.search = Search(context, self.conversations)
        self.log_keeping = LogKeeping(context, self.conversations, self.search.indexing)
        self.processes = Processes(context, self._starter)
        self._servers = Servers(context, self._starter, Ports(context))
        self.dev_servers = DevServers(context, self._servers)
        self.pushing = Pushes(context, pushing)
        following = Following(
            context, pulls,
            lambda text, name: self.reconciliation.tell(text, name),
            lambda name, changed, gone: self.comments.tell_changed(name, changed, gone),
            self._snapshots.take,
        )  # fmt: skip
        self.pulls = Pulls(context, pulls, following, pushing, self.sessions, self.settings)
        self.pull_watching = PullWatching(context, following, self._attended)
        self.review = Review(context, self._snapshots, landing, self.pushing)
        self.grepping = Grepping(context, self.review.comparing, self._snapshots)
        updates = Updates(context, self._snapshots, landing, applying)
        self.updating = Updating(context, updates, self.sessions)
        self.forecasting = Forecasting(context)
        checking = Checking(context, self._starter, self._snapshots)
        self.landing_queue = LandingQueues(context, updates, checking, landing, self.forecasting)
        self.unmerging = Unmerges(unmerging, self.landing_queue)
        self.comments = Comments(context, self.review.comparing, self.sessions)
        self.file_histories = FileHistories(context, self.review.comparing, self._snapshots)
        self.provenance = Provenance(context, self.review.comparing, self._snapshots, self.conversations)
        self.parts = Parts(context, self.review.comparing, self._snapshots, applying, taking)
        self.file_changes = FileChanges(context, self._snapshots, applying)
        self.keeping = Keeping(context, self.workspaces, archiving, trash)
        self.attempts = Attempts(context, self.review.comparing, checking, self.forecasting, self.keeping)
        self.housekeeping = Housekeeping(
            context, self.keeping, self.log_keeping, lambda text, name: self.reconciliation.tell(text, name)
        )
        self.checkpoints = Checkpoints(context, self._snapshots, restoring)
        self.containers = Containers(context, closing)
        self.screens = Screens(context)
        self.reconciliation = Reconciliation(context)
        self.upkeep = Upkeep(context, self.workspaces, mending, self.reconciliation.tell)
        self.disk_watch = DiskWatch(context, self.reconciliation)
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(cls, home: Home) -> Engine:
        """Opens a home: its settings, its database, and what an earlier engine left running or half-done.

        Raises:
            ConfigError: The settings are wrong.
            StorageError: The database is refused.
        """
        config = load_config(home.config / "config.toml")
        executors = Executors(config.agents)
        store = await asyncio.to_thread(Store, home)
        hub = EventHub(await store.write(_count_start))
        secrets = Secrets()
        docker = DockerRunner(secrets=secrets, serve_tools=partial(serving, home))
        engine = cls(
            Context(
                home=home,
                config=config,
                store=store,
                hub=hub,
                runners={
                    RunnerKind.HOST: HostRunner(secrets, home.socket.parent),
                    RunnerKind.DOCKER: docker,
                },
                executors=executors,
                operations=OperationLog(store, hub),
                builder=docker,
                secrets=secrets,
            )
        )
        try:
            await engine.upkeep.open_doors()
            await engine.attention.begin()
            await engine._starter.adopt_all()
            await engine._servers.adopt_all()
            await engine._repair.run()
            await engine.landing_queue.resume()
        except BaseException:
            await engine.close()
            raise
        engine.reconciliation.begin()
        engine._tasks += [
            asyncio.create_task(engine._catch_up()),
            asyncio.create_task(engine.housekeeping.run()),
            asyncio.create_task(engine.disk_watch.run()),
            asyncio.create_task(engine.forecasting.run()),
            asyncio.create_task(engine.search.indexing.run()),
            asyncio.create_task(engine.spending.run()),
            asyncio.create_task(engine.pull_watching.run()),
            asyncio.create_task(engine.attention.run()),
            asyncio.create_task(_mark_code()),
        ]
        return engine

    async def _catch_up(self) -> None:
        try:
            await self._turns.catch_up()
        except Exception:  # the process boundary: an old turn's end must not end the engine
            log.exception("seeing to the ends of earlier turns")

    async def status(self) -> EngineStatus:
        """How the engine does; asks the runners, so it may take some seconds when one hangs."""
        runners = await asyncio.gather(*(runner.probe() for runner in self._context.runners.values()))
        docker = next(info for info in runners if info.kind is RunnerKind.DOCKER)
        chosen = self._context.config.workspace.runner
        return EngineStatus(
            pid=os.getpid(),
            version=version("boatyard"),
            code=await asyncio.to_thread(code_mark),
            home=str(self._context.home.data),
            instance=self._context.home.instance,
            started_at=self.lifetime.started_at,
            sequence=self.hub.sequence,
            clients=self.hub.subscribers,
            running=self._context.supervisor.running,
            runners=tuple(runners),
            attention_trouble=self.attention.trouble,
            default_runner=chosen or (RunnerKind.DOCKER if docker.available else RunnerKind.HOST),
        )

    async def snapshot(self) -> Snapshot:
        """Everything that a tree shows, and the number of the last event that is contained in it."""
        # The number is taken first: an event that comes meanwhile is told again, which changes nothing.
        sequence = self.hub.sequence

        return await self._context.store.read(read_snapshot, sequence)

    async def close(self) -> None:
        """Lets go of everything; running processes and half-done operations are left to the next engine."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._turns.close()
        await self.search.close()
        await self.spending.close()
        await self._servers.close()
        await self.review.close()
        await self.file_histories.close()
        await self.landing_queue.close()
        await self._spares.close()
        await self.reconciliation.close()
        await self._context.operations.close()
        await self._context.forges.close()
        await self._context.supervisor.close()
        await asyncio.gather(*(runner.close() for runner in self._context.runners.values()))
        await self._context.store.close()

    def _needed(self) -> bool:
        """Whether anything goes on, or is to come."""
        context = self._context
        later = self.housekeeping.waiting or self.spending.waiting
        return bool(self._attended() or context.operations.running or later)

    def _attended(self) -> bool:
        """Whether somebody is attached, or an agent or a script runs."""
        return bool(self._context.supervisor.running or self._context.hub.subscribers)

    async def _process_ended(self, process: Process) -> None:
        if process.run_reason is RunReason.CODING_AGENT:
            await self._client_requests.end(process.id)
        await self._turns.ended(process)


def _count_start() -> int:
    """How often an engine has started here, this time included."""
    row, _ = m.Counter.get_or_create(name="starts")
    row.number += 1
    row.save()
    return int(row.number)


async def _mark_code() -> None:
    """Looks at the code while it is that which was started."""
    await asyncio.to_thread(code_mark)
