"""Terminals that tell nothing of themselves, are tiny, or change their size under the interface."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.pty import Terminal
from tests.tui.test_start import SCENE, environment
from tests.tui.test_terminal_given_back import check_given_back

pytestmark = pytest.mark.slow

ALTERNATE = b"\x1b[?1049h"


def bare(**more: str) -> dict[str, str]:
    """An environment without a language, and only what is given of the rest."""
    kept = {name: value for name, value in environment().items() if not name.startswith(("LC_", "LANG"))}
    return {name: value for name, value in {**kept, **more}.items() if value}


@pytest.mark.parametrize(
    ("size", "more"),
    [
        ((1, 1), {}), ((2, 1), {}), ((1, 60), {}), ((300, 1), {}), ((0, 0), {}),
        ((80, 24), {"LC_ALL": "C"}), ((80, 24), {"LC_ALL": "klingon"}), ((80, 24), {"COLORTERM": ""}),
        ((80, 24), {"TERM": "unknown-terminal"}), ((80, 24), {"TERM": "vt100"}), ((80, 24), {"TERM": ""}),
    ],
    ids=str,
)  # fmt: skip
def test_it_starts_survives_another_size_and_leaves(size: tuple[int, int], more: dict[str, str]) -> None:
    with Terminal([sys.executable, "-c", SCENE], size=size, env=bare(**more)) as terminal:
        terminal.until(lambda written: ALTERNATE in written)
        for columns, rows in ((1, 1), (200, 60), (80, 24)):
            terminal.resize(columns, rows)
            terminal.read(0.1)
        terminal.until_shown("engine ok")
        terminal.press(b"\x11")
        assert terminal.end() == 0
        check_given_back(terminal)


def test_it_is_drawn_where_the_terminal_is_when_errors_go_to_a_file(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    argv = ["sh", "-c", 'exec "$0" -c "$1" 2>"$2"', sys.executable, SCENE, str(errors)]
    with Terminal(argv, env=environment()) as terminal:
        terminal.until_shown("engine ok")
        terminal.press(b"\x11")
        assert terminal.end() == 0
        check_given_back(terminal)
    assert errors.read_text() == ""
