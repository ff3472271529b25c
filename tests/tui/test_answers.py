"""Answers of the terminal among the keys: whoever asked has them, and nobody takes them for keys."""

from __future__ import annotations

import asyncio

import pytest

from core.values.review import SixelTerminal
from tui.terminal import answers
from tui.terminal.answers import ATTRIBUTES, Answers
from tui.terminal.graphics import described, has_sixel

ATTRIBUTES_ANSWER = "\x1b[?62;4;22c"


async def asked(sieve: Answers, *received: str) -> tuple[str, str]:
    """What is received when a question is put: the answers, and what is left as keys."""
    question: list[str] = []
    asking = asyncio.create_task(sieve.ask("\x1b[16t", question.append))
    await asyncio.sleep(0)
    assert question == ["\x1b[16t" + ATTRIBUTES]
    keys = "".join(sieve.sieve(each) for each in received)
    return await asking, keys


@pytest.mark.parametrize("cut", range(len("\x1b[6;20;10t" + ATTRIBUTES_ANSWER)))
async def test_answers_are_taken_out_of_the_keys_wherever_they_are_cut(cut: int) -> None:
    answer = "\x1b[6;20;10t" + ATTRIBUTES_ANSWER
    written = f"j\x1b[A{answer}k\x1b[B"
    at = written.index(answer) + cut
    found, keys = await asked(Answers(), written[:at], written[at:])
    assert (found, keys) == (answer, "j\x1b[Ak\x1b[B")


async def test_escape_waits_no_longer_than_until_nothing_follows() -> None:
    sieve = Answers()
    _, keys = await asked(sieve, ATTRIBUTES_ANSWER, "a\x1b")
    assert (keys, sieve.kept(), sieve.kept()) == ("a", "\x1b", "")
    assert (sieve.sieve("\x1b"), sieve.kept()) == ("\x1b", "")


async def test_an_answer_that_comes_late_is_no_key_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "SECONDS", 0.0)
    sieve = Answers()
    assert await asked(sieve) == ("", "")
    assert sieve.sieve(f"a{ATTRIBUTES_ANSWER}b") == "ab"


def test_nothing_is_held_back_where_nothing_was_asked() -> None:
    assert Answers().sieve("\x1b[?6") == "\x1b[?6"


@pytest.mark.parametrize(
    ("answer", "has"),
    [
        ("\x1b[?62;4;22c", True),
        ("\x1b[?4c", False),
        ("\x1b[?1;2c", False),
        ("\x1b[?64;14;44c", False),
        ("", False),
    ],
)
def test_the_terminal_says_whether_it_draws_sixel(answer: str, has: bool) -> None:
    assert has_sixel(answer) is has


@pytest.mark.parametrize(
    ("answer", "window", "cell", "colours"),
    [
        ("\x1b[6;18;9t\x1b[?1;0;16S", (8, 16), (9, 18), 16),
        ("\x1b[?1;0;1024S", (8, 16), (8, 16), 256),
        ("\x1b[6;0;0t\x1b[?1;0;0S", None, (10, 20), 256),
        ("", None, (10, 20), 256),
    ],
)
def test_what_it_does_not_say_of_its_cells_is_taken_to_be_usual(
    answer: str, window: tuple[int, int] | None, cell: tuple[int, int], colours: int
) -> None:
    width, height = cell
    assert described(answer, window) == SixelTerminal(cell_width=width, cell_height=height, colours=colours)


@pytest.mark.parametrize("end", ["\x07", "\x1b\\"])
@pytest.mark.parametrize("cut", range(3, 20))
def test_an_answer_to_a_question_of_before_is_no_key(end: str, cut: int) -> None:
    sieve = Answers(asked=True)
    answer = f"\x1b]11;rgb:ffff/ffff/ffff{end}"
    assert sieve.sieve("a" + answer[:cut]) + sieve.sieve(answer[cut:] + "b") == "ab"
