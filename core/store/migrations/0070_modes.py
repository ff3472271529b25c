"""The modes of an agent's session, and the one that the user has chosen."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, database: Any) -> None:
    database.execute_sql('ALTER TABLE "session" ADD COLUMN "modes" TEXT')
    database.execute_sql('ALTER TABLE "session" ADD COLUMN "mode" TEXT')
