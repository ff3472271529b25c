"""The entities as the engine reports them, and nothing else: no widget, no request, no rule.

A snapshot fills it, events change it. Who watches is told once per frame what changed, by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from core.values.states import Activity, ApprovalStatus, OperationStatus, RunnerKind, WorkspaceState
from tui.engine.changes import Changes, Watcher

if TYPE_CHECKING:
    from core.values.conflicts import Forecast
    from core.values.entities import (
        AgentInfo,
        Approval,
        Operation,
        Process,
        Project,
        Repo,
        RunnerInfo,
        Snapshot,
        Task,
        Workspace,
    )
    from core.values.events import AnyEvent
    from core.values.landing import LandingQueue


class Store:
    """All projects, repos, tasks and workspaces, with what is pending on them."""

    def __init__(self) -> None:
        self.sequence = 0
        self.loaded = False
        self.notice = ""
        self.default_runner = RunnerKind.HOST
        self.projects: dict[str, Project] = {}
        self.repos: dict[str, Repo] = {}
        self.tasks: dict[str, Task] = {}
        self.workspaces: dict[str, Workspace] = {}
        """By name."""
        self.approvals: dict[str, Approval] = {}
        """The pending ones."""
        self.operations: dict[str, Operation] = {}
        """The latest of each workspace."""
        self.processes: dict[str, Process] = {}
        """Those that events told of; not all there are."""
        self.agents: dict[str, AgentInfo] = {}
        self.runners: Sequence[RunnerInfo] = ()
        """The executors there are, by name; asked for apart from the snapshot."""
        self.workspaces_of: dict[str, list[str]] = {}
        """Names by task."""
        self.forecasts: dict[str, Forecast] = {}
        """What each workspace's work would be in conflict with, by name; asked for apart."""
        self.landing: LandingQueue | None = None
        self.marked: list[str] = []
        """Workspaces that are marked to land, in the order of marking."""
        self.show_archived = False
        """Whether the tree shows archived workspaces, too."""
        self._names: dict[str, str] = {}
        self._changes = Changes()
        self._watchers: list[Watcher] = []

    # Reading

    def tasks_of(self, project_id: str) -> list[Task]:
        """A project's tasks in their order."""
        found = [task for task in self.tasks.values() if task.project_id == project_id]
        return sorted(found, key=lambda task: (task.position, task.created_at))

    def counts(self) -> tuple[int, int, int]:
        """How many workspaces run, wait for the user, and have failed."""
        running = waiting = failed = 0
        for workspace in self.workspaces.values():
            if workspace.activity in (Activity.WAITING, Activity.ASKING):
                waiting += 1
            elif workspace.activity in (Activity.RUNNING, Activity.SETUP):
                running += 1
            elif workspace.activity is Activity.FAILED or workspace.state is WorkspaceState.FAILED:
                failed += 1
        return running, waiting, failed

    def approvals_of(self, workspace: str) -> list[Approval]:
        """What the workspace's agent asks for, oldest first."""
        found = [approval for approval in self.approvals.values() if approval.workspace == workspace]
        return sorted(found, key=lambda approval: approval.created_at)

    def repos_of(self, project_id: str) -> list[Repo]:
        project = self.projects.get(project_id)
        return [self.repos[id_] for id_ in project.repo_ids if id_ in self.repos] if project else []

    def agent_title(self, name: str) -> str:
        """What an agent is called; one that has no model behind it is always called a demonstration."""
        agent = self.agents.get(name)
        return name if agent is None else marked_title(agent)

    def take_agents(self, agents: Iterable[AgentInfo], runners: Sequence[RunnerInfo] = ()) -> None:
        """Takes in which executors there are, and where they can run."""
        self.agents = {agent.name: agent for agent in agents}
        self.runners = runners
        self._changes.agents = True
        self._changes.workspaces.update(self.workspaces)

    def mark(self, *names: str) -> None:
        """Marks workspaces to land, or takes their marks away."""
        for name in names:
            if name in self.marked:
                self.marked.remove(name)
            else:
                self.marked.append(name)
            self._changes.forecasts.add(name)
        self.publish()

    # Watching

    def watch(self, watcher: Watcher) -> None:
        """Calls `watcher` with every batch of changes."""
        self._watchers.append(watcher)

    def unwatch(self, watcher: Watcher) -> None:
        """Calls it no more."""
        self._watchers.remove(watcher)

    def restructure(self) -> None:
        """Has the tree built anew: something else is to be seen in it."""
        self._changes.structure = True
        self.publish()

    def in_sight(self, task_id: str) -> list[str]:
        """Names of a task's workspaces that the tree shows."""
        names = self.workspaces_of.get(task_id, [])
        return [name for name in names if self.show_archived or not self.workspaces[name].archived]

    def publish(self) -> None:
        """Tells every watcher what changed since the last time."""
        changes, self._changes = self._changes, Changes()
        for watcher in list(self._watchers):
            watcher(changes)

    # Changing

    def load(self, snapshot: Snapshot) -> None:
        """Replaces everything."""
        self.sequence = snapshot.sequence
        self.notice = snapshot.notice
        self.default_runner = snapshot.default_runner
        self.projects = {project.id: project for project in snapshot.projects}
        self.repos = {repo.id: repo for repo in snapshot.repos}
        self.tasks = {task.id: task for task in snapshot.tasks}
        self.approvals = {a.id: a for a in snapshot.approvals if a.status is ApprovalStatus.PENDING}
        self.operations = {operation.workspace: operation for operation in snapshot.operations}
        self.workspaces, self.workspaces_of, self._names = {}, {}, {}
        self._add_workspaces(snapshot.workspaces)
        self.loaded = True
        self._changes = Changes(everything=True, structure=True)

    def _add_workspaces(self, workspaces: Iterable[Workspace]) -> None:
        for workspace in workspaces:
            if workspace.state is WorkspaceState.DELETED:
                self._drop_workspace(workspace.name)
                continue
            known = self.workspaces.get(workspace.name)
            if known is None or known.task_id != workspace.task_id:
                self._changes.structure = True
                if known is not None:
                    self.workspaces_of[known.task_id].remove(known.name)
                self.workspaces_of.setdefault(workspace.task_id, []).append(workspace.name)
            elif known.archived != workspace.archived:
                self._changes.structure = True
            self.workspaces[workspace.name] = workspace
            self._names[workspace.id] = workspace.name
            self._changes.workspaces.add(workspace.name)

    def _drop_workspace(self, name: str) -> None:
        workspace = self.workspaces.pop(name, None)
        if workspace is None:
            return
        self._changes.structure = True
        self._changes.workspaces.add(name)
        self.forecasts.pop(name, None)
        self.marked = [each for each in self.marked if each != name]
        self._names.pop(workspace.id, None)
        self.operations.pop(name, None)
        self.approvals = {id_: a for id_, a in self.approvals.items() if a.workspace != name}
        names = self.workspaces_of.get(workspace.task_id, [])
        if name in names:
            names.remove(name)

    def apply(self, event: AnyEvent) -> None:
        """Takes in one event."""
        from core.values import events as told

        self.sequence = max(self.sequence, event.sequence)
        match event:
            case told.ProjectChanged(project=project):
                self._changes.structure = True
                self.projects[project.id] = project
                self._changes.projects.add(project.id)
            case told.RepoChanged(repo=repo):
                self.repos[repo.id] = repo
            case told.TaskChanged(task=task):
                self._apply_task(task)
            case told.WorkspaceChanged(workspace=workspace):
                self._add_workspaces([workspace])
            case told.OperationChanged(operation=operation):
                self._apply_operation(operation)
            case told.ApprovalChanged(approval=approval):
                self._apply_approval(approval)
            case told.ProcessChanged() | told.LogGrew() | told.FilesChanged() | told.EntryChanged():
                self._apply_output(event)
            case told.CheckpointTaken(checkpoint=checkpoint):
                self._changes.checkpoints.add(checkpoint.workspace)
            case told.ContainersChanged():
                self._changes.containers = True
            case told.ScratchChanged(scratch=scratch):
                self._changes.scratches.append(scratch)
            case told.TagChanged() | told.Removed(entity="tag"):
                self._changes.tags = True
            case told.QueueChanged(workspace=name, queue=queue):
                self._changes.queues[name] = queue
            case told.CommentChanged() | told.ForecastChanged() | told.LandingChanged():
                self._apply_review(event)
            case told.Removed(entity="comment"):
                self._changes.comments.add("")
            case told.Removed():
                self._apply_removal(event)
            case told.Noticed(notice=notice):
                self._changes.notices.append(notice.text)
            case told.Reset() | told.Stopping():
                pass

    def _apply_task(self, task: Task) -> None:
        known = self.tasks.get(task.id)
        self.tasks[task.id] = task
        self._changes.tasks.add(task.id)
        if known is None or known.status is not task.status or known.position != task.position:
            self._changes.structure = True

    def _apply_operation(self, operation: Operation) -> None:
        if operation.kind == "delete" and operation.status is OperationStatus.DONE:
            self.operations.pop(operation.workspace, None)
        else:
            self.operations[operation.workspace] = operation
        self._changes.workspaces.add(operation.workspace)

    def _apply_approval(self, approval: Approval) -> None:
        if approval.status is ApprovalStatus.PENDING:
            self.approvals[approval.id] = approval
        else:
            self.approvals.pop(approval.id, None)
        self._changes.workspaces.add(approval.workspace)

    def _apply_output(self, event: AnyEvent) -> None:
        from core.values import events as told

        match event:
            case told.ProcessChanged(process=process):
                self.processes[process.id] = process
                self._changes.processes.add(process.id)
                self._changes.workspaces.add(process.workspace)
            case told.LogGrew(process_id=process_id, size=size):
                self._changes.logs[process_id] = size
            case told.FilesChanged(workspace=name):
                self._changes.files.add(name)
            case told.EntryChanged():
                self._changes.entries.append(event)

    def _apply_review(self, event: AnyEvent) -> None:
        from core.values import events as told

        match event:
            case told.CommentChanged(comment=comment):
                self._changes.comments.add(comment.workspace)
            case told.ForecastChanged(forecast=forecast):
                self.forecasts[forecast.workspace] = forecast
                self._changes.forecasts.add(forecast.workspace)
            case told.LandingChanged(queue=queue):
                self.landing = self._changes.landing = queue

    def take_review(self, forecasts: Iterable[Forecast], landing: LandingQueue) -> None:
        """Takes in what the snapshot does not have: conflicts to be expected, and the landing queue."""
        self.forecasts = {forecast.workspace: forecast for forecast in forecasts}
        self.landing = self._changes.landing = landing
        self._changes.forecasts.update(self.workspaces)

    def _apply_removal(self, event: AnyEvent) -> None:
        from core.values.events import Removed

        assert isinstance(event, Removed)
        self._changes.structure = True
        if event.entity == "workspace":
            self._drop_workspace(self._names.get(event.id, ""))
        elif event.entity == "task":
            self.tasks.pop(event.id, None)
            for name in list(self.workspaces_of.pop(event.id, [])):
                self._drop_workspace(name)
        elif event.entity == "project":
            self.projects.pop(event.id, None)
            for task in self.tasks_of(event.id):
                self.tasks.pop(task.id, None)
        elif event.entity == "repo":
            self.repos.pop(event.id, None)


def marked_title(agent: AgentInfo) -> str:
    """An agent's title, which says so where there is no model behind it."""
    marked = not agent.demonstration or "demonstration" in agent.title.lower()
    return agent.title if marked else f"{agent.title} (demonstration)"
