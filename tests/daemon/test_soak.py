"""A short soak; `python -m tests.bench.soak` runs a long one."""

from __future__ import annotations

import pytest

from tests.bench.soak import soak

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


async def test_an_engine_killed_under_load_loses_doubles_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BOATYARD_DEMO_PACE", "0")
    monkeypatch.delenv("BOATYARD_CRASH_AT", raising=False)
    done = await soak(kills=7, seed=20)
    assert done.losses == []
    assert done.done["send"] > 0, "nothing was asked of it"
