"""A yard, and raw HTTP to its socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.server.outside import Outside, opened
from tests.yard import Yard


@pytest.fixture
async def yard() -> AsyncIterator[Yard]:
    async with Yard() as each:
        yield each


@pytest.fixture
async def http(yard: Yard) -> AsyncIterator[aiohttp.ClientSession]:
    """Requests as any program would make them."""
    connector = aiohttp.UnixConnector(path=str(yard.home.socket))
    async with aiohttp.ClientSession("http://boatyard", connector=connector) as session:
        yield session


@pytest.fixture
async def outside(yard: Yard) -> AsyncIterator[Outside]:
    async with opened(yard) as each:
        yield each
