"""Conflicts are forecast: with the target branch, and between workspaces, and in which order to land."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.review.forecast import landing_order, may_clash
from core.values.conflicts import Forecast
from core.values.events import ForecastChanged
from core.values.requests import MergeWorkspace
from tests.yard import Yard, git

TEXT = "one\ntwo\nthree\n"


async def attempt(yard: Yard, name: str, files: dict[str, str]) -> None:
    repository = yard.repository("repo", {"a.txt": TEXT, "b.txt": "b\n"})
    workspace = await yard.workspace(repository, name=name)
    for path, text in files.items():
        (Path(workspace.repos[0].path) / path).write_text(text)
    await yard.client.diff(name)


async def forecast(yard: Yard) -> dict[str, Forecast]:
    return {each.workspace: each for each in await yard.client.forecast(fresh=True)}


def clashes(found: Forecast) -> dict[str, list[str]]:
    return {each.workspace: [conflict.path for conflict in each.conflicts] for each in found.others}


@pytest.mark.slow
async def test_workspaces_that_do_not_go_together_are_named_and_an_order_is_proposed(yard: Yard) -> None:
    await attempt(yard, "first", {"a.txt": TEXT.replace("one", "ONE")})
    await attempt(yard, "second", {"a.txt": TEXT.replace("one", "eins"), "b.txt": "B\n"})
    await attempt(yard, "third", {"a.txt": TEXT.replace("three", "THREE")})
    await attempt(yard, "idle", {})
    found = await forecast(yard)
    assert clashes(found["first"]) == {"second": ["a.txt"]}
    assert clashes(found["second"]) == {"first": ["a.txt"]}
    assert clashes(found["third"]) == clashes(found["idle"]) == {}
    assert {name: each.target for name, each in found.items()} == dict.fromkeys(found, ())
    assert (found["third"].rank, found["idle"].rank) == (1, 0)

    await yard.client.merge("first", MergeWorkspace())
    found = await forecast(yard)
    assert [each.path for each in found["second"].target] == ["a.txt"] and found["second"].rank == 0
    assert found["second"].behind == 2 and found["third"].target == ()


@pytest.mark.slow
async def test_what_the_user_commits_and_what_agents_do_changes_the_forecast_by_itself(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.forecasting.REFRESH_SECONDS", 100_000.0)
    async with yard.watch() as watch:
        await attempt(yard, "first", {"a.txt": TEXT.replace("one", "ONE")})
        await attempt(yard, "second", {"a.txt": TEXT.replace("one", "eins")})
        told = await watch.until(ForecastChanged, lambda event: bool(event.forecast.others))
        assert told.forecast.workspace in ("first", "second")
        repository = yard.repository()
        (repository / "a.txt").write_text(TEXT.replace("one", "uno"))
        git(repository, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qam", "mine")
        told = await watch.until(ForecastChanged, lambda event: bool(event.forecast.target))
        assert [each.path for each in told.forecast.target] == ["a.txt"]
    await yard.restart()
    async with yard.watch() as watch:
        await watch.until(ForecastChanged, lambda event: bool(event.forecast.target))
        git(repository, "pack-refs", "--all")
        git(repository, "reset", "-q", "--hard", "HEAD~1")
        await watch.until(ForecastChanged, lambda event: not event.forecast.target)
    await yard.remove("second")
    assert clashes((await forecast(yard))["first"]) == {}


NAMES = st.lists(st.sampled_from("abcdefg"), unique=True)


@given(NAMES, st.sets(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg"))))
def test_an_order_has_everybody_once_and_the_peaceful_first(
    names: list[str], pairs: set[tuple[str, str]]
) -> None:
    both = pairs | {(b, a) for a, b in pairs}
    clashing = {name: frozenset(b for a, b in both if a == name and b != name) for name in names}
    order = landing_order(names, clashing)
    assert sorted(order) == sorted(names)
    counts = {name: len(clashing[name] & frozenset(names)) for name in names}
    if names:
        assert counts[order[0]] == min(counts.values())


def test_only_files_in_common_can_clash() -> None:
    def files(*names: bytes) -> frozenset[bytes]:
        return frozenset(names)

    assert may_clash(files(b"a"), files(b"a", b"b"))
    assert may_clash(files(b"dir"), files(b"dir/x/y"))
    assert may_clash(files(b"dir/x/y"), files(b"dir/x"))
    assert not may_clash(files(b"dir/x"), files(b"dir/y", b"di"))
