"""Workspaces of the engine in memory, from the first step to the trash."""

from __future__ import annotations

from typing import Any

import msgspec

from core.values import events as told
from core.values import requests as ask
from core.values.access import OpenDoor
from core.values.answers import PurgeReport
from core.values.entities import (
    DevServer,
    Operation,
    StepReport,
    Task,
    Trashed,
    Workspace,
    WorkspaceRepo,
)
from core.values.requests import PublishWorkspace
from core.values.review import (
    LossReport,
)
from core.values.states import (
    Activity,
    OperationStatus,
    WorkspaceState,
)
from tests.tui.fake_engine.projects import Projects
from tests.tui.fake_engine.tasks import Tasks
from tests.tui.fake_engine.values import NOW, done, id_of


class Workspaces(Projects, Tasks):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    def put_workspace(self, task: Task, name: str, **more: Any) -> Workspace:
        fields: dict[str, Any] = {
            "state": WorkspaceState.OPEN, "activity": Activity.IDLE, "agent": "demo", "turns": 1,
            "session_id": id_of("session", name), "process_id": id_of("process", name),
            "folder": f"/ws/{name}",
            "repos": (WorkspaceRepo(repo_id=id_of("repo", "app"), name="app", path=f"/ws/{name}/app",
                                    target_branch="main", base_commit="a" * 40, head="b" * 40,
                                    added=12, removed=3),),
        }  # fmt: skip
        workspace = Workspace(
            id=id_of("ws", name), name=name, task_id=task.id, branch=f"boatyard/{name}", created_at=NOW,
            last_activity_at=NOW, **(fields | more),
        )  # fmt: skip
        return self.set_workspace(workspace)

    def _begin(self, name: str, task: Task, agent: str) -> Operation:
        self.put_workspace(task, name, state=WorkspaceState.CREATING, agent=agent, turns=0)
        steps = (
            StepReport(name="depot", label="Refresh the depot", started_at=NOW, ended_at=NOW + 0.2),
            StepReport(name="clone", label="Clone on boatyard/" + name, started_at=NOW + 0.2),
            StepReport(name="agent", label="Start the agent"),
        )
        operation = Operation(
            id=id_of("op", name), kind="create", workspace=name, status=OperationStatus.RUNNING, steps=steps,
            started_at=NOW,
        )  # fmt: skip
        return self.put_operation(operation)

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

    async def stop_workspace(self, name: str) -> None:
        self._asked("stop_workspace", name)
        self.set_workspace(self.workspaces_[name], activity=Activity.IDLE)

    async def close_workspace(self, name: str) -> Operation:
        self._asked("close_workspace", name)
        self.set_workspace(self.workspaces_[name], state=WorkspaceState.CLOSED)
        return self.put_operation(done("close", name))

    async def restore_workspace(self, name: str) -> Operation:
        self._asked("restore_workspace", name)
        self.set_workspace(self.workspaces_[name], state=WorkspaceState.OPEN, archived=False)
        return done("restore", name)

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
        return self.put_operation(done("delete", name))

    async def recover_workspace(self, name: str) -> Operation:
        self._asked("recover_workspace", name)
        self.set_workspace(self.removed.pop(name))
        return self.put_operation(done("restore", name))

    async def shell_argv(self, name: str, body: ask.RunCommand) -> tuple[str, ...]:
        self._asked("shell_argv", name)
        return ("true",)

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
        return self.put_operation(done("archive", name))

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

    async def workspace(self, name: str) -> Workspace:
        return self.workspaces_[name]

    async def seen(self, name: str) -> Workspace:
        self._asked("seen", name)
        workspace = self.workspaces_[name]
        if workspace.activity is Activity.UNSEEN:
            workspace = self.set_workspace(workspace, activity=Activity.IDLE)
        return workspace

    async def doors(self) -> tuple[OpenDoor, ...]:
        return self.doors_

    async def publish_workspace(self, name: str, body: PublishWorkspace) -> Operation:
        self._asked("publish_workspace", (name, body.folder))
        self.set_workspace(self.workspaces_[name], published_at=1_800_000_000.0, published_by="ada")
        result: dict[str, object] = {"files": 3, "size": 2048, "left_out": [".env: a dotfile"]}
        return self.put_operation(
            Operation(
                id="publish", kind="publish", workspace=name, status=OperationStatus.DONE, result=result
            )
        )

    async def unpublish_workspace(self, name: str) -> Operation:
        self._asked("unpublish_workspace", name)
        self.set_workspace(self.workspaces_[name], published_at=None, published_by="")
        return self.put_operation(
            Operation(id="unpublish", kind="unpublish", workspace=name, status=OperationStatus.DONE)
        )
