"""Check scripts, and workspaces that are to land one after the other."""

from __future__ import annotations

from typing import Any

TABLE = """
CREATE TABLE "landing_entry" (
    "workspace_id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "position" INTEGER NOT NULL,
    "style" VARCHAR(255),
    "status" VARCHAR(255) NOT NULL,
    "reason" TEXT NOT NULL,
    "process_id" VARCHAR(32),
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE CASCADE,
    CHECK ("status" IN ('queued', 'updating', 'checking', 'landing', 'landed', 'set_aside'))
)
"""


def up(migrator: Any, database: Any) -> None:
    for table in ("repo", "project_repo"):
        database.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "check_script" TEXT')
    database.execute_sql(TABLE)
