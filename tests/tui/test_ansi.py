"""Raw output: colours stay, nothing that a terminal would obey does, and lines are the same however cut."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from themes import load_theme
from tui.logs.filter import BadFilter, LogFilter
from tui.logs.window import LogWindow
from tui.looks.palette import MOST_STYLES, Palette
from tui.looks.pen import PEN, Pen, painted, sequence_of, style_of
from tui.text.ansi import LONGEST_LINE, pen_after, read_line
from tui.text.spans import Line, draw, width_of, wrap_spans

PALETTE = Palette(load_theme("boatyard-dark").tokens)
NOISE = st.text(
    alphabet=st.sampled_from("ab1;:m[]?\x1b\x9b\x07\r\n\t\x08\\P漢\u202e\u200b\x9dKGH "), max_size=80
)
PIECES = st.lists(
    st.one_of(
        NOISE,
        st.sampled_from(
            ["\x1b[31m", "\x1b[0m", "\x1b[1;38;5;9m", "\x1b[48:2::1:2:3m", "\x1b[2K", "10%\r", "\n"]
        ),
    ),
    max_size=30,
)


def text_of(line: Line) -> str:
    return "".join(text for text, _ in line)


@given(NOISE)
def test_nothing_that_a_terminal_obeys_is_drawn(raw: str) -> None:
    line, pen = read_line(raw)
    strip = draw(PALETTE, line, width=60, base=Style())
    assert cell_len(strip.text) == 60
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in strip.text)
    assert pen_after(raw) == pen


@given(PIECES)
def test_a_log_is_the_same_however_it_is_cut(pieces: list[str]) -> None:
    whole, parts = LogWindow(), LogWindow()
    whole.append("".join(pieces), 0, 0)
    for piece in pieces:
        parts.append(piece, 0, 0)
    assert lines_of(parts) == lines_of(whole)


def lines_of(window: LogWindow) -> list[Line]:
    return [window.line(index) for index in range(len(window))]


@given(PIECES, st.integers(0, 200))
def test_a_log_read_backwards_is_the_log(pieces: list[str], cut: int) -> None:
    text = "".join(pieces)
    window, whole = LogWindow(), LogWindow()
    whole.append(text, 0, len(text))
    cut = min(cut, len(text))
    window.append(text[cut:], cut, len(text))
    if cut:
        added, _ = window.prepend(text[:cut], 0, cut)
        assert added == text[:cut].count("\n")
    assert lines_of(window) == lines_of(whole)


@given(st.lists(st.integers(0, 5), min_size=4, max_size=40), st.lists(st.booleans(), max_size=60))
@example([0, 0, 0, 0, 0], [True] * 20)
def test_what_is_held_is_a_window_of_the_log_wherever_it_is_moved(
    feeds: list[int], moves: list[bool]
) -> None:
    """Pieces with any number of line ends each; the window goes up and down over them."""
    texts = [
        f"a{number}" + "".join(f"\nb{number}.{n}" for n in range(count)) for number, count in enumerate(feeds)
    ]
    starts = [65536 * number for number in range(len(texts))]
    first = last = len(texts) // 2
    window = LogWindow(most_bytes=3 * 65536)
    window.append(texts[last], starts[last], starts[last] + 65536)
    for down in moves:
        if down and last + 1 < len(texts):
            last += 1
            window.append(texts[last], starts[last], starts[last] + 65536)
            first = max(first, last - 2)
        elif not down and first > 0:
            first -= 1
            window.prepend(texts[first], starts[first], starts[first] + 65536)
            last = min(last, first + 2)
    assert (window.start, window.end) == (starts[first], starts[last] + 65536)
    assert [text_of(line) for line in lines_of(window)] == "".join(texts[first : last + 1]).split("\n")


def test_colours_are_kept_over_lines_and_over_cuts() -> None:
    window = LogWindow()
    for piece in ("\x1b[1;3", "1mred\nstill red\x1b", "[0m plain"):
        window.append(piece, 0, 0)
    red = Pen("color(1)", "", ("bold",))
    assert window.line(0) == (("red", red.token),)
    assert window.line(1) == (("still red", red.token), (" plain", "text"))


def test_every_way_to_choose_a_colour_is_known() -> None:
    assert painted(PEN, "38;5;208") == painted(PEN, "38:5:208") == Pen("color(208)")
    assert painted(PEN, "48;2;1;2;3") == painted(PEN, "48:2::1:2:3") == Pen("", "#010203")
    assert painted(PEN, "91;104") == Pen("color(9)", "color(12)")
    assert painted(Pen("color(1)", "", ("bold", "dim")), "22;39") == PEN
    for broken in ("38;5;999", "38;2;1", "38", "48;5", "99999999999999999999", "?25", ">4;1", "1" * 5000):
        assert painted(Pen("color(1)"), broken) == Pen("color(1)"), broken
    assert painted(Pen("color(1)"), "") == PEN


@given(st.lists(st.integers(0, 108), max_size=12))
def test_a_pen_can_be_written_down(numbers: list[int]) -> None:
    pen = painted(PEN, ";".join(map(str, numbers)))
    assert painted(PEN, sequence_of(pen)[2:-1]) == pen
    assert isinstance(PALETTE.style(pen.token), Style)


def test_progress_shows_its_last_state() -> None:
    for raw in ("10%\r50%\r100%", "10%\r100%\r", "old\x1b[2K\x1b[1G100%", "99%\b\b\b100%"):
        assert text_of(read_line(raw)[0]) == "100%", raw


def test_sequences_that_never_end_hide_nothing_that_follows() -> None:
    for start in ("\x1b]0;", "\x1bP", "\x1b_", "\x1b^", "\x9d", "\x90"):
        assert "after" in text_of(read_line(f"before{start} after")[0])
        assert text_of(read_line(f"a{start}hidden\x07b")[0]) == "ab"
    assert text_of(read_line("a\x1b[999999999999Hb\x1b[12")[0]) == "ab"


def test_fifty_thousand_colours_and_a_line_without_an_end_stay_small() -> None:
    raw = "".join(f"\x1b[38;2;{n % 256};{n // 256};7mx" for n in range(50_000))
    line, _ = read_line(raw)
    assert len(line) <= LONGEST_LINE + 1
    for _text, token in line:
        PALETTE.style(token)
    for number in range(MOST_STYLES + 10):
        PALETTE.style(f"@#{number:06x},,")
    assert len(PALETTE._styles) <= MOST_STYLES
    window = LogWindow()
    for number in range(100):
        window.append("y" * 65536, number * 65536, (number + 1) * 65536)
    assert len(window) == 1
    assert sum(map(len, window._raw)) <= 65536
    for number in range(100):
        window.append(f"{number}%\r" * 10_000, 0, 0)
    assert window.text(0) == "99%"


def test_the_window_lets_go_what_is_far_away() -> None:
    window = LogWindow(most_lines=20_000)
    gone = sum(
        window.append(f"{number}\n" * 10_000, number * 70_000, (number + 1) * 70_000) for number in range(50)
    )
    assert len(window) <= 30_000
    assert gone + len(window) == 500_000
    assert window.start == window._pieces[0].start > 0


@given(NOISE, st.integers(2, 40))
def test_wrapped_output_fits_and_is_all_there(raw: str, width: int) -> None:
    line = read_line(raw)[0]
    rows = wrap_spans(line, width)
    assert all(width_of(row) <= width for row in rows)
    whole = wrap_spans(line, 100_000)
    assert "".join(map(text_of, rows)) == "".join(map(text_of, whole))


def test_a_filter_shows_what_fits_or_all_others() -> None:
    lines = ["GET /a 200", "POST /b 500", "get /c 500"]
    assert LogFilter("get").fits(lines) == [True, False, True]
    assert LogFilter("GET").fits(lines) == [True, False, False]
    assert LogFilter("!500").fits(lines) == [True, False, False]
    assert LogFilter(r"\b5\d\d$").fits(lines) == [False, True, True]
    try:
        LogFilter("(")
    except BadFilter as error:
        assert "no expression" in str(error)


def test_an_expression_that_takes_for_ever_is_given_up() -> None:
    try:
        LogFilter("(a+)+$").fits(["a" * 4000 + "b"] * 1000)
    except BadFilter as error:
        assert "too long" in str(error)
    else:
        raise AssertionError("it came to an end")


def test_style_of_a_pen() -> None:
    style = style_of(Pen("#010203", "color(4)", ("bold", "reverse")).token)
    assert style.bold and style.reverse and style.color is not None and style.bgcolor is not None
