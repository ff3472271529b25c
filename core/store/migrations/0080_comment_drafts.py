"""Comments that are being written are kept as drafts, too: another kind that the table of them takes."""

from __future__ import annotations

from typing import Any

TABLE = """
CREATE TABLE "scratch_new" (
    "kind" VARCHAR(255) NOT NULL,
    "owner_id" VARCHAR(255) NOT NULL,
    "payload" TEXT NOT NULL,
    "updated_at" INTEGER NOT NULL,
    PRIMARY KEY ("kind", "owner_id"),
    CHECK (kind IN ('draft_task', 'draft_follow_up', 'draft_workspace', 'draft_comment', 'preview_settings', 'workspace_notes', 'ui_preferences'))
)
"""


def up(migrator: Any, database: Any) -> None:
    database.execute_sql(TABLE)
    columns = '"kind", "owner_id", "payload", "updated_at"'
    database.execute_sql(f'INSERT INTO "scratch_new" ({columns}) SELECT {columns} FROM "scratch"')
    database.execute_sql('DROP TABLE "scratch"')
    database.execute_sql('ALTER TABLE "scratch_new" RENAME TO "scratch"')
