"""Queries whose SQL is built once: for any ids, as the fields read, in whichever database is open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.paths import find_home
from core.store import Store
from core.store import models as m
from core.store.prepared import Prepared

PROJECTS = Prepared(
    lambda ids: (
        m.Project.select(m.Project.id, m.Project.created_at, m.Project.budget)
        .where(m.Project.id.in_(ids))
        .order_by(m.Project.id)
    )
)


def read(ids: list[str]) -> list[tuple[Any, ...]]:
    return list(PROJECTS.tuples(ids))


async def test_a_prepared_query_answers_for_every_database_and_list_as_the_models_do(tmp_path: Path) -> None:
    for number in range(2):
        home = find_home(str(tmp_path / f"home {number}"))
        home.create()
        store = Store(home)
        for name in ("a", 'quote " and ⛵', "c"):
            row = {"id": name, "name": name, "created_at": 1000.125 + number, "budget": {"turns": number}}
            await store.write(m.Project.create, **row)
        rows = await store.read(read, ['quote " and ⛵', "c", "nobody"])
        budget = {"turns": number}
        assert rows == [("c", 1000.125 + number, budget), ('quote " and ⛵', 1000.125 + number, budget)]
        assert await store.read(read, []) == []
        await store.close()
