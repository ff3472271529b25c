"""Pictures in Sixel among the cells: one is shown where all of it can be seen, and nothing of it stays."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyte
import pyte.modes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from tui.terminal.repaint import FORGET, SYNC_END, SYNC_START, Repaint
from tui.terminal.sixels import SIGN, cells, handed_over, taken_back

WIDTH, HEIGHT = 24, 10
COLUMNS, ROWS = 6, 3
BODY = '"1;1;12;12#0;2;100;0;0#0!12~-#0!12~-'
PIXELS = bytes(range(COLUMNS * ROWS * 2 * 3))
CONSOLE = Console(color_system="truecolor", force_terminal=True)
PARTS = re.compile(r"\x1bP[\d;]*q(?P<body>[^\x1b]*)\x1b\\|(?P<text>(?:(?!\x1bP)[\s\S])+)")


class Cells(pyte.Screen):
    """Tells which cells are written to, or erased."""

    def __init__(self, touched: Callable[[range, int], None]) -> None:
        self._touched = touched
        super().__init__(WIDTH, HEIGHT)
        self.reset_mode(pyte.modes.DECAWM)

    def draw(self, data: str) -> None:
        self._touched(range(self.cursor.x, self.cursor.x + len(data)), self.cursor.y)
        super().draw(data)

    def erase_characters(self, count: int | None = None) -> None:
        self._touched(range(self.cursor.x, self.cursor.x + (count or 1)), self.cursor.y)
        super().erase_characters(count)


class Screen:
    """A terminal in memory that draws Sixel; what is written over a picture takes that place out of it."""

    def __init__(self) -> None:
        self._cells = Cells(self._touch)
        self._stream = pyte.Stream(self._cells)
        self.pixels: dict[tuple[int, int], str] = {}
        """The body of the picture of which a part is in a cell, by column and row."""
        self.paintings = 0

    def feed(self, written: str) -> None:
        for part in PARTS.finditer(written.replace(SYNC_START, "").replace(SYNC_END, "")):
            if part["body"] is None:
                self._stream.feed(part["text"])
            else:
                self._paint(part["body"])

    def _touch(self, columns: range, row: int) -> None:
        for column in columns:
            self.pixels.pop((column, row), None)

    def _paint(self, body: str) -> None:
        self.paintings += 1
        left, top = self._cells.cursor.x, self._cells.cursor.y
        assert top + ROWS < HEIGHT, "it scrolls the screen"
        for place in [(left + x, top + y) for x in range(COLUMNS) for y in range(ROWS)]:
            self.pixels[place] = body
        self._cells.cursor.y = top + ROWS  # terminals do not agree on where it is after a picture

    def resize(self, columns: int, rows: int) -> None:
        """A window of another size, with what is left of everything where it was."""
        self._cells.resize(rows, columns)

    @property
    def picture(self) -> tuple[int, int] | None:
        """Column and row of a picture of which all is there; None: there is no pixel of any."""
        if not self.pixels:
            return None
        left, top = min(self.pixels)
        assert set(self.pixels) == {(left + x, top + y) for x in range(COLUMNS) for y in range(ROWS)}
        return left, top

    @property
    def lines(self) -> list[str]:
        """The text below all pixels."""
        return list(self._cells.display)


class Trial:
    """Frames, and what the terminal shows of them."""

    def __init__(self) -> None:
        self.screen, self._repaint = Screen(), Repaint()

    def take(self, *written: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> str:
        """What goes to the terminal, which has drawn it."""
        for each in written:
            self._repaint.take(each, size)
        sent = self._repaint.give()
        self.screen.feed(sent)
        assert SIGN not in sent and "_sixel" not in sent
        return sent


def at(column: int, row: int, text: str) -> str:
    return f"\x1b[{row + 1};{column + 1}H{text}"


def ground() -> str:
    """A frame without a picture."""
    return "".join(at(0, row, "." * WIDTH) for row in range(HEIGHT))


def picture_at(column: int, row: int, number: int = 7) -> str:
    """A part of a frame with the picture's cells, as Textual writes them."""
    strips = cells(number, COLUMNS, PIXELS)
    return "".join(at(column, row + line, strip.render(CONSOLE)) for line, strip in enumerate(strips))


@pytest.fixture
def trial() -> Trial:
    """With a picture on the screen."""
    trial = Trial()
    trial.take(handed_over(7, COLUMNS, ROWS, BODY), ground() + picture_at(4, 2))
    return trial


def test_it_is_painted_above_blanks_and_nothing_is_sent_while_nothing_changes(trial: Trial) -> None:
    assert trial.screen.picture == (4, 2)
    assert [line[3:11] for line in trial.screen.lines[1:6]] == ["." * 8, *[".      ."] * 3, "." * 8]
    assert trial.take(ground() + picture_at(4, 2) + at(0, 0, "")) in ("", at(0, 0, ""))
    assert trial.take(ground() + picture_at(4, 2) + at(0, 0, "")) == ""
    sent = trial.take(at(0, 0, "what stands elsewhere"))
    assert "what stands elsewhere" in sent and trial.screen.paintings == 1


