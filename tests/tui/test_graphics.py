"""Which terminals are taken to draw Sixel, those inside tmux among them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.values.review import SixelTerminal
from tests.pty import I_AM, SIXEL
from tui.terminal.graphics import sixel_terminal


class Asked:
    """Answers as a terminal does, and counts how often."""

    draws_sixel: bool | None = None

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers = answers
        self.asked: list[str] = []
        self.fileno = os.open(os.devnull, os.O_RDONLY)

    async def ask(self, question: str) -> str:
        self.asked.append(question)
        given = (answer for part, answer in self._answers.items() if part in question.encode() + b"\x1b[c")
        return b"".join(given).decode()


PLAIN = {b"\x1b[c": I_AM}
FOUND = SixelTerminal(cell_width=10, cell_height=20)


@pytest.fixture(autouse=True)
def outside_of_tmux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)


async def looked_at(terminal: Asked, *, forced: bool = False) -> SixelTerminal | None:
    try:
        return await sixel_terminal(terminal, forced=forced)
    finally:
        os.close(terminal.fileno)


async def test_a_terminal_that_says_nothing_of_sixel_is_asked_for_no_more() -> None:
    terminal = Asked(PLAIN)
    assert await looked_at(terminal) is None and terminal.asked == [""]


async def test_a_terminal_that_draws_it_is_asked_once_whether_it_does() -> None:
    terminal = Asked(SIXEL)
    assert await sixel_terminal(terminal, forced=False) == FOUND
    assert await looked_at(terminal) == FOUND
    assert terminal.asked.count("") == 1


async def test_what_the_user_says_is_not_asked_of_the_terminal() -> None:
    terminal = Asked(PLAIN)
    assert await looked_at(terminal, forced=True) == FOUND and "" not in terminal.asked


@pytest.mark.parametrize(
    ("features", "found"), [("256,RGB,sixel,title", FOUND), ("256,RGB,title", None), ("", None)]
)
async def test_a_tmux_that_draws_it_needs_a_terminal_that_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, features: str, found: SixelTerminal | None
) -> None:
    tmux = tmp_path / "tmux"
    tmux.write_text(
        f"#!/bin/sh\ntest \"$*\" = 'display-message -p #{{client_termfeatures}}' && echo {features}\n"
    )
    tmux.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    assert await looked_at(Asked(SIXEL)) == found
