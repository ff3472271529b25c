"""An engine in memory with the client's methods: what a test puts into it is what the interface sees.

It keeps the contract of `core.client.Client` that the interface relies on: a snapshot carries the sequence
number of the last event, and the event stream goes on after the number it is given.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from core.errors import BoatyardError, ConflictError, NotFoundError, UnreachableError
from core.values import events as told
from core.values import requests as ask
from core.values.answers import ExportAnswer, PurgeReport
from core.values.containers import (
    ContainerInfo,
    ContainerLog,
    Defaults,
    NetworkReport,
    PruneReport,
    RefusedHost,
    Usage,
    WorkspaceHealth,
)
from core.values.conversation import Conversation, Entry, LogChunk
from core.values.entities import (
    AgentInfo,
    Approval,
    Checkpoint,
    DevServer,
    EngineStatus,
    Merge,
    Operation,
    Process,
    Project,
    ProjectRepo,
    QueuedPrompt,
    Repo,
    RunnerInfo,
    Session,
    Snapshot,
    StepReport,
    Task,
    Template,
    Trashed,
    Workspace,
    WorkspaceRepo,
)
from core.values.review import (
    Change,
    DiffLine,
    DiffSummary,
    FileChange,
    FileContent,
    FileDiff,
    FileNode,
    LineKind,
    LossReport,
    MergePreview,
    MergeResult,
    RepoMerge,
)
from core.values.states import (
    Activity,
    ApprovalStatus,
    CheckpointKind,
    MergeStyle,
    OperationStatus,
    ProcessStatus,
    RunnerKind,
    RunReason,
    TaskStatus,
    WorkspaceState,
)
from tests.tui.berth import PUSH, Berth
from tests.tui.ledger import Ledger
from tests.tui.moorings import Moorings
from tests.tui.pier import Pier
from tests.tui.quay import Quay
from tests.tui.slip import Slip

DEMO = AgentInfo(name="demo", title="Demo agent", kind="acp", available=True, demonstration=True)
OTHER = AgentInfo(name="other", title="Other agent", kind="acp", available=False, detail="not installed")
HOST = RunnerInfo(kind=RunnerKind.HOST, available=True, isolates=False)
NOW = 1_800_000_000.0


class Harbour(Slip, Quay, Pier, Berth, Ledger, Moorings):
    """The engine and, after `connect`, the client of it."""

    def __init__(self) -> None:
        Quay.__init__(self)
        Slip.__init__(self)
        Pier.__init__(self)
        Berth.__init__(self)
        Ledger.__init__(self)
        Moorings.__init__(self)
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
        self.preview: MergePreview | BoatyardError | None = None
        self.checkpoints_: list[Checkpoint] = []
        self.calls: list[tuple[str, Any]] = []
        """What the interface asked to be done, in order."""
        self.snapshotting: asyncio.Event | None = None
        """Set when the snapshots of workspaces have been taken; None: they take no time."""
        self.counting: asyncio.Event | None = None
        """Set when long diffs have been counted; None: they are at once."""
        self.templates_: list[Template] = []
        self.refused_: tuple[RefusedHost, ...] = ()
        self.agents_: tuple[AgentInfo, ...] = (DEMO, OTHER)
        self.answers: list[dict[str, Any]] = []
        self.sent: list[ask.SendPrompt] = []
        self.notice = ""
        self.containers_: dict[str, ContainerInfo] = {}
        self.docker_gone = False
        self.troubles: tuple[str, ...] = ()
        """What is wrong with every workspace."""
        self.watched: set[str] = set()
        """Containers whose usage the interface follows now."""
        self.up = True
        self.resets = False
        """Whether the event stream answers with `Reset` at first."""
        self._streams: set[asyncio.Queue[told.AnyEvent | None]] = set()

    # The engine's side

    async def connect(self, start: bool = True) -> Any:
        self.asked_to_start = start
        if not self.up:
            raise UnreachableError("the engine does not answer", hint="Start it.")
        return self

    def emit(self, event: told.AnyEvent) -> None:
        """Numbers an event and tells it to everyone."""
        self.sequence += 1
        event = msgspec.structs.replace(event, sequence=self.sequence)
        self.log_of_events.append(event)
        for stream in self._streams:
            stream.put_nowait(event)

    def fall(self) -> None:
        """The engine goes away under its clients."""
        self.up = False
        for stream in self._streams:
            stream.put_nowait(None)

    def put_project(self, name: str, path: str = "/src/app") -> Project:
        repo = Repo(id=_id("repo", name), path=path, name=name)
        project = Project(id=_id("project", name), name=name, repo_ids=(repo.id,))
        self.repos_[repo.id], self.projects_[project.id] = repo, project
        self.emit(told.RepoChanged(repo=repo))
        self.emit(told.ProjectChanged(project=project))
        return project

    def put_task(
        self, project: Project, title: str, status: TaskStatus = TaskStatus.TODO, **more: Any
    ) -> Task:
        number = len(self.tasks_)
        task = Task(
            id=_id("task", str(number)), project_id=project.id, title=title, status=status, position=number,
            created_at=NOW, **more,
        )  # fmt: skip
        self.tasks_[task.id] = task
        self.emit(told.TaskChanged(task=task))
        return task

    def put_workspace(self, task: Task, name: str, **more: Any) -> Workspace:
        fields: dict[str, Any] = {
            "state": WorkspaceState.OPEN, "activity": Activity.IDLE, "agent": "demo", "turns": 1,
            "session_id": _id("session", name), "process_id": _id("process", name), "folder": f"/ws/{name}",
            "repos": (WorkspaceRepo(repo_id=_id("repo", "app"), name="app", path=f"/ws/{name}/app",
                                    target_branch="main", base_commit="a" * 40, head="b" * 40,
                                    added=12, removed=3),),
        }  # fmt: skip
        workspace = Workspace(
            id=_id("ws", name), name=name, task_id=task.id, branch=f"boatyard/{name}", created_at=NOW,
            last_activity_at=NOW, **(fields | more),
        )  # fmt: skip
        return self.set_workspace(workspace)

    def set_workspace(self, workspace: Workspace, **more: Any) -> Workspace:
        workspace = msgspec.structs.replace(workspace, **more)
        self.workspaces_[workspace.name] = workspace
        self.emit(told.WorkspaceChanged(workspace=workspace))
        return workspace

    def put_entry(self, workspace: str, entry: Entry, keep: int = 0) -> None:
        entries = self.entries.setdefault(workspace, [])
        whole = entry
        known = next((i for i, each in enumerate(entries) if each.id == entry.id), None)
        if known is None:
            entries.append(entry)
        else:
            whole = msgspec.structs.replace(entry, text=entries[known].text[:keep] + entry.text)
            entries[known] = whole
        session = self.workspaces_[workspace].session_id or ""
        self.emit(told.EntryChanged(workspace=workspace, session_id=session, entry=entry, keep=keep))

    def put_approval(
        self, workspace: str, title: str, detail: str = "", options: Any = (), **more: Any
    ) -> Approval:
        approval = Approval(
            id=_id("approval", title), process_id=_id("process", workspace), workspace=workspace, title=title,
            detail=detail, options=options, created_at=NOW, **more,
        )  # fmt: skip
        self.approvals_[approval.id] = approval
        self.emit(told.ApprovalChanged(approval=approval))
        self.set_workspace(self.workspaces_[workspace], activity=Activity.WAITING)
        return approval

    def write(self, process: str, text: str) -> None:
        self.logs[process] = self.logs.get(process, "") + text
        size = len(self.logs[process].encode(errors="surrogateescape"))
        self.emit(told.LogGrew(workspace="", process_id=process, size=size))

    # The client's side

    def _asked(self, name: str, value: Any) -> None:
        if not self.up:
            raise UnreachableError("the engine does not answer", hint="Wait.")
        self.calls.append((name, value))

    async def close(self) -> None:
        return

    async def engine_status(self) -> EngineStatus:
        return EngineStatus(
            pid=1,
            version="0",
            home="/h",
            instance="i",
            started_at=NOW,
            sequence=self.sequence,
            runners=(HOST,),
        )

    async def agents(self) -> tuple[AgentInfo, ...]:
        return self.agents_

    async def snapshot(self) -> Snapshot:
        return Snapshot(
            sequence=self.sequence,
            projects=tuple(self.projects_.values()), repos=tuple(self.repos_.values()),
            tasks=tuple(self.tasks_.values()), workspaces=tuple(self.workspaces_.values()),
            approvals=tuple(self.approvals_.values()), operations=tuple(self.operations_.values()),
            notice=self.notice,
        )  # fmt: skip

    async def events(self, since: int) -> AsyncIterator[told.AnyEvent]:
        if self.resets:
            self.resets = False
            yield told.Reset()
            return
        queue: asyncio.Queue[told.AnyEvent | None] = asyncio.Queue()
        for event in self.log_of_events:
            if event.sequence > since:
                queue.put_nowait(event)
        self._streams.add(queue)
        try:
            while (event_or_end := await queue.get()) is not None:
                yield event_or_end
        finally:
            self._streams.discard(queue)

    async def add_repo(self, body: ask.AddRepo) -> Repo:
        self._asked("add_repo", body)
        if not body.path.startswith("/"):
            raise NotFoundError(f"{body.path} is no repository", hint="Give an absolute path.")
        name = body.path.rpartition("/")[2]
        repo = Repo(id=_id("repo", name), path=body.path, name=name)
        self.repos_[repo.id] = repo
        self.emit(told.RepoChanged(repo=repo))
        return repo

    async def update_repo(self, repo: str, body: ask.UpdateRepo) -> Repo:
        self._asked("update_repo", (repo, body))
        return self.repos_[repo]

    async def templates(self) -> tuple[Template, ...]:
        return tuple(self.templates_)

    async def template(self, template: str) -> Template:
        return next(each for each in self.templates_ if each.id == template)

    async def add_template(self, body: ask.AddTemplate) -> Template:
        self._asked("add_template", body)
        self.templates_.append(Template(id=body.name, name=body.name, files=body.files))
        return self.templates_[-1]

    async def workspace_network(self, name: str) -> NetworkReport:
        return NetworkReport(
            workspace=name, network="allow", allow_hosts=("example.org",), refused=self.refused_
        )

    async def remove_template(self, template: str) -> None:
        self._asked("remove_template", template)

    async def project_repos(self, project: str) -> tuple[ProjectRepo, ...]:
        ids = self.projects_[project].repo_ids
        return tuple(ProjectRepo(project_id=project, repo_id=repo, setup_script="mine") for repo in ids)

    async def update_project_repo(self, project: str, repo: str, body: ask.UpdateProjectRepo) -> ProjectRepo:
        self._asked("update_project_repo", (project, repo, body))
        return ProjectRepo(project_id=project, repo_id=repo)

    async def add_project(self, body: ask.AddProject) -> Project:
        self._asked("add_project", body)
        if any(project.name == body.name for project in self.projects_.values()):
            raise ConflictError(f"there is a project {body.name!r} already", hint="Choose another name.")
        project = Project(id=_id("project", body.name), name=body.name, repo_ids=body.repos)
        self.projects_[project.id] = project
        self.emit(told.ProjectChanged(project=project))
        return project

    async def remove_project(self, project: str) -> None:
        self._asked("remove_project", project)
        self.emit(told.Removed(entity="project", id=project))

    async def add_task(self, body: ask.AddTask) -> Task:
        self._asked("add_task", body)
        more = {"description": body.description, "parent_workspace": body.parent_workspace or None}
        task = self.put_task(self.projects_[body.project], body.title, body.status, **more)
        if body.position is not None:
            task = self.tasks_[task.id] = msgspec.structs.replace(task, position=body.position)
            self.emit(told.TaskChanged(task=task))
        return task

    async def update_task(self, task: str, body: ask.UpdateTask) -> Task:
        self._asked("update_task", (task, body))
        given = {k: v for k, v in msgspec.structs.asdict(body).items() if v is not msgspec.UNSET}
        given.pop("budget")
        self.tasks_[task] = msgspec.structs.replace(self.tasks_[task], **given)
        self.emit(told.TaskChanged(task=self.tasks_[task]))
        return self.tasks_[task]

    async def remove_task(self, task: str) -> None:
        self._asked("remove_task", task)
        if any(each.task_id == task for each in self.workspaces_.values()):
            raise ConflictError("the task has workspaces", hint="Remove them first.")
        self.emit(told.Removed(entity="task", id=task))

    def _begin(self, name: str, task: Task, agent: str) -> Operation:
        self.put_workspace(task, name, state=WorkspaceState.CREATING, agent=agent, turns=0)
        steps = (
            StepReport(name="depot", label="Refresh the depot", started_at=NOW, ended_at=NOW + 0.2),
            StepReport(name="clone", label="Clone on boatyard/" + name, started_at=NOW + 0.2),
            StepReport(name="agent", label="Start the agent"),
        )
        operation = Operation(
            id=_id("op", name), kind="create", workspace=name, status=OperationStatus.RUNNING, steps=steps,
            started_at=NOW,
        )  # fmt: skip
        return self.put_operation(operation)

    def put_operation(self, operation: Operation) -> Operation:
        self.operations_[operation.workspace] = operation
        self.emit(told.OperationChanged(operation=operation))
        return operation

    async def new_workspace(self, body: ask.NewWorkspace) -> Operation:
        self._asked("new_workspace", body)
        task = self.tasks_[body.task]
        return self._begin(body.name or f"attempt-{len(self.workspaces_)}", task, body.agent)

    async def run_task(self, body: ask.RunTask) -> Operation:
        self._asked("run_task", body)
        project = self.put_project(body.project or body.repos[0].rpartition("/")[2], body.repos[0])
        return self._begin(f"attempt-{len(self.workspaces_)}", self.put_task(project, body.title), body.agent)

    async def retry_setup(self, name: str) -> Operation:
        self._asked("retry_setup", name)
        return self.operations_[name]

    async def send(self, name: str, body: ask.SendPrompt) -> Process | QueuedPrompt:
        self._asked("send", (name, body.prompt))
        self.sent.append(body)
        workspace = self.workspaces_[name]
        if workspace.activity in (Activity.RUNNING, Activity.WAITING):
            prompt = QueuedPrompt(
                id=_id("queued", body.prompt), workspace=name, prompt=body.prompt, position=0
            )
            self.queued.append(prompt)
            self.set_workspace(workspace, queued=len(self.queued))
            return prompt
        self.set_workspace(workspace, activity=Activity.RUNNING)
        return Process(
            id=_id("process", name), session_id=workspace.session_id or "", workspace=name,
            run_reason=RunReason.CODING_AGENT, status=ProcessStatus.RUNNING,
        )  # fmt: skip

    async def stop_workspace(self, name: str) -> None:
        self._asked("stop_workspace", name)
        self.set_workspace(self.workspaces_[name], activity=Activity.IDLE)

    async def answer_approval(self, approval: str, body: ask.AnswerApproval) -> Approval:
        self._asked("answer_approval", (approval, body.option))
        self.answers.append(body.values)
        answered = msgspec.structs.replace(
            self.approvals_.pop(approval), status=ApprovalStatus.ANSWERED, chosen=body.option
        )
        self.emit(told.ApprovalChanged(approval=answered))
        self.set_workspace(self.workspaces_[answered.workspace], activity=Activity.RUNNING)
        return answered

    async def conversation(
        self, name: str, *, end: int | None = None, limit: int = 200, session: str = "", turn: str = ""
    ) -> Conversation:
        if not self.up:
            raise UnreachableError("gone", hint="Wait.")
        entries = self.past.get(session or turn, []) if session or turn else self.entries.get(name, [])
        last = len(entries) if end is None else end
        first = max(0, last - limit)
        return Conversation(entries=tuple(entries[first:last]), total=len(entries), start=first)

    async def close_workspace(self, name: str) -> Operation:
        self._asked("close_workspace", name)
        self.set_workspace(self.workspaces_[name], state=WorkspaceState.CLOSED)
        return _done("close", name)

    async def restore_workspace(self, name: str) -> Operation:
        self._asked("restore_workspace", name)
        self.set_workspace(self.workspaces_[name], state=WorkspaceState.OPEN)
        return _done("restore", name)

    async def start_dev_servers(self, name: str, body: ask.DevServerRequest) -> tuple[DevServer, ...]:
        self._asked("start_dev_servers", name)
        if not self.workspaces_[name].dev_servers:
            self.set_workspace(self.workspaces_[name], dev_servers=(DevServer(process_id="d", repo="web"),))
        return self.workspaces_[name].dev_servers

    async def stop_dev_servers(self, name: str, body: ask.DevServerRequest) -> tuple[DevServer, ...]:
        self._asked("stop_dev_servers", name)
        self.set_workspace(self.workspaces_[name], dev_servers=())
        return ()

    async def loss(self, name: str) -> LossReport:
        return LossReport(workspace=name, unmerged_commits=2, untracked_files=1)

    async def remove_workspace(self, name: str, body: ask.RemoveWorkspace) -> Operation:
        self._asked("remove_workspace", (name, body.force))
        self.removed[name] = self.workspaces_.pop(name)
        self.emit(told.Removed(entity="workspace", id=self.removed[name].id))
        return _done("delete", name)

    async def recover_workspace(self, name: str) -> Operation:
        self._asked("recover_workspace", name)
        self.set_workspace(self.removed.pop(name))
        return self.put_operation(_done("restore", name))

    async def shell_argv(self, name: str, body: ask.RunCommand) -> tuple[str, ...]:
        self._asked("shell_argv", name)
        return ("true",)

    async def files(self, name: str, path: str = "", *, ignored: bool = False) -> tuple[FileNode, ...]:
        return tuple(node for node in self.tree.get(path, ()) if ignored or not node.ignored)

    async def file(self, name: str, path: str, *, start: int = 0, limit: int = 500) -> FileContent:
        if path not in self.contents:
            raise NotFoundError(f"{path} is not there", hint="Choose another file.")
        lines = self.contents[path]
        window = tuple(lines[start : start + limit])
        more = start + limit < len(lines)
        return FileContent(path=path, size=1, binary=False, start=start, lines=window, more=more)

    async def diff(
        self, name: str, *, base: str = "", until: int = 0, whitespace: bool = True, latest: bool = False
    ) -> DiffSummary:
        self._asked("diff_latest" if latest else "diff", (name, base, until) if base or until else name)
        if self.snapshotting is not None and not latest:
            await self.snapshotting.wait()
        added, removed = sum(f.added for f in self.changed), sum(f.removed for f in self.changed)
        return DiffSummary(workspace=name, snapshot={}, files=self.changed, added=added, removed=removed)

    async def file_diff(
        self, name: str, repo_id: str, path: str, *, start: int = 0, limit: int = 2000, context: int = 3,
        base: str = "", until: int = 0, whitespace: bool = True, partial: bool = False,
    ) -> FileDiff:  # fmt: skip
        self.calls.append(("file_diff", (path, start)))
        file = next(each for each in self.changed if each.path == path)
        lines = self.diffs.get(path, [])
        window = tuple(lines[start : start + limit])
        if self.counting is not None and partial and not self.counting.is_set():
            return FileDiff(file=file, lines=window, total=start + len(window), start=start, complete=False)
        if self.counting is not None:
            await self.counting.wait()
        return FileDiff(file=file, lines=window, total=len(lines), start=start)

    async def update_workspace(self, name: str, body: ask.UpdateWorkspace) -> Workspace:
        if body.pinned is msgspec.UNSET:
            self._asked("update_workspace", (name, body))
            return self.workspaces_[name]
        self._asked("update_workspace", (name, body.pinned))
        return self.set_workspace(self.workspaces_[name], pinned=body.pinned)

    async def remix_workspace(self, name: str, body: ask.RemixWorkspace) -> Operation:
        self._asked("remix_workspace", (name, body.name, body.with_env))
        task = self.tasks_[self.workspaces_[name].task_id]
        return self._begin(body.name or f"{name}-2", task, "")

    async def archive_workspace(self, name: str, body: ask.ArchiveWorkspace) -> Operation:
        self._asked("archive_workspace", name)
        self.set_workspace(self.workspaces_[name], state=WorkspaceState.CLOSED, archived=True)
        return self.put_operation(_done("archive", name))

    async def unarchive_workspace(self, name: str) -> Workspace:
        self._asked("unarchive_workspace", name)
        return self.set_workspace(self.workspaces_[name], archived=False)

    async def trash(self) -> tuple[Trashed, ...]:
        return tuple(
            Trashed(
                name=each.name, task_id=each.task_id, task_title=self.tasks_[each.task_id].title,
                removed_at=NOW, expires_at=NOW + 30 * 86400, files=3, size=4096,
            )
            for each in self.removed.values()
        )  # fmt: skip

    async def empty_trash(self, body: ask.EmptyTrash) -> PurgeReport:
        self._asked("empty_trash", (body.names, body.all, body.dry_run))
        found = await self.trash()
        if not body.dry_run:
            self.removed.clear()
        return PurgeReport(workspaces=found, size=sum(e.size for e in found), deleted=not body.dry_run)

    async def checkpoints(self, name: str) -> tuple[Checkpoint, ...]:
        self._asked("checkpoints", name)
        return tuple(self.checkpoints_)

    async def take_checkpoint(self, name: str, body: ask.TakeCheckpoint) -> Checkpoint:
        self._asked("take_checkpoint", (name, body.message))
        return self.put_checkpoint(name, CheckpointKind.MANUAL, body.message)

    def put_checkpoint(self, name: str, kind: CheckpointKind, message: str, files: int = 0) -> Checkpoint:
        number = len(self.checkpoints_) + 1
        checkpoint = Checkpoint(
            workspace=name, number=number, message=message, kind=kind, files=files, added=files,
            created_at=NOW,
        )  # fmt: skip
        self.checkpoints_.append(checkpoint)
        self.emit(told.CheckpointTaken(checkpoint=checkpoint))
        return checkpoint

    async def export_checkpoint(self, name: str, body: ask.ExportCheckpoint) -> ExportAnswer:
        self._asked("export_checkpoint", (name, body.number))
        raise ConflictError("the disk is full", hint="Free some space.")

    async def restore_to(self, name: str, body: ask.RestoreTo) -> Operation:
        self._asked("restore_to", (name, body.number))
        before = self.put_checkpoint(name, CheckpointKind.BEFORE_RESTORE, f"before {body.number}")
        return self.put_operation(
            msgspec.structs.replace(_done("restore-to", name), result={"before": before.number})
        )

    async def rewind(self, name: str, body: ask.RewindWorkspace) -> Operation:
        self._asked("rewind", (name, body))
        kept = self.entries.get(name, [])
        first = next(at for at, each in enumerate(kept) if each.process_id == body.process)
        self.entries[name] = kept[:first]
        return self.put_operation(msgspec.structs.replace(_done("rewind", name), result={"before": 7}))

    async def wait_operation(self, operation: str) -> Operation:
        return next(each for each in self.operations_.values() if each.id == operation)

    async def merge_preview(self, name: str, style: MergeStyle | None = None) -> MergePreview:
        self._asked("merge_preview", style)
        if isinstance(self.preview, BoatyardError):
            raise self.preview
        preview = self.preview or MergePreview(
            workspace=name, style=MergeStyle.MERGE, message="Merge the work",
            repos=(RepoMerge(repo_id=_id("repo", "app"), target_branch="main", old="a" * 40, new="b" * 40,
                             files=2, added=12, removed=3),),
        )  # fmt: skip
        return msgspec.structs.replace(preview, style=style or preview.style)

    async def merge(self, name: str, body: ask.MergeWorkspace) -> MergeResult:
        self._asked("merge", (name, body.style, body.message))
        if body.push:
            self._asked("merge_and_push", name)
        merge = Merge(
            id="m", workspace=name, repo_id=_id("repo", "app"), target_branch="main",
            style=body.style or MergeStyle.MERGE, commit="c" * 40,
        )  # fmt: skip
        return MergeResult(workspace=name, merges=(merge,), pushes=(PUSH,) if body.push else ())

    async def sessions(self, name: str) -> tuple[Session, ...]:
        return tuple(self.sessions_)

    async def process(self, process: str) -> Process:
        return next(each for each in self.processes_ if each.id == process)

    async def processes(self, name: str = "") -> tuple[Process, ...]:
        return tuple(process for process in self.processes_ if process.workspace == name)

    async def log(
        self, process: str, *, stream: str = "out", offset: int = -1, limit: int = 65536
    ) -> LogChunk:
        self.calls.append(("log", (process, stream, offset)))
        data = self.logs.get(process, "").encode(errors="surrogateescape") if stream == "out" else b""
        start = max(0, len(data) - limit) if offset < 0 else offset
        window = data[start : start + limit]
        return LogChunk(
            offset=start, next_offset=start + len(window), size=len(data),
            text=window.decode(errors="replace"), ended=False,
        )  # fmt: skip

    # Containers

    def put_container(self, workspace: str, state: str = "running", **more: Any) -> ContainerInfo:
        name = f"boatyard-home-{workspace}"
        info = ContainerInfo(
            id=_id("container", workspace), name=name, workspace=workspace, state=state, started_at=NOW,
            image="python:3.12", **more,
        )  # fmt: skip
        self.containers_[info.id] = info
        self.emit(told.ContainersChanged(workspaces=(workspace,)))
        return info

    async def containers(self, *, stats: bool = False, disk: bool = False) -> tuple[ContainerInfo, ...]:
        if self.docker_gone:
            raise UnreachableError("no container engine answers", hint="Start Docker.")
        return tuple(self.containers_.values())

    async def container_usage(self, container: str) -> AsyncIterator[Usage]:
        self.watched.add(container)
        try:
            yield Usage(cpu_percent=12.4, memory_bytes=300 * 2**20, processes=7)
            await asyncio.Event().wait()
        finally:
            self.watched.discard(container)

    async def start_container(self, container: str) -> ContainerInfo:
        return self._container("start_container", container)

    async def stop_container(self, container: str) -> ContainerInfo:
        return self._container("stop_container", container)

    async def restart_container(self, container: str) -> ContainerInfo:
        return self._container("restart_container", container)

    async def remove_container(self, container: str) -> ContainerInfo:
        return self._container("remove_container", container)

    def _container(self, call: str, container: str) -> ContainerInfo:
        self._asked(call, container)
        if container not in self.containers_:
            raise NotFoundError(f"the container {container} is gone")
        return self.containers_[container]

    async def prune_containers(self, body: ask.PruneContainers) -> PruneReport:
        self._asked("prune_containers", body.dry_run)
        orphans = tuple(each for each in self.containers_.values() if each.orphan)
        return PruneReport(dry_run=body.dry_run, containers=orphans)

    async def container_log(self, container: str, *, lines: int = 200) -> ContainerLog:
        return ContainerLog(name=container, text="first [b]line\nsecond line\n")

    async def workspace_health(self, name: str) -> WorkspaceHealth:
        return WorkspaceHealth(workspace=name, environment="absent", troubles=self.troubles)

    async def repair_workspace(self, name: str) -> Operation:
        self._asked("repair_workspace", name)
        self.operations_["op-" + name] = _done("repair", name)
        return _done("repair", name)

    async def defaults(self) -> Defaults:
        return Defaults(cpus=2.0, memory_mb=4096, processes=512, network="full")

    async def update_defaults(self, body: ask.UpdateDefaults) -> Defaults:
        self._asked("update_defaults", body)
        return await self.defaults()


def _id(kind: str, name: str) -> str:
    return f"{kind}-{name}"


def _done(kind: str, name: str) -> Operation:
    return Operation(id=_id("op", name), kind=kind, workspace=name, status=OperationStatus.DONE)


def diff_of(*pairs: tuple[str, str]) -> list[DiffLine]:
    """Diff lines from signs and texts, numbered."""
    kinds = {"+": LineKind.ADDED, "-": LineKind.REMOVED, " ": LineKind.CONTEXT, "@": LineKind.HUNK}
    lines: list[DiffLine] = []
    old = new = 0
    for sign, text in pairs:
        kind = kinds[sign]
        old += kind in (LineKind.CONTEXT, LineKind.REMOVED)
        new += kind in (LineKind.CONTEXT, LineKind.ADDED)
        lines.append(
            DiffLine(
                kind=kind,
                text=text,
                old=old if kind in (LineKind.CONTEXT, LineKind.REMOVED) else None,
                new=new if kind in (LineKind.CONTEXT, LineKind.ADDED) else None,
            )
        )
    return lines


def changed_file(path: str, added: int = 1, removed: int = 1, change: Change = Change.MODIFIED) -> FileChange:
    return FileChange(repo_id=_id("repo", "app"), path=path, change=change, added=added, removed=removed)
