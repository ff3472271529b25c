"""Sessions that a rewind took back."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, database: Any) -> None:
    database.execute_sql('ALTER TABLE "session" ADD COLUMN "dropped" INTEGER')
