"""Prints the tests that failed in the last run, a line each, by names that pytest takes as arguments."""

from __future__ import annotations

import json
import re
from pathlib import Path

FAILED = Path(".pytest_cache/v/cache/lastfailed")
GROUP = re.compile(r"@[^@\[\]]*\Z")
"""What pytest-xdist puts behind the name of a test that runs in a group; by that no test is found."""

if FAILED.exists():
    for name in json.loads(FAILED.read_text(encoding="utf-8")):
        print(GROUP.sub("", name))
