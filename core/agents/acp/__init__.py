"""Agents that speak the Agent Client Protocol, through a thin connection of our own."""

from __future__ import annotations

from core.agents.acp.executor import AcpExecutor

__all__ = ["AcpExecutor"]
