"""Transactions on the one database thread: all of a change or nothing, and errors for people."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import NotFoundError, StorageError, UsageError
from core.paths import Home
from core.store import Store, lookup
from core.store import models as m


@pytest.fixture
async def store(home: Home) -> AsyncIterator[Store]:
    store = Store(home)
    yield store
    await store.close()


async def count(store: Store) -> int:
    return await store.read(lambda: int(m.Project.select().count()))


async def test_a_write_that_raises_changes_nothing(store: Store) -> None:
    def write() -> None:
        m.Project.create(name="one")
        m.Project.create(name="two")
        raise NotFoundError("in the middle")

    with pytest.raises(NotFoundError, match="in the middle"):
        await store.write(write)
    assert await count(store) == 0


async def test_what_the_database_refuses_is_an_error_of_ours_and_changes_nothing(store: Store) -> None:
    def write() -> None:
        m.Project.create(name="one")
        m.Project.create(name="one")

    with pytest.raises(StorageError, match="UNIQUE constraint failed") as refusal:
        await store.write(write)
    assert "Nothing was changed" in refusal.value.hint
    assert await count(store) == 0


async def test_writes_from_many_callers_happen_one_after_the_other(store: Store) -> None:
    def add() -> None:
        row, _ = m.Counter.get_or_create(name="n")
        row.number += 1
        row.save()

    await asyncio.gather(*(store.write(add) for _ in range(100)))
    assert await store.read(lambda: m.Counter.get().number) == 100


async def test_a_write_does_not_hold_up_the_loop(store: Store) -> None:
    inside, leave = threading.Event(), threading.Event()

    def slow() -> None:
        inside.set()
        leave.wait(20)

    writing = asyncio.create_task(store.write(slow))
    await asyncio.to_thread(inside.wait)  # the loop runs on while the write does
    assert not writing.done()
    leave.set()
    await writing


@pytest.mark.parametrize("row", [{"name": "\udcff"}, {"name": "x", "number": 2**70}])
async def test_a_value_that_no_database_can_hold_is_refused(store: Store, row: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="cannot be kept"):
        await store.write(m.Counter.create, **row)
    assert await store.read(lambda: m.Counter.select().count()) == 0


FULL_DISK = """
import asyncio, os, resource, signal, sys
from core.errors import StorageError
from core.paths import find_home
from core.store import Store, models as m

async def main():
    store = Store(find_home(sys.argv[1]))
    await store.write(lambda: m.Project.create(name="before"))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    size = store._database.database + "-wal"
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(size) + 4096, resource.RLIM_INFINITY))
    try:
        large = lambda n: m.Project.create(name=str(n), working_directory="x" * 9000)
        await store.write(lambda: [large(n) for n in range(99)])
    except StorageError as error:
        print(error.message, "|", error.hint)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await store.write(lambda: m.Project.create(name="after"))
    print([row.name for row in await store.read(lambda: list(m.Project.select()))])
    await store.close()

asyncio.run(main())
"""


def test_a_full_disk_is_said_changes_nothing_and_needs_no_restart(home: Home) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(home.data.parent)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    refusal, names = done.stdout.strip().splitlines()
    assert refusal.startswith("the database refused: ")
    assert "full" in refusal or "disk I/O error" in refusal
    assert "free space" in refusal
    assert names == "['before', 'after']"


class TestLookup:
    @pytest.fixture
    async def ids(self, store: Store) -> list[str]:
        def write() -> list[str]:
            m.Project.create(id="abcd" + "0" * 28, name="first")
            m.Project.create(id="abcd" + "1" * 28, name="second")
            m.Repo.create(path="/one/repo", name="repo")
            m.Repo.create(path="/two/repo", name="repo", display_name="Two")
            return [row.id for row in m.Project.select().order_by(m.Project.name)]

        return await store.write(write)

    async def test_a_name_an_id_and_a_unique_beginning_of_it_are_found(
        self, store: Store, ids: list[str]
    ) -> None:
        for key in ("first", ids[0], "abcd0", "ABCD0", f"{ids[0][:8]}-{ids[0][8:]}"):
            assert (await store.read(lookup.project, key)).name == "first"

    async def test_a_beginning_of_several_ids_is_an_error_that_says_so(
        self, store: Store, ids: list[str]
    ) -> None:
        with pytest.raises(UsageError, match="several projects have ids that begin with 'abcd'"):
            await store.read(lookup.project, "abcd")

    @pytest.mark.parametrize(
        "key",
        ["", "abc", "nobody", "%", "____", "' OR 1=1 --", "ab%d", "*", "x" * 10_000, "abcd\0"],
    )
    async def test_what_names_nothing_is_not_found(self, store: Store, ids: list[str], key: str) -> None:
        for find in (lookup.project, lookup.task, lookup.workspace):
            with pytest.raises(NotFoundError) as refusal:
                await store.read(find, key)
            assert refusal.value.hint
            assert len(refusal.value.message) < 200

    async def test_a_repo_is_found_by_path_or_name_if_that_is_unique(
        self, store: Store, ids: list[str]
    ) -> None:
        assert await store.read(lambda: lookup.repo("/one/repo").path) == "/one/repo"
        assert await store.read(lambda: lookup.repo("Two").path) == "/two/repo"
        with pytest.raises(UsageError, match="2 repos are named 'repo'") as refusal:
            await store.read(lookup.repo, "repo")
        assert "/one/repo, /two/repo" in refusal.value.hint


def test_importing_the_store_opens_nothing(tmp_path: Path) -> None:
    env = {**os.environ, "BOATYARD_HOME": str(tmp_path / "home")}
    subprocess.run([sys.executable, "-c", "import core.store, core.engine"], env=env, check=True)
    assert not (tmp_path / "home").exists()
