"""Steering: why a queue waits, what a turn was really told, rules for approvals, budgets, rate limits."""

from __future__ import annotations

from typing import Any

COLUMNS = (
    ("workspace", "queue_paused", "TEXT"),
    ("workspace", "paused", "TEXT"),
    ("workspace", "rate_limited_until", "INTEGER"),
    ("workspace", "rate_limit", "TEXT"),
    ("queued_prompt", "attachments", "TEXT"),
    ("queued_prompt", "trouble", "TEXT"),
    ("coding_agent_turn", "sent", "TEXT"),
    ("coding_agent_turn", "attachments", "TEXT"),
    ("approval", "tool_kind", "TEXT"),
    ("session", "handover", "INTEGER"),
    ("task", "budget", "TEXT"),
    ("project", "budget", "TEXT"),
)
TABLES = """
CREATE TABLE "approval_rule" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "created_at" INTEGER NOT NULL,
    "project_id" VARCHAR(32) NOT NULL,
    "executor" VARCHAR(255) NOT NULL,
    "tool_kind" VARCHAR(255) NOT NULL,
    "title" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "decision" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("project_id") REFERENCES "project" ("id") ON DELETE CASCADE,
    CHECK (decision IN ('allow', 'reject'))
);
CREATE INDEX "approval_rule_project_id" ON "approval_rule" ("project_id");
CREATE TABLE "dropped_prompt" (
    "id" VARCHAR(32) NOT NULL PRIMARY KEY,
    "workspace_id" VARCHAR(32) NOT NULL,
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE CASCADE
);
CREATE INDEX "dropped_prompt_workspace_id" ON "dropped_prompt" ("workspace_id")
"""


def up(migrator: Any, database: Any) -> None:
    for table, column, kind in COLUMNS:
        database.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{column}" {kind}')
    for statement in TABLES.split(";\n"):
        database.execute_sql(statement)
