"""A home without an engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.paths import Home, find_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = find_home(str(tmp_path / "home"))
    made.create()
    return made
