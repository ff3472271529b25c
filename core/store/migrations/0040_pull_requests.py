"""Where a pull request is, and how it was when it was last looked at."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, database: Any) -> None:
    for column in ("pr_repository", "pr_remote", "pr_state"):
        database.execute_sql(f'ALTER TABLE "merge" ADD COLUMN "{column}" TEXT')
