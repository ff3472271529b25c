"""The same git world as the git tests have."""

from __future__ import annotations

from tests.git.conftest import git_home, world

__all__ = ["git_home", "world"]
