"""Why a process ended as it did, in words for people."""

from __future__ import annotations

import signal

from core.processes.run_directory import ExitReport
from core.values.entities import Settings


def end_reason(report: ExitReport | None, settings: Settings, *, isolates: bool) -> str:
    """What to tell about an end; empty for a success.

    Args:
        report: The wrapper's report; None when the process was lost.
        settings: Of the workspace, for its limits.
        isolates: Whether the runner keeps the limits at all.
    """
    if report is None:
        return "lost: it was killed from outside, or the machine went down, before it could report its end"
    if report.code == 0:
        return ""
    if report.out_of_memory:
        limit = f"its limit of {settings.memory_mb} MB" if isolates else "the machine's memory"
        return f"exit code {report.code}: something was killed for using more memory than {limit}"
    if report.code in (126, 127):
        cause = "not found" if report.code == 127 else "could not be started"
        return f"exit code {report.code}: the command was {cause}"
    if report.code > 128 and (name := _signal_name(report.code - 128)):
        return f"ended by {name}"
    return f"exit code {report.code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""
