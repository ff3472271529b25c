"""The migrated schema is the models' own, and the database itself refuses what must not be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import peewee
import pytest

from core.paths import Home
from core.store import models as m
from core.store.database import PRAGMAS, open_database
from core.values.states import (
    CheckpointKind,
    MergeStyle,
    OperationStatus,
    ProcessStatus,
    RunnerKind,
    RunReason,
    TaskStatus,
    WorkspaceState,
)


@pytest.fixture
def database(home: Home) -> Iterator[peewee.SqliteDatabase]:
    database = open_database(home)
    with database.connection_context():
        yield database


def described(database: peewee.SqliteDatabase) -> dict[str, dict[str, Any]]:
    """Columns, foreign keys, indices and checks of every table."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    found = {}
    for table, sql in database.execute_sql(query).fetchall():
        if table != "schema_migration":
            found[table] = {
                "columns": sorted(row[1:] for row in _pragma(database, "table_info", table)),
                "keys": sorted(row[2:] for row in _pragma(database, "foreign_key_list", table)),
                "indices": sorted(_indices(database, table)),
                "checks": sorted(_checks(sql)),
            }
    return found


def _pragma(database: peewee.SqliteDatabase, name: str, argument: str) -> list[tuple[Any, ...]]:
    return list(database.execute_sql(f'PRAGMA {name}("{argument}")').fetchall())


def _indices(database: peewee.SqliteDatabase, table: str) -> Iterator[tuple[Any, ...]]:
    for _, name, unique, origin, partial in _pragma(database, "index_list", table):
        columns = tuple(row[2] for row in _pragma(database, "index_info", name))
        yield (columns, unique, origin, partial)


def _checks(sql: str) -> Iterator[str]:
    flat = " ".join(sql.split())
    while (at := flat.find("CHECK (")) >= 0:
        depth, end = 0, at + 6
        for end in range(at + 6, len(flat)):
            depth += {"(": 1, ")": -1}.get(flat[end], 0)
            if not depth:
                break
        yield flat[at : end + 1]
        flat = flat[end + 1 :]


def test_the_migrations_lead_to_what_the_models_say(database: peewee.SqliteDatabase) -> None:
    migrated = described(database)
    fresh = peewee.SqliteDatabase(":memory:", pragmas=PRAGMAS)
    with fresh.bind_ctx(m.MODELS), fresh.connection_context():
        fresh.create_tables(m.MODELS)
        made = described(fresh)
    # Peewee leaves this key out when it makes the tables: it names a table that comes later.
    late = ("workspace", "parent_workspace_id", "id", "NO ACTION", "SET NULL", "NONE")
    assert late in migrated["task"]["keys"]
    migrated["task"]["keys"].remove(late)
    assert migrated == made


def test_every_model_has_its_table(database: peewee.SqliteDatabase) -> None:
    assert {model._meta.table_name for model in m.MODELS} == set(described(database))


@pytest.fixture
def rows(database: peewee.SqliteDatabase) -> dict[str, Any]:
    """One row of each kind that others hang on."""
    project = m.Project.create(name="harbour")
    repo = m.Repo.create(path="/r", name="r")
    m.ProjectRepo.create(project=project, repo=repo)
    task = m.Task.create(project=project, title="t")
    workspace = m.Workspace.create(task=task, name="ws", branch="boatyard/ws")
    m.WorkspaceRepo.create(workspace=workspace, repo=repo, target_branch="main")
    session = m.Session.create(workspace=workspace)
    process = m.ExecutionProcess.create(session=session, run_reason=RunReason.COMMAND)
    m.CodingAgentTurn.create(process=process, prompt="p")
    m.Approval.create(process=process, key="k", title="t")
    m.ProcessRepoState.create(process=process, repo=repo)
    checkpoint = m.Checkpoint.create(workspace=workspace, number=1, kind=CheckpointKind.MANUAL)
    m.CheckpointRepo.create(checkpoint=checkpoint, repo=repo, commit="c")
    m.Merge.create(workspace=workspace, repo=repo, target_branch="main")
    m.QueuedPrompt.create(workspace=workspace, prompt="p", position=0)
    operation = m.Operation.create(kind="create", workspace=workspace, workspace_name="ws")
    user = m.User.create(name="u")
    m.UserSettings.create(user=user)
    image = m.Image.create(path="i", original_name="i", mime_type="image/png", size=1, sha256="a" * 64)
    m.TaskImage.create(task=task, image=image)
    m.Collaborator.create(user=user, workspace=workspace)
    token = m.ApiToken.create(user=user, name="t", sha256="a" * 64)
    return locals()


