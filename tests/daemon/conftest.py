"""A home whose engine is a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.supervision.crash import CRASH_AT
from tests.daemon.beginnings import place
from tests.daemon.killing import crash_file
from tests.yard import Daemon


@pytest.fixture
async def daemon(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Daemon]:
    monkeypatch.setenv("BOATYARD_DEMO_PACE", "0")
    each = Daemon(forked=True, folder=place())
    monkeypatch.setenv(CRASH_AT, str(crash_file(each)))
    async with each:
        yield each
