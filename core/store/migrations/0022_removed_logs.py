"""Processes whose output was removed for its age or size."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, database: Any) -> None:
    database.execute_sql('ALTER TABLE "execution_process" ADD COLUMN "log_removed_at" INTEGER')
