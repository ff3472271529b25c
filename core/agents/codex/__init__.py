"""Codex, spoken to over its own app server."""

from __future__ import annotations

from core.agents.codex.executor import CodexExecutor

__all__ = ["CodexExecutor"]
