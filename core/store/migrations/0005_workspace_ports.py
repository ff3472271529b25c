"""Ports of this machine that are kept for workspaces."""

from __future__ import annotations

from typing import Any

TABLE = """
CREATE TABLE "workspace_port" (
    "workspace_id" VARCHAR(32) NOT NULL,
    "inner" INTEGER NOT NULL,
    "outer" INTEGER NOT NULL,
    PRIMARY KEY ("workspace_id", "inner"),
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE CASCADE,
    CHECK ("inner" BETWEEN 1 AND 65535),
    CHECK ("outer" BETWEEN 1 AND 65535)
)
"""


def up(migrator: Any, database: Any) -> None:
    database.execute_sql(TABLE)
    database.execute_sql('CREATE UNIQUE INDEX "workspace_port_outer" ON "workspace_port" ("outer")')
    database.execute_sql('CREATE INDEX "workspace_port_workspace_id" ON "workspace_port" ("workspace_id")')
