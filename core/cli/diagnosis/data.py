"""Whether what cannot be made again is whole: the database, the depots, the record of operations."""

from __future__ import annotations

import asyncio

from core.cli.diagnosis.finding import Finding, State
from core.client.launch import engine_answers, engine_holds
from core.errors import BoatyardError
from core.paths import Home

BACKUP = "Keep what is there ('cp -a'), then 'boatyard restore-backup FILE'."


async def data(home: Home) -> list[Finding]:
    """Reads all of the database and asks git about every depot; changes nothing."""
    if not home.database.exists():
        return [Finding("database", State.OK, "none yet")]
    return [await asyncio.to_thread(_database, home), await _depots(home), await _operations(home)]


def _database(home: Home) -> Finding:
    from core.store.backup import check_database  # heavy, and other commands do without

    try:
        version = check_database(home.database)
    except BoatyardError as error:
        why = "Projects, tasks, workspaces and what agents said are in it."
        return Finding("database", State.PROBLEM, error.message, why, error.hint or BACKUP)
    return Finding("database", State.OK, f"whole, schema version {version}")


async def _depots(home: Home) -> Finding:
    from core.git.depot import Depot
    from core.git.depot_bundle import troubles

    wrong, count = [], 0
    for path in sorted(home.depots.glob("*.git")):
        count += 1
        try:
            trouble = await troubles(Depot(path))
        except BoatyardError as error:
            trouble = error.message
        if trouble:
            wrong.append(f"{path}: {trouble}")
    if not wrong:
        return Finding("depots", State.OK, f"{count} whole")
    why = "Snapshots and checkpoints are in it, and the workspaces' clones borrow from it."
    return Finding("depots", State.PROBLEM, "; ".join(wrong), why, BACKUP)


async def _operations(home: Home) -> Finding:
    from core.store.backup import running_operations

    count = await asyncio.to_thread(running_operations, home.database)
    if count and not (await engine_answers(home) or engine_holds(home)):
        return Finding(
            "operations",
            State.WARNING,
            f"{count} broken off when the engine ended",
            "A workspace may be half made or half removed.",
            "The next engine finishes or undoes them and says which: 'boatyard engine start'.",
        )
    return Finding("operations", State.OK, f"{count or 0} under way")
