"""What Python's `zipfile` raises where an archive is not what it says."""

from __future__ import annotations

import zipfile
import zlib

BAD_ZIP = (
    zipfile.BadZipFile,  # no archive, or its parts do not agree
    zlib.error,  # packed data that is none
    EOFError,  # it ends too early
    ValueError,  # a number or a name that makes no sense
    RuntimeError,  # encrypted, or packed in a way that `zipfile` does not know
)
"""For files that are damaged, encrypted, or packed in a way that it does not know."""
