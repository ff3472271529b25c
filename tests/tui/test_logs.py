"""A process's output on the screen: at its end, followed, filtered, wrapped, read back from the disk."""

from __future__ import annotations

import pytest

from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine
from tui.logs.view import LogView, until_next_look

PROCESS = "process-first"


def numbered(first: int, last: int) -> str:
    return "".join(f"line {number}\n" for number in range(first, last))


async def open_output(ui: Driver) -> LogView:
    await ui.open_workspace("first")
    await ui.press("right_square_bracket")
    await ui.sees("line")
    return ui.app.home.session.query_one("#out", LogView)


async def test_output_opens_at_its_end_and_goes_back_to_its_beginning(engine: FakeEngine) -> None:
    engine.write(PROCESS, numbered(0, 50_000))
    async with driven(engine) as ui:
        view = await open_output(ui)
        await ui.sees("line 49999")
        assert view.row_count() < 10_000
        first = view.row_text(1)
        await ui.press("up")
        view.move_to(0)
        await ui.until(lambda: view.row_text(1) != first, "older lines were read")
        await ui.press("g")
        await ui.sees("line 0 ", "line 1 ")
        await ui.press("G")
        await ui.sees("line 49999")
        assert view.following


async def test_going_up_stops_following_and_the_end_resumes_it(engine: FakeEngine) -> None:
    engine.write(PROCESS, numbered(0, 200))
    async with driven(engine) as ui:
        view = await open_output(ui)
        await ui.press("k")
        engine.write(PROCESS, numbered(200, 214))
        await ui.sees("▼ 14 new")
        assert view.row_text(view.cursor_row) == "line 198"
        await ui.press("G")
        await ui.sees("line 213")
        assert "new" not in ui.lines()[1]
        engine.write(PROCESS, numbered(214, 220))
        await ui.sees("line 219")


async def test_the_wheel_stops_following_too(engine: FakeEngine) -> None:
    engine.write(PROCESS, numbered(0, 200))
    async with driven(engine) as ui:
        view = await open_output(ui)
        view.scroll_to(y=view.scroll_offset.y - 3, animate=False)
        assert not view.following
        engine.write(PROCESS, numbered(200, 210))
        await ui.sees("▼ 10 new")
        assert "line 209" not in ui.text()
        view.scroll_to(y=10_000, animate=False)
        assert view.following


async def test_a_process_faster_than_the_screen_is_skipped_through_and_read_back(engine: FakeEngine) -> None:
    engine.write(PROCESS, numbered(0, 100))
    async with driven(engine) as ui:
        view = await open_output(ui)
        engine.write(PROCESS, numbered(100, 200_000))
        await ui.sees("line 199999")
        assert sum(1 for call, _ in engine.calls if call == "log") < 8
        assert view.row_count() < 20_000
        for _ in range(3):
            before = view.row_text(1)
            view.move_to(1)
            await ui.press("up")
            await ui.until(lambda before=before: view.row_text(1) != before, "older")  # type: ignore[misc]
        texts = ui.rows("#out")
        numbers = [int(text.split()[1]) for text in texts[1:]]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))


async def test_colours_stay_and_nothing_else_reaches_the_screen(engine: FakeEngine) -> None:
    engine.write(PROCESS, "line \x1b[31mred\x1b[0m\n\x1b]52;c;AAAA\x07\x1b[2J\x1b[999999999999Hclean\u202e\n")
    async with driven(engine) as ui:
        view = await open_output(ui)
        await ui.sees("line red", "clean<U+202E>")
        strip = view.render_line(0)
        red = next(segment for segment in strip if "red" in segment.text)
        assert red.style is not None and red.style.color is not None and red.style.color.number == 1


async def test_lines_are_filtered_and_escape_shows_all_again(engine: FakeEngine) -> None:
    engine.write(PROCESS, "line one\nline two\nother\n")
    async with driven(engine) as ui:
        view = await open_output(ui)
        await ui.press("slash")
        await ui.type("!^line")
        await ui.press("enter")
        await ui.until(lambda: ui.rows("#out") == ["other"], "only what does not begin with it")
        await ui.sees("/ !^line")
        engine.write(PROCESS, "line three\nanother\n")
        await ui.until(lambda: ui.rows("#out") == ["other", "another"], "what comes is filtered, too")
        await ui.press("escape")
        await ui.until(lambda: view.row_count() == 5, "all again")
        await ui.press("slash", "left_parenthesis", "enter")
        await ui.sees("no expression")


async def test_an_expression_that_never_ends_does_not_hang_the_screen(engine: FakeEngine) -> None:
    engine.write(PROCESS, "line\n" + ("a" * 3000 + "b\n") * 20)
    async with driven(engine) as ui:
        await open_output(ui)
        await ui.press("slash")
        await ui.type("(a+)+$")
        await ui.press("enter")
        await ui.sees("takes too long")


async def test_long_lines_wrap_and_wrap_anew_on_another_width(engine: FakeEngine) -> None:
    engine.write(PROCESS, "line " + "x" * 900 + "END\n")
    async with driven(engine) as ui:
        view = await open_output(ui)
        assert "END" not in ui.text()
        await ui.press("w")
        await ui.sees("END")
        before = view.row_count()
        await ui.pilot.resize_terminal(200, 60)
        await ui.until(lambda: view.row_count() < before, "fewer rows on a wider screen")
        assert "".join(ui.lines()).count("END") == 1
        await ui.press("w")
        assert view.row_count() == 1


def test_a_log_is_looked_at_less_often_when_it_is_dear_over_ssh_and_beside_typing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    at_rest = until_next_look(0.0, since_key=60.0)
    dear = until_next_look(0.03, since_key=60.0)
    assert at_rest < dear < until_next_look(9.0, since_key=0.1)
    assert until_next_look(9.0, since_key=60.0) < until_next_look(0.0, since_key=0.1), "keys come first"
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    assert until_next_look(0.0, since_key=60.0) > at_rest
