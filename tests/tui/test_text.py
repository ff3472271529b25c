"""Lines have the width they must have, whatever is in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from themes import load_theme
from tui.diff.words import changed_ranges
from tui.looks.durations import age, size, took
from tui.looks.glyphs import ASCII, UNICODE, choose_glyphs
from tui.looks.palette import Palette
from tui.session.entry_rows import edit_lines
from tui.text.inline import inline, wrap_words
from tui.text.prose import PART, _as_it_is, _read, hard_wrap, parts_of, prose
from tui.text.spans import Line, Span, draw, fit, fit_spans, width_of
from tui.text.syntax import highlight

PALETTE = Palette(load_theme("boatyard-dark").tokens)
TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=200)
WORDS = st.text(alphabet="ab 漢é\t`*-#>", max_size=200)


@given(TEXT, TEXT, st.integers(0, 120))
def test_a_line_is_exactly_as_wide_as_the_screen(left: str, right: str, width: int) -> None:
    strip = draw(PALETTE, [(left, "text")], [(right, "dim")], width=width, base=Style())
    assert cell_len(strip.text) == width


@given(TEXT, st.integers(1, 80), st.booleans())
def test_what_is_fitted_fits_and_keeps_the_end_that_matters(text: str, width: int, keep_end: bool) -> None:
    fitted = fit(text, width, keep_end=keep_end)
    assert cell_len(fitted) <= width
    assert width_of(fit_spans([(text, "text"), (text, "dim")], width)) <= width


def test_a_path_keeps_its_tail() -> None:
    assert fit("src/very/long/path/of/a/file.py", 12, keep_end=True).endswith("file.py")


def text_of(lines: list[Line]) -> str:
    return "".join(text for line in lines for text, _ in line)


@given(st.lists(st.tuples(WORDS, st.sampled_from(["text", "strong"])), max_size=5), st.integers(4, 60))
def test_wrapped_lines_fit_and_lose_no_word(spans: list[Span], width: int) -> None:
    lines = wrap_words(spans, width)
    assert all(width_of(line) <= width for line in lines)
    whole = "".join(text for text, _ in spans)
    assert "".join(text_of(lines).split()) == "".join(whole.expandtabs(4).split())


@given(TEXT, st.integers(2, 60))
def test_hard_wrapping_loses_nothing_visible(text: str, width: int) -> None:
    from tui.text.literal import plain

    pieces = hard_wrap(text, width)
    assert all(cell_len(piece) <= max(2, width) for piece in pieces)
    assert "".join(pieces) == plain(text)


@given(WORDS, st.integers(20, 60))
def test_every_prefix_of_markdown_can_be_drawn(text: str, width: int) -> None:
    for end in range(0, len(text), 7):
        assert all(width_of(line) <= width for line in prose(text[:end], width, UNICODE))


def test_markdown_is_read_as_far_as_needed() -> None:
    lines = prose("# Head\n- **bold** `code`\n```py\nx = 1\n```\n> said\n- [x] over", 40, UNICODE)
    assert lines[0] == (("Head", "heading"),)
    assert ("bold", "text strong") in lines[1] and ("code", "code") in lines[1]
    assert text_of([lines[2]]) == "  x = 1" and ("1", "syntax-number") in lines[2]
    assert lines[3] == (("│ ", "rule"), ("said", "dim"))
    assert text_of([lines[4]]) == "✓ over"


def test_emphasis_and_links_are_read_and_names_with_underscores_are_not() -> None:
    assert inline("*so* and _so_, not snake_case_name or 2*3*4", "text") == [
        ("so", "text emphasis"), (" and ", "text"), ("so", "text emphasis"),
        (", not snake_case_name or 2*3*4", "text"),
    ]  # fmt: skip
    assert inline("[docs](https://a.b)", "text") == [("docs", "text link"), (" (https://a.b)", "dim")]


def test_a_fence_that_has_not_ended_yet_is_code_already() -> None:
    assert text_of(prose("```py\nx = [1](2)", 40, UNICODE)) == "  x = [1](2)"


TABLE = "| Name | Count |\n|:--|--:|\n| a **b** | 1 |\n| long text that wraps | 20 |"


def test_a_table_has_its_columns_and_shrinks_to_the_width() -> None:
    wide = ["".join(text for text, _ in line) for line in prose(TABLE, 60, UNICODE)]
    assert wide == [
        "Name                 │ Count", "─" * 28,
        "a b                  │     1", "long text that wraps │    20",
    ]  # fmt: skip
    narrow = prose(TABLE, 20, UNICODE)
    assert all(width_of(line) <= 20 for line in narrow)
    assert "".join(text_of(narrow).split()).count("wraps") == 1


@given(st.text(alphabet="|-: a漢\n`*", max_size=120), st.integers(20, 60))
def test_whatever_looks_like_a_table_fits(text: str, width: int) -> None:
    assert all(width_of(line) <= width for line in prose("a|b\n-|-\n" + text, width, UNICODE))


@given(WORDS, WORDS)
def test_words_that_differ_are_inside_their_lines(old: str, new: str) -> None:
    left, right = changed_ranges(old, new)
    assert all(0 <= low < high <= len(old) for low, high in left)
    assert all(0 <= low < high <= len(new) for low, high in right)


def test_one_changed_word_is_the_change() -> None:
    assert changed_ranges("return a + b", "return a - b") == ([(9, 10)], [(9, 10)])


def test_code_is_coloured_line_by_line_and_never_loses_a_character() -> None:
    lines = ["def f():", '    """Text', '    over lines"""', "    return 1", "", "# end"]
    spans = highlight("a.py", lines)
    assert spans is not None
    assert ["".join(text for text, _ in line) for line in spans] == lines
    assert ("def", "syntax-keyword") in spans[0]
    assert highlight("a.unknown", lines) is None
    assert highlight("a.py", ["x" * 10_000]) is None


def test_times_are_short() -> None:
    assert [age(100, 100 + s) for s in (5, 65, 7200, 200_000)] == ["now", "1m", "2h", "2d"]
    assert [took(10, 10 + s) for s in (0.44, 12, 185, 7440)] == ["0.4s", "12s", "3m05s", "2h04m"]
    assert [size(n) for n in (5, 2000, 5_000_000)] == ["5B", "2.0K", "4.8M"]
    assert age(0) == "" and took(None, 5) == ""


def test_glyphs_fall_back_to_ascii() -> None:
    assert choose_glyphs("ascii") is ASCII
    assert all(value.isascii() for value in vars(ASCII).values())
    assert all(cell_len(value) == 1 for value in vars(UNICODE).values())
    assert vars(ASCII).keys() == vars(UNICODE).keys()


def test_an_edit_shows_its_lines() -> None:
    from core.values.conversation import FileEdit

    assert edit_lines(FileEdit(path="a", old="one\ntwo\n", new="one\n2\n")) == [
        (" ", "one"), ("-", "two"), ("+", "2"),
    ]  # fmt: skip
    assert edit_lines(FileEdit(path="a", new="new")) == [("+", "new")]


PARAGRAPH = "A **bold** word and `code`, again and again until the line is long.\n"


@given(
    st.lists(
        st.sampled_from([PARAGRAPH, "\n", "```py\n", "```\n", "~~~\n", "a | b\n", "- | -\n"]), max_size=250
    )
)
def test_a_long_text_reads_the_same_in_parts_and_parts_stay_as_they_are(pieces: list[str]) -> None:
    text = "".join(pieces)
    parts = parts_of(text)
    assert "\n".join(parts) == text
    assert parts_of(text + "\n\nmore" * 50)[: len(parts) - 1] == parts[:-1]
    assert prose(text, 60, UNICODE) == [*_whole(text)]


def test_a_text_without_empty_lines_is_read_in_parts_too() -> None:
    text = "\n".join(f"{number} of what the agent says" for number in range(2000))
    parts = parts_of(text)
    assert "\n".join(parts) == text
    assert all(PART <= len(part) <= 3 * PART for part in parts[:-1])
    assert parts_of(f"{text} and more\nand more")[: len(parts) - 1] == parts[:-1]


@given(st.text(max_size=40) | st.text("ab *_`[~\t", max_size=40), st.integers(4, 50))
def test_a_line_with_nothing_marked_in_it_is_the_same_the_short_way(text: str, width: int) -> None:
    short = _as_it_is(text, width, "text")
    assert not short or short == wrap_words(inline(text, "text"), width)


def _whole(text: str) -> list[Line]:
    """Read at once, whatever its length."""
    lines = _read(text, 60, UNICODE, "text")
    while lines and not any(span[0].strip() for span in lines[-1]):
        lines.pop()
    return lines


def test_texts_that_begin_alike_are_each_read_as_they_are() -> None:
    beginning = f"{PARAGRAPH}\n" * 200
    for text in (beginning + "```\ncode\n" * 50, beginning[:-9], beginning + PARAGRAPH * 90, beginning):
        assert "\n".join(parts_of(text)) == text
        assert prose(text, 60, UNICODE) == [*_whole(text)]
