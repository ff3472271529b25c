"""The engine in memory keeps the contract of the real one: what the interface calls, and what it relies on.

The same tests run against both; what is only a matter of names is read off their signatures.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import tui
from core.client import Client
from core.errors import ConflictError, NotFoundError
from core.values import events as told
from core.values import requests as ask
from core.values.states import MergeStyle, TaskStatus
from tests.acceptance.user import make_repository
from tests.tui.driver import PATIENCE
from tests.tui.fake_engine import FakeEngine
from tests.yard import Daemon

CALL = re.compile(r"client\s*\.\s*([a-z_]+)\s*\(")


def called() -> set[str]:
    """Every method of the client that the interface calls."""
    folder = Path(tui.__path__[0])
    return {name for file in folder.rglob("*.py") for name in CALL.findall(file.read_text(encoding="utf-8"))}


def test_what_the_interface_calls_is_there_in_the_client() -> None:
    assert len(called()) > 100
    assert [name for name in sorted(called()) if not hasattr(Client, name)] == []


@pytest.mark.parametrize("name", sorted(called() & set(dir(FakeEngine))))
def test_both_take_the_same_and_are_waited_for_in_the_same_way(name: str) -> None:
    real, fake = getattr(Client, name), getattr(FakeEngine, name)
    assert inspect.iscoroutinefunction(real) == inspect.iscoroutinefunction(fake)
    wanted, given = inspect.signature(real).parameters, inspect.signature(fake).parameters
    at_places = [each.kind for each in wanted.values() if each.default is inspect.Parameter.empty]
    assert [each.kind for each in given.values()][: len(at_places)] == at_places
    assert set(given) <= set(wanted) or any(each.kind is each.VAR_KEYWORD for each in given.values())


@pytest.fixture(params=["in memory", pytest.param("real", marks=pytest.mark.slow)])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    if request.param == "in memory":
        yield FakeEngine()
        return
    async with Daemon() as daemon:
        await daemon.start()
        yield daemon.client


@pytest.fixture
async def project(client: Any, tmp_path: Path) -> Any:
    """A project with a repository."""
    folder = await asyncio.to_thread(make_repository, tmp_path / "shop", {"README.md": "# Shop\n"})
    repo = await client.add_repo(ask.AddRepo(path=str(folder)))
    return await client.add_project(ask.AddProject(name="shop", repos=(repo.id,)))


async def test_a_snapshot_goes_on_in_the_events_after_its_number(client: Any, project: Any) -> None:
    before = await client.snapshot()
    assert [each.name for each in before.projects] == ["shop"]
    task = await client.add_task(ask.AddTask(project=project.id, title="One"))
    async with asyncio.timeout(PATIENCE):
        async for event in client.events(before.sequence):
            assert event.sequence > before.sequence
            if isinstance(event, told.TaskChanged):
                assert event.task.id == task.id
                break
    assert (await client.snapshot()).sequence > before.sequence


async def test_a_name_is_taken_once(client: Any, project: Any) -> None:
    with pytest.raises(ConflictError):
        await client.add_project(ask.AddProject(name="shop", repos=project.repo_ids))


async def test_what_is_not_there_is_not_found(client: Any) -> None:
    with pytest.raises(NotFoundError):
        await client.add_repo(ask.AddRepo(path="nowhere"))


async def test_only_what_is_given_of_a_task_changes(client: Any, project: Any) -> None:
    task = await client.add_task(ask.AddTask(project=project.id, title="One", description="More"))
    changed = await client.update_task(task.id, ask.UpdateTask(status=TaskStatus.DONE))
    assert (changed.title, changed.description, changed.status) == ("One", "More", TaskStatus.DONE)
    assert [each.status for each in (await client.snapshot()).tasks] == [TaskStatus.DONE]


async def test_a_task_that_is_removed_is_told_by_its_id(client: Any, project: Any) -> None:
    task = await client.add_task(ask.AddTask(project=project.id, title="One"))
    before = await client.snapshot()
    await client.remove_task(task.id)
    async with asyncio.timeout(PATIENCE):
        async for event in client.events(before.sequence):
            if isinstance(event, told.Removed):
                assert (event.entity, event.id) == ("task", task.id)
                break


async def test_a_draft_is_kept_read_and_forgotten(client: Any) -> None:
    assert (await client.scratch("draft_task", "new")).payload == {}
    await client.put_scratch("draft_task", "new", ask.PutScratch(payload={"title": "One"}))
    assert (await client.scratch("draft_task", "new")).payload == {"title": "One"}
    await client.remove_scratch("draft_task", "new")
    assert (await client.scratch("draft_task", "new")).payload == {}


async def test_a_project_says_how_it_lands_and_its_repo_what_is_otherwise(client: Any, project: Any) -> None:
    await client.update_project(project.id, ask.UpdateProject(merge_style=MergeStyle.SQUASH))
    links = await client.project_repos(project.id)
    assert [link.repo_id for link in links] == list(project.repo_ids)


async def test_settings_have_a_key_a_value_and_a_default(client: Any) -> None:
    settings = {each.key: each for each in await client.settings()}
    assert settings["engine.idle_minutes"].default == "10"
    assert all(each.help for each in settings.values())


async def test_the_landing_queue_is_empty_at_first_and_stands_still(client: Any) -> None:
    queue = await client.landing_queue()
    assert queue.entries == () and not queue.running