def test_what_covers_a_part_of_it_leaves_half_blocks_and_gives_it_back(trial: Trial) -> None:
    trial.take(at(8, 3, "dialog"))
    assert trial.screen.picture is None
    assert [line[3:11] for line in trial.screen.lines[2:5]] == [".▀▀▀▀▀▀.", ".▀▀▀▀dia", ".▀▀▀▀▀▀."]
    trial.take(at(8, 3, "." * 6) + picture_at(4, 2))
    assert trial.screen.picture == (4, 2) and trial.screen.paintings == 2


@pytest.mark.parametrize("blank", [".", " "])
def test_text_in_its_place_erases_it_be_it_blank(trial: Trial, blank: str) -> None:
    sent = trial.take(taken_back(7), ground().replace(".", blank))
    assert trial.screen.picture is None and "\x1b[6X" in sent
    assert trial.screen.lines == [blank * WIDTH] * HEIGHT


def test_what_is_taken_back_is_gone_though_its_cells_are_still_there(trial: Trial) -> None:
    trial.take(taken_back(7))
    assert trial.screen.picture is None and not any("▀" in line for line in trial.screen.lines)


def test_it_goes_with_its_cells(trial: Trial) -> None:
    trial.take(ground() + picture_at(10, 5))
    assert trial.screen.picture == (10, 5)
    trial.take(ground() + picture_at(10, HEIGHT - ROWS))
    assert trial.screen.picture is None and "▀" * COLUMNS in trial.screen.lines[-1]


def test_another_takes_its_place(trial: Trial) -> None:
    other = BODY.replace("100;0;0", "0;100;0")
    trial.take(taken_back(7), handed_over(8, COLUMNS, ROWS, other), picture_at(4, 2, 8))
    assert trial.screen.picture == (4, 2) and set(trial.screen.pixels.values()) == {other}


def test_it_is_painted_again_after_another_program_had_the_terminal(trial: Trial) -> None:
    trial.take(FORGET)
    assert trial.screen.picture == (4, 2) and trial.screen.paintings == 2


def test_it_is_gone_with_the_screen_and_comes_with_the_next_frame(trial: Trial) -> None:
    trial.take("\x1b[2J")
    trial.screen.pixels.clear()
    trial.take(ground() + picture_at(4, 2))
    assert trial.screen.picture == (4, 2) and trial.screen.paintings == 2


def test_after_a_change_of_size_it_is_half_blocks_until_it_is_handed_over_anew(trial: Trial) -> None:
    size = (WIDTH - 2, HEIGHT)
    trial.screen.resize(*size)
    trial.take(at(0, 0, "."), size=size)
    assert trial.screen.picture is None and "▀" * COLUMNS in trial.screen.lines[2]
    trial.take(taken_back(7), handed_over(8, COLUMNS, ROWS, BODY), picture_at(4, 2, 8), size=size)
    assert trial.screen.picture == (4, 2)


def test_signs_from_elsewhere_paint_nothing_and_are_not_sent() -> None:
    trial = Trial()
    trial.take(ground() + at(2, 2, SIGN * 4) + picture_at(4, 4))
    assert trial.screen.picture is None and trial.screen.lines[2].startswith("..    ..")


PLACES = st.tuples(st.integers(-2, WIDTH - COLUMNS), st.integers(0, HEIGHT - ROWS))
COVERS = st.lists(st.tuples(st.integers(0, WIDTH - 3), st.integers(0, HEIGHT - 1)), max_size=2)


@settings(max_examples=100)
@given(st.lists(st.tuples(PLACES, COVERS), max_size=6))
def test_wherever_it_goes_and_whatever_covers_it_nothing_of_it_stays_behind(
    frames: list[tuple[tuple[int, int], list[tuple[int, int]]]],
) -> None:
    trial = Trial()
    trial.take(handed_over(7, COLUMNS, ROWS, BODY))
    for (column, row), covers in frames:
        there = column >= 0
        written = ground() + (picture_at(column, row) if there else "")
        trial.take(SYNC_START + written + "".join(at(*each, "xyz") for each in covers) + SYNC_END)
        inside = {(column + x, row + y) for x in range(COLUMNS) for y in range(ROWS)} if there else set()
        covered = {(x + more, y) for x, y in covers for more in range(3)}
        whole = there and not inside & covered and row + ROWS < HEIGHT
        assert trial.screen.picture == ((column, row) if whole else None)
        for y, line in enumerate(trial.screen.lines):
            for x, cell in enumerate(line):
                seen = "▀ "[whole] if (x, y) in inside else "."
                assert cell in "xyz" if (x, y) in covered else cell == seen
