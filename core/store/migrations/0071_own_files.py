"""A repository's own `.boatyard.toml`: which contents the user trusts, and what a workspace started with."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, database: Any) -> None:
    database.execute_sql('ALTER TABLE "repo" ADD COLUMN "trusted_files" TEXT')
    database.execute_sql('ALTER TABLE "workspace_repo" ADD COLUMN "own_file" TEXT')
