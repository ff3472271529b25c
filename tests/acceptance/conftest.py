"""A user with a home that ends with the test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.acceptance.user import User
from tests.yard import Yard


@pytest.fixture
async def yard(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Yard]:
    """An engine in the test's own process, for stories that need no terminal."""
    monkeypatch.setenv("BOATYARD_DEMO_PACE", "0")
    async with Yard() as each:
        yield each


@pytest.fixture
def user() -> Iterator[User]:
    """In a short folder: a socket's path may not be long."""
    home = Path(tempfile.mkdtemp(prefix="by-"))
    person = User(home)
    yield person
    person.leave()
    shutil.rmtree(home, ignore_errors=True)
