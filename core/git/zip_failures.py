"""What Python's `zipfile` raises where an archive is not what it says."""

from __future__ import annotations

import zipfile
import zlib

BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)
"""For files that are damaged, encrypted, or packed in a way that it does not know."""
