"""A comment that was removed is kept for a while, so that it comes back with its place and all that it said."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, database: Any) -> None:
    database.execute_sql('ALTER TABLE "review_comment" ADD COLUMN "removed_at" INTEGER')
