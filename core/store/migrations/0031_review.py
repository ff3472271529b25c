"""Comments on diffs, and files that were marked as reviewed."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    """
CREATE TABLE "review_comment" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "workspace_id" VARCHAR(32) NOT NULL,
    "repo_id" VARCHAR(32) NOT NULL,
    "path" TEXT NOT NULL,
    "side" VARCHAR(255) NOT NULL,
    "first" INTEGER NOT NULL,
    "last" INTEGER NOT NULL,
    "quote" TEXT NOT NULL,
    "before" TEXT NOT NULL,
    "after" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "remote_id" TEXT,
    "resolved" INTEGER NOT NULL,
    "sent_at" INTEGER,
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("repo_id") REFERENCES "repo" ("id") ON DELETE RESTRICT,
    CHECK ("side" IN ('old', 'new')),
    CHECK (first >= 0 AND last >= first)
)
""",
    'CREATE INDEX "review_comment_workspace_id" ON "review_comment" ("workspace_id")',
    'CREATE INDEX "review_comment_repo_id" ON "review_comment" ("repo_id")',
    'CREATE UNIQUE INDEX "review_comment_workspace_id_remote_id"'
    ' ON "review_comment" ("workspace_id", "remote_id")',
    """
CREATE TABLE "reviewed_file" (
    "workspace_id" VARCHAR(32) NOT NULL,
    "repo_id" VARCHAR(32) NOT NULL,
    "path" TEXT NOT NULL,
    "content" VARCHAR(64) NOT NULL,
    PRIMARY KEY ("workspace_id", "repo_id", "path"),
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("repo_id") REFERENCES "repo" ("id") ON DELETE RESTRICT
)
""",
    'CREATE INDEX "reviewed_file_workspace_id" ON "reviewed_file" ("workspace_id")',
    'CREATE INDEX "reviewed_file_repo_id" ON "reviewed_file" ("repo_id")',
)


def up(migrator: Any, database: Any) -> None:
    for statement in STATEMENTS:
        database.execute_sql(statement)
