"""Text found in the files while one types, and gone to."""

from __future__ import annotations

from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine


async def test_a_line_is_found_and_gone_to(engine: FakeEngine) -> None:
    engine.contents = {
        "app/a.py": [f"line {number}" for number in range(1, 1200)],
        "app/b.py": ["nothing", "a Needle"],
    }
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("f")
        await ui.sees("Find in the files of second", "not those that git ignores")
        await ui.type("needle")
        await ui.sees("app/b.py:2 a Needle")
        await ui.press(*["backspace"] * 6)
        await ui.type("line 1100")
        await ui.sees("app/a.py:1100 line 1100")
        await ui.press("enter")
        await ui.until(lambda: ui.app.home.files.line == 1100, "the line")
        assert ui.app.home.situation().path == "app/a.py"
        await ui.sees("line 1100")
        await ui.press("f")
        await ui.sees("app/a.py:1100")


async def test_capitals_count_when_there_are_any_and_only_the_first_look_takes_a_snapshot(
    engine: FakeEngine,
) -> None:
    engine.contents = {"app/b.py": ["a Needle"]}
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("f")
        await ui.type("needle")
        await ui.sees("app/b.py:1")
        await ui.press("backspace")
        await ui.until(lambda: len([1 for call, _ in engine.calls if call == "grep"]) >= 2, "asked again")
        asked = [value for call, value in engine.calls if call == "grep"]
        assert asked[0][3:] == (True, False) and asked[-1][3:] == (True, True)
        await ui.press(*["backspace"] * 5)
        await ui.type("NEEDLE")
        await ui.sees("No line has it")


async def test_an_expression_that_is_none_is_told(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("f")
        await ui.type("a(")
        await ui.sees("No line has it")
        await ui.press("ctrl+t")
        await ui.sees("Find an expression in", "that is no expression")
