"""Ends of processes in words."""

from __future__ import annotations

import pytest

from core.processes import ExitReport
from core.runners import end_reason
from core.values.entities import Settings

SETTINGS = Settings(memory_mb=256)


@pytest.mark.parametrize(
    ("report", "isolates", "words"),
    [
        (ExitReport(0), True, ""),
        (ExitReport(0, out_of_memory=True), True, ""),
        (ExitReport(2), True, "exit code 2"),
        (ExitReport(127), True, "not found"),
        (ExitReport(126), True, "could not be started"),
        (ExitReport(137), True, "ended by SIGKILL"),
        (ExitReport(143), False, "ended by SIGTERM"),
        (ExitReport(255), True, "exit code 255"),
        (ExitReport(137, out_of_memory=True), True, "limit of 256 MB"),
        (ExitReport(137, out_of_memory=True), False, "the machine's memory"),
        (None, True, "lost"),
    ],
)
def test_an_end_is_told_in_words(report: ExitReport | None, isolates: bool, words: str) -> None:
    reason = end_reason(report, SETTINGS, isolates=isolates)
    assert words in reason and bool(reason) == bool(words)