REFUSED: dict[str, Callable[[dict[str, Any]], object]] = {
    "project without a name": lambda r: m.Project.create(name=""),
    "project name taken": lambda r: m.Project.create(name="harbour"),
    "unknown merge style": lambda r: m.Project.create(name="x", merge_style="octopus"),
    "repo path taken": lambda r: m.Repo.create(path="/r", name="other"),
    "repo twice in a project": lambda r: m.ProjectRepo.create(project=r["project"], repo=r["repo"]),
    "task without a title": lambda r: m.Task.create(project=r["project"], title=""),
    "task of no project": lambda r: m.Task.create(project="f" * 32, title="t"),
    "unknown task status": lambda r: m.Task.create(project=r["project"], title="t", status="maybe"),
    "workspace name taken": lambda r: m.Workspace.create(task=r["task"], name="ws", branch="b"),
    "workspace name with a capital": lambda r: m.Workspace.create(task=r["task"], name="Ws", branch="b"),
    "workspace name that climbs": lambda r: m.Workspace.create(task=r["task"], name="../x", branch="b"),
    "workspace name with a hyphen at its end": lambda r: m.Workspace.create(
        task=r["task"], name="x-", branch="b"
    ),
    "unknown workspace state": lambda r: m.Workspace.create(
        task=r["task"], name="x", branch="b", state="sunk"
    ),
    "unknown runner": lambda r: m.Workspace.create(task=r["task"], name="xx", branch="b", runner="moon"),
    "repo of a workspace deleted": lambda r: r["repo"].delete_instance(),
    "unknown run reason": lambda r: m.ExecutionProcess.create(session=r["session"], run_reason="fun"),
    "running and completed": lambda r: m.ExecutionProcess.create(
        session=r["session"], run_reason=RunReason.COMMAND, completed_at=1.0
    ),
    "ended and not completed": lambda r: m.ExecutionProcess.create(
        session=r["session"], run_reason=RunReason.COMMAND, status=ProcessStatus.KILLED
    ),
    "second turn of a process": lambda r: m.CodingAgentTurn.create(process=r["process"], prompt="p"),
    "approval asked twice": lambda r: m.Approval.create(process=r["process"], key="k", title="t"),
    "checkpoint number taken": lambda r: m.Checkpoint.create(
        workspace=r["workspace"], number=1, kind=CheckpointKind.MANUAL
    ),
    "checkpoint number zero": lambda r: m.Checkpoint.create(
        workspace=r["workspace"], number=0, kind=CheckpointKind.MANUAL
    ),
    "pull request without a number": lambda r: m.Merge.create(
        workspace=r["workspace"], repo=r["repo"], target_branch="main", kind="pull_request"
    ),
    "unknown operation status": lambda r: m.Operation.create(kind="x", workspace_name="ws", status="odd"),
    "tag name taken": lambda r: [m.Tag.create(name="t") for _ in range(2)],
    "template name taken": lambda r: [m.Template.create(name="t") for _ in range(2)],
    "unknown scratch": lambda r: m.Scratch.create(kind="diary", owner_id="x"),
    "scratch twice": lambda r: [m.Scratch.create(kind="draft_task", owner_id="x") for _ in range(2)],
    "the same image twice": lambda r: m.Image.create(
        path="i", original_name="i", mime_type="image/png", size=1, sha256="a" * 64
    ),
    "unknown role": lambda r: m.User.create(name="x", role="king"),
    "user name taken": lambda r: m.User.create(name="u"),
    "token hash of a wrong length": lambda r: m.ApiToken.create(user=r["user"], name="x", sha256="short"),
    "collaborator twice": lambda r: m.Collaborator.create(user=r["user"], workspace=r["workspace"]),
    "unknown migration": lambda r: m.MigrationState.create(entity_type="mood", local_id="x"),
    "counter below zero": lambda r: m.Counter.create(name="x", number=-1),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_database_refuses(rows: dict[str, Any], case: str) -> None:
    with pytest.raises(peewee.IntegrityError):
        REFUSED[case](rows)


def test_deleting_a_project_takes_all_below_it_along(rows: dict[str, Any]) -> None:
    rows["project"].delete_instance()
    emptied = (
        m.Task, m.Workspace, m.WorkspaceRepo, m.Session, m.ExecutionProcess, m.CodingAgentTurn, m.Approval,
        m.ProcessRepoState, m.Checkpoint, m.CheckpointRepo, m.Merge, m.QueuedPrompt, m.ProjectRepo,
        m.TaskImage, m.Collaborator,
    )  # fmt: skip
    assert {model.__name__: model.select().count() for model in emptied} == {
        model.__name__: 0 for model in emptied
    }
    assert (m.Repo.select().count(), m.Image.select().count(), m.User.select().count()) == (1, 1, 1)
    assert m.Operation.get().workspace_id is None, "the journal of what was done stays"


def test_deleting_a_workspace_leaves_its_subtasks_and_remixes_without_a_parent(rows: dict[str, Any]) -> None:
    workspace = rows["workspace"]
    subtask = m.Task.create(project=rows["project"], title="part", parent_workspace=workspace)
    remix = m.Workspace.create(task=rows["task"], name="wt", branch="b", parent_workspace=workspace)
    workspace.delete_instance()
    assert m.Task.get_by_id(subtask.id).parent_workspace_id is None
    assert m.Workspace.get_by_id(remix.id).parent_workspace_id is None


@pytest.mark.parametrize(
    ("model", "column", "kind"),
    [
        (m.Project, "merge_style", MergeStyle),
        (m.Task, "status", TaskStatus),
        (m.Workspace, "state", WorkspaceState),
        (m.Workspace, "runner", RunnerKind),
        (m.Operation, "status", OperationStatus),
    ],
)
def test_every_state_that_the_values_know_can_be_stored(
    rows: dict[str, Any], model: type[peewee.Model], column: str, kind: Any
) -> None:
    for member in kind:
        model.update({column: member.value}).execute()
        assert getattr(model.get(), column) == member


def test_times_are_kept_to_the_millisecond_and_read_as_they_were_told(rows: dict[str, Any]) -> None:
    assert m.Task.get_by_id(rows["task"].id).created_at == rows["task"].created_at
    m.Task.update(updated_at=1234567890.1236).execute()
    assert m.Task.get().updated_at == 1234567890.124
