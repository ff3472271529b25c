"""What a terminal shows after the thrifty way is what it shows after the plain one, and in fewer bytes."""

from __future__ import annotations

import pyte
import pyte.modes
import pyte.screens
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from tui.terminal.cells import SIMPLE
from tui.terminal.repaint import FORGET, LEAVE_SCREEN, SYNC_END, SYNC_START, Repaint

WIDTH, HEIGHT = 20, 5
WORDS = st.text(st.sampled_from("ab xyz─│●漢字é"), min_size=1, max_size=2)
STYLES = st.sampled_from(
    ["", "1", "2", "7", "1;31", "38;2;1;2;3", "38;2;1;2;3;48;2;9;9;9", "3;4;38;5;77", "48;5;3;9", "44"]
)


def styled(text: str, style: str) -> str:
    """A piece of text as Rich writes it."""
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


CHOPS = {1: 8, 9: 12}
"""Textual paints a line in parts, one for each widget: where they begin, and how wide they are."""


def chop(pieces: list[tuple[str, str]], width: int) -> str:
    """A part of a line, filled up to its width."""
    text = "".join(word for word, _ in pieces)
    written = "".join(styled(*piece) for piece in pieces)
    return written + " " * (width - cell_len(text))


def frame(parts: dict[tuple[int, int], list[tuple[str, str]]]) -> str:
    """A frame: parts of lines, from above and from the left."""
    lines = [f"\x1b[{row};{at}H{chop(pieces, CHOPS[at])}" for (row, at), pieces in sorted(parts.items())]
    return SYNC_START + "".join(lines) + SYNC_END


PLACES = st.tuples(st.integers(1, HEIGHT), st.sampled_from(sorted(CHOPS)))
PIECES = st.lists(st.tuples(WORDS, STYLES), min_size=1, max_size=2)
FRAMES = st.lists(st.dictionaries(PLACES, PIECES, min_size=1, max_size=6).map(frame), max_size=6)


class Shown:
    """A terminal in memory."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.screen.reset_mode(pyte.modes.DECAWM)
        self._stream = pyte.Stream(self.screen)

    def feed(self, written: str) -> None:
        self._stream.feed(written.replace(SYNC_START, "").replace(SYNC_END, ""))

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        """All cells; a blank without what nobody sees of it."""
        return [[seen(self.screen.buffer[row][column]) for column in range(WIDTH)] for row in range(HEIGHT)]


def seen(cell: pyte.screens.Char) -> pyte.screens.Char:
    """A cell as one sees it."""
    if cell.data != " " or cell.underscore or cell.strikethrough or cell.reverse:
        return cell
    return cell._replace(fg="default", bold=False, italics=False)


def test_a_simple_character_is_one_cell_wide() -> None:
    simple = [chr(code) for code in range(0x20, 0x10000) if SIMPLE.fullmatch(chr(code))]
    assert len(simple) > 800
    assert {get_character_cell_size(character) for character in simple} == {1}


@settings(max_examples=100, deadline=None)
@given(FRAMES)
def test_whatever_is_drawn_looks_the_same(frames: list[str]) -> None:
    plain, thrifty, repaint = Shown(), Shown(), Repaint()
    for frame in frames:
        plain.feed(frame)
        repaint.take(frame, (WIDTH, HEIGHT))
        thrifty.feed(repaint.give())
        assert thrifty.cells == plain.cells


def sent(*written: str, size: tuple[int, int] = (WIDTH, HEIGHT), by: Repaint | None = None) -> str:
    """What goes to the terminal for these."""
    repaint = by or Repaint()
    for each in written:
        repaint.take(each, size)
    return repaint.give()


def test_what_the_terminal_shows_already_is_not_sent_again() -> None:
    repaint = Repaint()
    both = "\x1b[1;1H\x1b[38;2;1;2;3mone line\x1b[0m\x1b[2;1Hanother\x1b[1;1H"
    assert "one line" in sent(both, by=repaint)
    assert sent(both, by=repaint) == ""
    assert sent(both.replace("another", "anOther"), by=repaint) == "\x1b[2;3HO\x1b[1;1H"


def test_a_style_is_said_once_and_not_for_each_piece() -> None:
    pieces = "\x1b[1;38;2;1;2;3;48;2;9;9;9mone\x1b[0m\x1b[38;2;1;2;3;48;2;9;9;9mtwo\x1b[0m"
    assert sent(f"\x1b[1;1H{pieces}") == ("\x1b[1;1H\x1b[1;38;2;1;2;3;48;2;9;9;9mone\x1b[22mtwo\x1b[1;7H")


def test_of_a_blank_only_what_is_behind_it_counts() -> None:
    repaint = Repaint()
    sent("\x1b[1;1H\x1b[1;31;44ma b\x1b[0m\x1b[1;1H", by=repaint)
    pieces = "\x1b[1;31;44ma\x1b[0m\x1b[44m \x1b[0m\x1b[1;31;44mb\x1b[0m\x1b[1;1H"
    assert sent("\x1b[1;1H" + pieces, by=repaint) == ""


def test_frames_that_waited_are_sent_as_one() -> None:
    frames = [f"{SYNC_START}\x1b[1;1H{number:03}{SYNC_END}" for number in range(50)]
    assert sent(*frames) == f"{SYNC_START}\x1b[1;1H049\x1b[1;4H{SYNC_END}"


def test_nothing_is_sent_in_the_middle_of_a_frame() -> None:
    repaint = Repaint()
    assert sent(SYNC_START, "\x1b[1;1Hhalf", by=repaint) == ""
    assert "half" in sent(SYNC_END, by=repaint)


def test_what_is_no_text_is_sent_where_it_stood() -> None:
    title, clipboard = "\x1b]2;a title\x07", "\x1b]52;c;eA==\x1b\\"
    assert sent("\x1b[1;1Ha", title, "\x1b[1;1Hb", clipboard) == (
        f"\x1b[1;1Ha\x1b[1;2H{title}\x1b[1;1Hb\x1b[1;2H{clipboard}"
    )


def test_all_is_sent_again_when_the_terminal_may_show_something_else() -> None:
    text = "\x1b[1;1Hsome text"
    for reason in ("\x1b[?1049h", "\x1b[2J", FORGET):
        repaint = Repaint()
        sent(text, by=repaint)
        assert "some text" in sent(reason, text, by=repaint)
    repaint = Repaint()
    sent(text, by=repaint)
    again = sent(text, size=(6, HEIGHT), by=repaint)
    assert "some t" in again and "some te" not in again


def test_after_a_character_whose_width_is_in_doubt_the_cursor_is_put_where_it_belongs() -> None:
    assert sent("\x1b[1;1Ha漢b") == "\x1b[1;1Ha漢\x1b[4Gb\x1b[1;5H"


def test_the_cursor_is_left_where_it_was_before_the_interface_had_the_terminal() -> None:
    repaint = Repaint()
    repaint.take("\x1b[?1049h" + frame({(3, 1): [("ab", "1")]}), (WIDTH, HEIGHT))
    repaint.give()
    repaint.take(LEAVE_SCREEN, (WIDTH, HEIGHT))
    repaint.take("\x1b[?25h", (WIDTH, HEIGHT))
    assert repaint.give().endswith(LEAVE_SCREEN + "\x1b[?25h")
