"""Whether a comment of a pull request was resolved at its host is kept apart from what was said of it here."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, database: Any) -> None:
    database.execute_sql('ALTER TABLE "review_comment" ADD COLUMN "resolved_there" INTEGER')
