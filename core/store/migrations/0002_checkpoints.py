"""Checkpoints know the head they stand on, their empty folders, and how much they changed."""

from __future__ import annotations

from typing import Any

COLUMNS = (
    ("checkpoint", "files", "INTEGER"),
    ("checkpoint", "added", "INTEGER"),
    ("checkpoint", "removed", "INTEGER"),
    ("checkpoint_repo", "head", "VARCHAR(64)"),
    ("checkpoint_repo", "folders", "TEXT"),
)


def up(migrator: Any, database: Any) -> None:
    for table, column, kind in COLUMNS:
        database.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{column}" {kind}')
