"""A home whose engine is a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.yard import Daemon


@pytest.fixture
async def daemon(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Daemon]:
    monkeypatch.setenv("BOATYARD_DEMO_PACE", "0")
    monkeypatch.delenv("BOATYARD_CRASH_AT", raising=False)
    async with Daemon() as each:
        yield each
