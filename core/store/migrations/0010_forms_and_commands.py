"""What agents ask to have filled in, what was filled in, and the commands that they offer."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, database: Any) -> None:
    database.execute_sql('ALTER TABLE "approval" ADD COLUMN "form" TEXT NOT NULL DEFAULT \'[]\'')
    database.execute_sql('ALTER TABLE "approval" ADD COLUMN "given" TEXT NOT NULL DEFAULT \'{}\'')
    database.execute_sql('ALTER TABLE "session" ADD COLUMN "commands" TEXT NOT NULL DEFAULT \'[]\'')
