"""How long 10,000 tasks with 200 workspaces take from the snapshot to the screen, and a key after that.

Run it with `python -m tests.bench.tree`; the floor is the decoding of the snapshot itself.
"""

from __future__ import annotations

import asyncio
import statistics
import time

import msgspec

from core.values.entities import Snapshot
from core.values.states import Activity, TaskStatus
from tests.tui.fake_engine import FakeEngine
from tui.app import BoatyardApp
from tui.engine.store import Store
from tui.home.tree_rows import build_rows

TASKS, WORKSPACES, PROJECTS = 10_000, 200, 5


def full_engine() -> FakeEngine:
    """An engine with that many tasks, most of them still to do."""
    engine = FakeEngine()
    projects = [engine.put_project(f"project-{number}") for number in range(PROJECTS)]
    for number in range(TASKS):
        status = TaskStatus.IN_PROGRESS if number < WORKSPACES else TaskStatus.TODO
        engine.put_task(projects[number % PROJECTS], f"Task number {number}", status)
    for number in range(WORKSPACES):
        engine.put_workspace(engine.tasks_[f"task-{number}"], f"w{number}", activity=Activity.RUNNING)
    engine.log_of_events.clear()
    return engine


def _milliseconds(started: float) -> float:
    return (time.perf_counter() - started) * 1000


async def main() -> None:
    """Measures and prints."""
    engine = full_engine()
    payload = msgspec.json.encode(await engine.snapshot())
    started = time.perf_counter()
    snapshot = msgspec.json.decode(payload, type=Snapshot)
    floor = _milliseconds(started)
    print(f"decode the snapshot ({len(payload) / 1e6:.1f} MB)  {floor:7.1f} ms")
    store = Store()
    started = time.perf_counter()
    store.load(snapshot)
    print(f"load it into the store           {_milliseconds(started):7.1f} ms")
    started = time.perf_counter()
    rows = build_rows(store, ())
    made = _milliseconds(started)
    print(f"make {len(rows)} rows                  {made:7.1f} ms, {made / floor:.1f} times the decoding")
    app = BoatyardApp(engine.connect)
    async with app.run_test(size=(120, 40)) as pilot:
        while not (app.ready and app.store.agents):
            await pilot.pause(0.01)
        started = time.perf_counter()
        app.home.tree_view._rebuild()
        print(f"draw all of the tree anew        {_milliseconds(started):7.1f} ms")
        keys = []
        for _ in range(50):
            started = time.perf_counter()
            app.home.tree_view.action_cursor(1)
            app.screen._compositor.render_update(full=False)
            keys.append(_milliseconds(started))
        keys.sort()
        print(
            f"cursor key: p50 {statistics.median(keys):.2f} ms, p95 {keys[47]:.2f} ms (without the terminal)"
        )
        await pilot.pause()


if __name__ == "__main__":
    asyncio.run(main())
