"""Files of a workspace that its last snapshot could not read are told: no diff, checkpoint or merge has them."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, database: Any) -> None:
    database.execute_sql('ALTER TABLE "workspace_repo" ADD COLUMN "unread" TEXT')
