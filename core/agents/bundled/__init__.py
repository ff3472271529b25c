"""Agents that come with Boatyard: programs of their own that need nothing but Python's standard library.

This folder is mounted read-only into containers, so nothing else may lie here.
"""

from __future__ import annotations

from pathlib import Path

BUNDLED_AGENTS = Path(__file__).parent
"""The folder, on the host."""

CONTAINED_AGENTS = "/boatyard/agents"
"""The same folder, as a container sees it."""
