"""Steps on the command line: each with its time, the one that goes on only where a terminal can show it."""

from __future__ import annotations

import io
import time

import pytest

from core.cli.output import Output
from core.cli.progress import StepPrinter
from core.values.entities import Operation, StepReport
from core.values.states import OperationStatus


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def operation(**second: object) -> Operation:
    now = time.time()
    steps = (
        StepReport(name="a", label="first", started_at=now - 2, ended_at=now - 1, detail="found\ntwo"),
        StepReport(name="b", label="second", **second),  # type: ignore[arg-type]
    )
    return Operation(id="o", kind="create", workspace="w", status=OperationStatus.RUNNING, steps=steps)


def test_on_a_terminal_the_running_step_is_drawn_with_what_it_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    err = Terminal()
    out = Output(err=err)
    printer = StepPrinter(out)
    printer.show(operation(started_at=time.time() - 3, detail="Step 1\nStep \x1b]2 of 4"))
    assert "✓ first" in err.getvalue() and "    found\n    two\n" in err.getvalue()
    last = err.getvalue().rpartition("\r")[2]
    assert last.startswith("· second") and "3.0" in last and "of 4" in last
    assert "\x1b]" not in err.getvalue()
    printer.show(operation(started_at=1.0, ended_at=2.0, error="no"))
    assert "\r\x1b[K✗ second" in err.getvalue()
    out.passing("")
    assert not err.getvalue().rpartition("\n")[2]


@pytest.mark.parametrize("json", [True, False])
def test_elsewhere_only_steps_that_have_ended_are_told(json: bool) -> None:
    err = io.StringIO()
    StepPrinter(Output(json=json, err=err)).show(operation(started_at=time.time()))
    assert "second" not in err.getvalue() and "\r" not in err.getvalue()
    assert ("first" in err.getvalue()) is not json
