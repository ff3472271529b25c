"""How much of the disk a folder takes, without following a link out of it."""

from __future__ import annotations

import os
from pathlib import Path

BLOCK = 512
"""Bytes of what stat(2) counts as a block, whatever the file system's own are."""


def bytes_below(folder: Path) -> int:
    """Bytes that everything below a folder takes; a file with several names counts once. Call in a thread."""
    total = 0
    seen: set[tuple[int, int]] = set()
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            entries = os.scandir(waiting.pop())
        except OSError:
            continue  # It went away, or is closed to us; what it takes cannot be seen.
        with entries:
            for entry in entries:
                try:
                    status = entry.stat(follow_symlinks=False)
                    is_folder = entry.is_dir(follow_symlinks=False)
                except OSError:
                    continue
                if status.st_nlink > 1 and not is_folder:
                    if (status.st_dev, status.st_ino) in seen:
                        continue
                    seen.add((status.st_dev, status.st_ino))
                total += status.st_blocks * BLOCK
                if is_folder:
                    waiting.append(entry.path)
    return total
