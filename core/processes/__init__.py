"""Processes that outlive the engine: run directories, the wrapper, following, ending."""

from __future__ import annotations

from core.processes.command import Command
from core.processes.follow import Ended, Output, follow
from core.processes.run_directory import ExitReport, RunDirectory, Stream

__all__ = ["Command", "Ended", "ExitReport", "Output", "RunDirectory", "Stream", "follow"]
