"""A yard with an engine in the test's own process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.yard import Yard


@pytest.fixture
async def yard(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Yard]:
    monkeypatch.setenv("BOATYARD_DEMO_PACE", "0")
    async with Yard() as each:
        yield each
