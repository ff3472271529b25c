"""Updates from target branches that have stopped at conflicts."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, database: Any) -> None:
    database.execute_sql('ALTER TABLE "workspace" ADD COLUMN "update_halt" TEXT')
