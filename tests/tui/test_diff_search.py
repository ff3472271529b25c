"""A search through all that changed, in the lines and beyond what was read of them."""

from __future__ import annotations

import msgspec

from core.values.review import Change, FileChange
from tests.tui.changes import one_file
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine, changed_file, diff_of
from tui.diff.view import DiffView


async def test_a_search_goes_beyond_what_was_read(engine: FakeEngine) -> None:
    one_file(engine, ("@", "@@"), *(("+", f"line {n}") for n in range(30_000)), ("+", "the NEEDLE"))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("line 0")
        await ui.press("slash")
        await ui.type("needle")
        await ui.press("enter")
        await ui.sees("the NEEDLE")
        view = ui.app.home.query_one(DiffView)
        await ui.until(lambda: view.row_text(view.cursor_row) == "the NEEDLE", "the cursor is there")
        await ui.press("slash")
        await ui.type("not there at all")
        await ui.press("enter")
        await ui.sees("no line of this diff")


async def test_a_search_goes_on_in_other_files_and_comes_back(engine: FakeEngine) -> None:
    names = {"a.py": {}, "b.py": {}, "c.lock": {"generated": True}, "p.png": {"binary": True}}
    engine.changed = tuple(
        msgspec.structs.replace(changed_file(name), new_id=str(n) * 40, **more)
        for n, (name, more) in enumerate(names.items(), 1)
    )
    engine.diffs["a.py"] = diff_of(("@", "@@"), ("+", "a: the Needle"), ("+", "a: hay"))
    engine.diffs["b.py"] = diff_of(("@", "@@"), (" ", "b: needle around"), ("+", "b: hay"))
    engine.diffs["c.lock"] = diff_of(("@", "@@"), ("+", "c: hay"), ("-", "c: NEEDLE"), ("-", "c: needles"))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("a: hay")
        view = ui.app.home.query_one(DiffView)

        async def comes_to(text: str) -> None:
            await ui.until(lambda: view.row_text(view.cursor_row) == text, f"the cursor is at {text}")

        await ui.press("slash")
        await ui.type("needle")
        await ui.press("enter")
        await comes_to("a: the Needle")
        for text in ("c: NEEDLE", "c: needles", "a: the Needle"):
            await ui.press("n")
            await comes_to(text)
        for text in ("c: needles", "c: NEEDLE", "a: the Needle"):
            await ui.press("N")
            await comes_to(text)
        await ui.press("J", "slash")
        await ui.type("around")
        await ui.press("enter")
        await comes_to("b: needle around")


async def test_a_search_unfolds_the_file_that_it_finds_something_in(engine: FakeEngine) -> None:
    one_file(engine, generated=True)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("Folded: generated")
        await ui.press("slash")
        await ui.type("new words")
        await ui.press("enter")
        await ui.sees("new words here")


async def test_what_is_not_in_the_lines_is_said_above_them(engine: FakeEngine) -> None:
    engine.changed = (
        FileChange(repo_id="repo-app", path="run.sh", change=Change.MODIFIED, old_mode="100644",
                   new_mode="100755"),
        FileChange(repo_id="repo-app", path="p.png", change=Change.MODIFIED, binary=True, old_size=1000,
                   new_size=4096),
        FileChange(repo_id="repo-app", path="new.py", old_path="old.py", change=Change.RENAMED, added=1),
        FileChange(repo_id="repo-app", path="sub", change=Change.MODIFIED, old_mode="160000",
                   new_mode="160000", old_id="a" * 40, new_id="b" * 40),
        FileChange(repo_id="repo-app", path="crlf.txt", change=Change.MODIFIED, added=1),
    )  # fmt: skip
    engine.diffs["crlf.txt"] = diff_of(("@", "@@"), ("+", "dos\r"), ("+", "bell\x07 \u202e"))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4")
        await ui.sees("executable")
        await ui.press("J")
        await ui.sees("Binary file", "→ 4")
        await ui.press("J")
        await ui.sees("old.py → new.py")
        await ui.press("J")
        await ui.sees("Submodule: commit aaaaaaaaaa → bbbbbbbbbb")
        await ui.press("J")
        await ui.sees("dos^M", "bell^G \\u202e")
