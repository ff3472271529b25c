"""Which code this is: what tells an engine that was started before an update from one started after it.

A version number does not: a clone that is pulled keeps its number, and an engine outlives the update.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

CODE = Path(__file__).parent
SUFFIXES = (".py", ".sh")


@cache
def code_mark() -> str:
    """The mark of this program's code, as it was when this was first asked.

    It takes about 25 ms: keep it away from an event loop. Two installations of the same code have the same.
    """
    return digest_of(CODE)


def digest_of(folder: Path) -> str:
    """A digest of the names and contents of the code in a folder."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(each for each in folder.rglob("*") if each.suffix in SUFFIXES):
        try:
            content = path.read_bytes()
        except OSError:
            continue  # it is being replaced just now: then it is other code, too
        digest.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
