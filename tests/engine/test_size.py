"""Ten thousand tasks and two hundred workspaces are one snapshot, read with a fixed number of queries."""

from __future__ import annotations

from core.engine.overview import read_snapshot
from core.store import models as m
from core.values.events import TaskChanged
from core.values.states import TaskStatus, WorkspaceState
from tests.bench.snapshot import TASKS, WORKSPACES, fill
from tests.yard import Yard


def counted_queries() -> list[str]:
    """What a snapshot asks the database; on the store's thread, where nothing else comes between."""
    queries: list[str] = []
    database = m.Project._meta.database
    execute = database.execute_sql

    def counted(sql: str, *args: object) -> object:
        queries.append(sql)
        return execute(sql, *args)

    database.execute_sql = counted
    try:
        read_snapshot(0)
    finally:
        del database.execute_sql
    return queries


async def test_a_large_harbour_is_one_snapshot(yard: Yard) -> None:
    await yard.engine.reconciliation.compared.wait()
    await yard.engine._context.store.write(fill)
    queries = await yard.engine._context.store.read(counted_queries)
    snapshot = await yard.client.snapshot()
    assert (len(snapshot.tasks), len(snapshot.workspaces)) == (TASKS, WORKSPACES)
    assert 0 < len(queries) < 25, queries
    assert snapshot.tasks[0].status is TaskStatus.TODO
    assert {workspace.state for workspace in snapshot.workspaces} == {WorkspaceState.OPEN}
    assert all(len(workspace.repos) == 1 and workspace.turns == 1 for workspace in snapshot.workspaces)


async def test_in_a_large_harbour_a_change_is_told_alone(yard: Yard) -> None:
    await yard.engine.reconciliation.compared.wait()
    await yard.engine._context.store.write(fill)
    async with yard.watch() as watch:
        task = await yard.task("one more")
        event = await watch.until(TaskChanged)
    assert event.task == task
    assert len(watch.seen) <= 3
