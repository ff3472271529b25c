"""Repositories by address: cloned once, and known by their path from then on."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from pathlib import Path

from core.errors import UsageError
from core.git.remotes import address_of, check_url, clone_repository, folder_name
from core.lifecycle.context import Context
from core.values.events import RepoCloning


class Cloning:
    """Clones what the user names by its address."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def path_of(self, url: str, into: str = "") -> str:
        """Where the repository of an address is; cloned there if it is not there yet.

        Args:
            url: The address.
            into: An absolute path; empty: a folder of the home, where it is found again the next time.

        Raises:
            UsageError: The address or the path is refused.
            ConflictError: The folder holds something else.
            GitError: It cannot be cloned.
        """
        check_url(url)
        if into and not into.startswith("/"):
            raise UsageError(f"the folder {into!r} is not absolute", hint="Give an absolute path.")
        folder = Path(into) if into else self._own_folder(url)
        async with self._locks[str(folder)]:
            if not (await asyncio.to_thread(folder.is_dir) and await address_of(folder) == url):
                self._context.hub.publish(RepoCloning(url=url, folder=str(folder)))
                await clone_repository(url, folder)
        return str(folder)

    def _own_folder(self, url: str) -> Path:
        digest = hashlib.sha256(url.encode()).hexdigest()[:8]
        return self._context.home.data / "repositories" / digest / folder_name(url)
