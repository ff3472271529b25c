"""What a test puts into the engine in memory, what it was asked, and the events that it tells."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from core.code_mark import code_mark
from core.errors import BoatyardError, UnreachableError
from core.values import events as told
from core.values import requests as ask
from core.values.access import OpenDoor
from core.values.attempts import Attempt
from core.values.comments import ReviewComment
from core.values.configuration import Setting, SettingKind
from core.values.conflicts import Conflict, ConflictSides, Forecast
from core.values.containers import (
    ContainerInfo,
    RefusedHost,
)
from core.values.conversation import AgentCommand, AgentModes, Entry
from core.values.entities import (
    AgentInfo,
    Approval,
    ApprovalRule,
    Checkpoint,
    Operation,
    Process,
    Project,
    QueuedPrompt,
    Repo,
    Session,
    Task,
    Template,
    Workspace,
)
from core.values.landing import LandingQueue
from core.values.own_files import OwnFile
from core.values.prompting import Image, Scratch, Tag
from core.values.provenance import FileStep, LinesFrom
from core.values.pull_requests import (
    Check,
    RemoteComment,
)
from core.values.review import (
    DiffLine,
    FileChange,
    FileNode,
    MergePreview,
)
from core.values.search import SearchHit
from core.values.states import (
    OperationStatus,
)
from tests.tui.fake_engine.values import DEMO, OTHER, PUSH

SETTINGS = (
    Setting(key="engine.idle_minutes", kind=SettingKind.NUMBER, value="10", default="10", in_file=False,
            help="The engine stops after so many minutes.", range="from 0 to 100"),
    Setting(key="workspace.runner", kind=SettingKind.CHOICE, value="", default="", in_file=False,
            help="Where new workspaces run.", choices=("", "docker", "host")),
    Setting(key="workspace.memory_mb", kind=SettingKind.NUMBER, value="777", default="4096", in_file=True,
            help="Memory that a container may use.", range="from 16 to 9000"),
    Setting(key="workspace.allow_hosts", kind=SettingKind.LIST, value='["a.org"]', default="[]", in_file=True,
            help="Hosts that a container reaches."),
    Setting(key="merge.hooks", kind=SettingKind.SWITCH, value="true", default="true", in_file=False,
            help="Whether hooks run."),
    Setting(key="keys.preset", kind=SettingKind.CHOICE, value="default", default="default", in_file=False,
            help="The set of keys.", choices=("default", "vim", "arrows")),
    Setting(key="agents.mine.env", kind=SettingKind.TABLE, value="TOKEN", default="", in_file=True,
            help="Its variables."),
)  # fmt: skip


class State:
    """What all parts of the engine in memory share."""

    def __init__(self) -> None:
        self.sequence = 0
        self.log_of_events: list[told.AnyEvent] = []
        self.projects_: dict[str, Project] = {}
        self.repos_: dict[str, Repo] = {}
        self.tasks_: dict[str, Task] = {}
        self.workspaces_: dict[str, Workspace] = {}
        self.removed: dict[str, Workspace] = {}
        self.approvals_: dict[str, Approval] = {}
        self.operations_: dict[str, Operation] = {}
        self.entries: dict[str, list[Entry]] = {}
        self.past: dict[str, list[Entry]] = {}
        """Entries of earlier sessions by their ids, and of turns taken back by their processes."""
        self.sessions_: list[Session] = []
        self.processes_: list[Process] = []
        self.logs: dict[str, str] = {}
        self.tree: dict[str, tuple[FileNode, ...]] = {}
        self.contents: dict[str, list[str]] = {}
        self.changed: tuple[FileChange, ...] = ()
        self.diffs: dict[str, list[DiffLine]] = {}
        self.whole_diffs: dict[str, list[DiffLine]] = {}
        """With all unchanged lines, where there are any but those in `diffs`."""
        self.preview: MergePreview | BoatyardError | None = None
        self.pushed_merge = False
        """Whether the last merge was pushed: then it is not taken back."""
        self.checkpoints_: list[Checkpoint] = []
        self.calls: list[tuple[str, Any]] = []
        """What the interface asked to be done, in order."""
        self.snapshotting: asyncio.Event | None = None
        """Set when the snapshots of workspaces have been taken; None: they take no time."""
        self.reading: asyncio.Event | None = None
        """Set when the list of changed files has been read; None: it is at once."""
        self.counting: asyncio.Event | None = None
        """Set when long diffs have been counted; None: they are at once."""
        self.templates_: list[Template] = []
        self.refused_: tuple[RefusedHost, ...] = ()
        self.agents_: tuple[AgentInfo, ...] = (DEMO, OTHER)
        self.answers: list[dict[str, Any]] = []
        self.sent: list[ask.SendPrompt] = []
        self.notice = ""
        self.containers_: dict[str, ContainerInfo] = {}
        self.own_file_ = OwnFile(repo_id="repo-app", repo="app", branch="main", commit="c" * 40)
        self.docker_gone = False
        self.troubles: tuple[str, ...] = ()
        """What is wrong with every workspace."""
        self.watched: set[str] = set()
        """Containers whose usage the interface follows now."""
        self.up = True
        self.code = code_mark()
        self.resets = False
        """Whether the event stream answers with `Reset` at first."""
        self._streams: set[asyncio.Queue[told.AnyEvent | None]] = set()
        self.scratches: dict[tuple[str, str], Scratch] = {}
        self.tags_: list[Tag] = []
        self.paths: list[str] = []
        self.commands_: tuple[AgentCommand, ...] = ()
        self.modes_ = AgentModes()
        self.queued: list[QueuedPrompt] = []
        self.hits: list[SearchHit] = []
        self.rules_: list[ApprovalRule] = []
        self.pictures_: dict[str, list[Image]] = {}
        """By task."""
        self.images_: dict[str, Image] = {}
        """Those that tasks may have, by id."""
        self.comments_: dict[str, ReviewComment] = {}
        self.moved: dict[str, Any] = {}
        """Fields of comments that were begun which are others by now."""
        self.removed_comments: dict[str, ReviewComment] = {}
        self.forecasts_: tuple[Forecast, ...] = ()
        self.attempts_: tuple[Attempt, ...] = ()
        self.landing_ = LandingQueue()
        self.blame_: tuple[LinesFrom, ...] = ()
        self.sides: dict[str, ConflictSides] = {}
        self.resolved: set[str] = set()
        """Paths in conflict that somebody has resolved in the files."""
        self.conflicts: tuple[Conflict, ...] = ()
        """Those that the next update stops at."""
        self.changed_meanwhile = False
        """Whether parts are refused, because the workspace is not what was looked at."""
        self.deaf = 0
        """How many answers to sent comments get lost."""
        self.checks: tuple[Check, ...] = ()
        self.pushes = (PUSH,)
        """What is not pushed yet."""
        self.remarks: tuple[RemoteComment, ...] = ()
        self.forge_trouble: BoatyardError | None = None
        """What the host answers to everything."""
        self.settings_ = {each.key: each for each in SETTINGS}
        self.steps: list[FileStep] = []
        self.changed_lines: list[DiffLine] = []
        self.once: dict[tuple[str, str], list[str]] = {}
        """Lines by path and commit."""
        self.doors_: tuple[OpenDoor, ...] = ()

    def emit(self, event: told.AnyEvent) -> None:
        """Numbers an event and tells it to everyone."""
        self.sequence += 1
        event = msgspec.structs.replace(event, sequence=self.sequence)
        self.log_of_events.append(event)
        for stream in self._streams:
            stream.put_nowait(event)

    def _asked(self, name: str, value: Any) -> None:
        if not self.up:
            raise UnreachableError("the engine does not answer", hint="Wait.")
        self.calls.append((name, value))

    def set_workspace(self, workspace: Workspace, **more: Any) -> Workspace:
        workspace = msgspec.structs.replace(workspace, **more)
        self.workspaces_[workspace.name] = workspace
        self.emit(told.WorkspaceChanged(workspace=workspace))
        return workspace

    def put_operation(self, operation: Operation) -> Operation:
        self.operations_[operation.workspace] = operation
        self.emit(told.OperationChanged(operation=operation))
        return operation

    def _ended(self, kind: str, name: str, **result: object) -> Operation:
        operation = Operation(
            id=f"op-{kind}-{name}", kind=kind, workspace=name, status=OperationStatus.DONE, result=result
        )
        return self.put_operation(operation)
