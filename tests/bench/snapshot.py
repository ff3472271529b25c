"""How long a snapshot of 10,000 tasks and 200 workspaces takes, from the database to a client.

Run it with `python -m tests.bench.snapshot [RUNS]`. The floors are the bare query for the tasks' columns by
SQLite alone, and the encoding and decoding of the same values.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

import msgspec

from core.store import models as m
from core.store.models.fields import new_id
from core.values.entities import Snapshot
from core.values.states import ProcessStatus, RunReason, WorkspaceState
from tests.yard import Yard

TASKS, WORKSPACES = 10_000, 200
COLUMNS = "id, project_id, title, description, status, parent_workspace_id, position, created_at, updated_at"


def fill() -> None:
    """Puts tasks and workspaces into an empty database. Call on the store's thread."""
    project = m.Project.create(name="large")
    repo = m.Repo.create(path="/large", name="large")
    m.ProjectRepo.create(project=project, repo=repo)
    tasks = [
        {"id": new_id(), "project": project.id, "title": f"Task number {number}", "position": number}
        for number in range(TASKS)
    ]
    for start in range(0, TASKS, 500):
        m.Task.insert_many(tasks[start : start + 500]).execute()
    for number, task in enumerate(tasks[:WORKSPACES]):
        workspace = m.Workspace.create(
            task=task["id"], name=f"w{number}", branch=f"boatyard/w{number}", state=WorkspaceState.OPEN.value
        )
        m.WorkspaceRepo.create(workspace=workspace, repo=repo, target_branch="main")
        session = m.Session.create(workspace=workspace, executor="writer")
        m.ExecutionProcess.create(
            session=session, run_reason=RunReason.CODING_AGENT.value,
            status=ProcessStatus.COMPLETED.value, completed_at=1.0,
        )  # fmt: skip


async def median(action: Callable[[], Awaitable[object]], runs: int) -> float:
    """Milliseconds that an action takes."""
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        await action()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


async def main(runs: int = 9) -> None:
    """Measures and prints."""
    async with Yard() as yard:
        await yard.engine._context.store.write(fill)
        snapshot = await yard.client.snapshot()

        async def bare() -> None:
            with contextlib.closing(sqlite3.connect(yard.home.database)) as raw:
                raw.execute(f"SELECT {COLUMNS} FROM task ORDER BY position, created_at").fetchall()

        async def code() -> None:
            msgspec.json.decode(msgspec.json.encode(snapshot), type=Snapshot)

        floor = await median(bare, runs)
        coding = await median(code, runs)
        engine = await median(yard.engine.snapshot, runs)
        client = await median(yard.client.snapshot, runs)
    print(f"bare query of the tasks            {floor:7.1f} ms")
    print(f"encode and decode                  {coding:7.1f} ms")
    print(f"the engine's snapshot              {engine:7.1f} ms   ratio to the query {engine / floor:.1f}")
    print(
        f"a client's snapshot                {client:7.1f} ms   ratio to both {client / (floor + coding):.1f}"
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9))
