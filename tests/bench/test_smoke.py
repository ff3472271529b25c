"""The benchmarks run; how fast anything is, is not judged here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bench import containers, creation, diff, diff_screen, files, following, keys, search

pytestmark = pytest.mark.slow


async def test_creation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await creation.measure(tmp_path, files=200, runs=1) in (0, 1)
    printed = capsys.readouterr().out
    assert re.search(r"^warm +\d+ ms   ratio \d", printed, re.M)
    assert re.search(r"^one workspace takes \d", printed, re.M)


@pytest.mark.container
@pytest.mark.usefixtures("docker_engine")
async def test_containers(capsys: pytest.CaptureFixture[str]) -> None:
    assert await containers.measure(runs=1, count=2) in (0, 1)
    assert len(re.findall(r"ratio \d", capsys.readouterr().out)) == 2


def test_search(capsys: pytest.CaptureFixture[str]) -> None:
    assert search.measure(lines=20_000) in (0, 1)
    assert re.search(r"^indexing +FTS5 alone [\d,]+ lines/s +ours [\d,]+", capsys.readouterr().out, re.M)


async def test_diff(capsys: pytest.CaptureFixture[str]) -> None:
    assert await diff.measure(lines=2_000, runs=1) in (0, 1)
    assert len(re.findall(r"ratio \d", capsys.readouterr().out)) == 2


async def test_diff_on_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert await diff_screen.measure(lines=2_000, runs=1, pages=3) in (0, 1)
    printed = capsys.readouterr().out
    assert re.search(r"^ours +first page \d+ ms +end \d+ ms +page p95 \d", printed, re.M)
    assert re.search(r"^memory \d+ MB", printed, re.M)


async def test_following(capsys: pytest.CaptureFixture[str]) -> None:
    assert await following.measure(lines=20_000, runs=1, keys=5) in (0, 1)
    printed = capsys.readouterr().out
    assert re.search(r"^last line +cat \d+ ms +screen \d+ ms +ratio \d", printed, re.M)
    assert re.search(r"^key to paint +median \d+ ms +p95 \d+ ms", printed, re.M)
    assert re.search(r"^memory +\d+ MB", printed, re.M)


async def test_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert await files.measure(files=500, runs=2, keys=5) in (0, 1)
    printed = capsys.readouterr().out
    assert len(re.findall(r"ratio \d", printed)) == 4
    assert re.search(r"^key to paint +median \d+ ms +p95 \d+ ms", printed, re.M)


async def test_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert await keys.measure(keys=2) in (0, 1)
    assert len(re.findall(r"slowest +[\d.]+ ms", capsys.readouterr().out)) > 10
