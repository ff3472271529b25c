"""The user's personal ignore rules, which hold in a workspace as they do at home.

git reads them from a file of the user and from `info/exclude` of the repository; neither is part of a
commit, so a clone would lack them and put the user's scratch files into snapshots.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from core.git.command import Git
from core.git.user_repository import UserRepository

RULES_LIMIT = 1024 * 1024
"""Bytes that are taken of one file of rules."""


async def ignore_rules(source: UserRepository) -> bytes:
    """Both files in the order of their weight (gitignore(5)): the user's, then the repository's."""
    git = Git(source.path, source.git.base, {}, {})
    answer = await git.run("config", "--type=path", "--get", "core.excludesFile", ok=(0, 1))
    default = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "git/ignore"
    personal = Path(answer.text) if answer.code == 0 and answer.text else default
    files = (source.path / personal, source.common_dir / "info/exclude")
    return b"".join([await asyncio.to_thread(_rules, file) for file in files])


def _rules(path: Path) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        rules = file.read(RULES_LIMIT)
    return rules if rules.endswith(b"\n") or not rules else rules + b"\n"
