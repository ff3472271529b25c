"""Claude Code, spoken to in its own two-way stream of JSON lines."""

from __future__ import annotations

from core.agents.claude.executor import ClaudeExecutor

__all__ = ["ClaudeExecutor"]
