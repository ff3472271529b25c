"""A user with a home that ends with the test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.user import User


@pytest.fixture
def user() -> Iterator[User]:
    """In a short folder: a socket's path may not be long."""
    home = Path(tempfile.mkdtemp(prefix="by-"))
    person = User(home)
    yield person
    for workspace in person.boatyard("workspace", "list", "--json", ok=False).json:
        person.boatyard("workspace", "remove", workspace["name"], "--force", ok=False)
    person.boatyard("engine", "stop", ok=False)
    shutil.rmtree(home, ignore_errors=True)
