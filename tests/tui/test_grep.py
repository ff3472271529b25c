"""Text found in the files while one types, and gone to."""

from __future__ import annotations

from tests.tui.harbour import Harbour
from tests.tui.steering import at_the_helm


async def test_a_line_is_found_and_gone_to(fleet: Harbour) -> None:
    fleet.contents = {
        "app/a.py": [f"line {number}" for number in range(1, 1200)],
        "app/b.py": ["nothing", "a Needle"],
    }
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("f")
        await helm.sees("Find in the files of second", "not those that git ignores")
        await helm.type("needle")
        await helm.sees("app/b.py:2 a Needle")
        await helm.press(*["backspace"] * 6)
        await helm.type("line 1100")
        await helm.sees("app/a.py:1100 line 1100")
        await helm.press("enter")
        await helm.until(lambda: helm.app.home.files.line == 1100, "the line")
        assert helm.app.home.situation().path == "app/a.py"
        await helm.sees("line 1100")
        await helm.press("f")
        await helm.sees("app/a.py:1100")


async def test_capitals_count_when_there_are_any_and_only_the_first_look_takes_a_snapshot(
    fleet: Harbour,
) -> None:
    fleet.contents = {"app/b.py": ["a Needle"]}
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("f")
        await helm.type("needle")
        await helm.sees("app/b.py:1")
        await helm.press("backspace")
        await helm.until(lambda: len([1 for call, _ in fleet.calls if call == "grep"]) >= 2, "asked again")
        asked = [value for call, value in fleet.calls if call == "grep"]
        assert asked[0][3:] == (True, False) and asked[-1][3:] == (True, True)
        await helm.press(*["backspace"] * 5)
        await helm.type("NEEDLE")
        await helm.sees("No line has it")


async def test_an_expression_that_is_none_is_told(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("f")
        await helm.type("a(")
        await helm.sees("No line has it")
        await helm.press("ctrl+t")
        await helm.sees("Find an expression in", "that is no expression")
