"""The diff: side by side, folded, marked as read, live without losing one's place."""

from __future__ import annotations

import asyncio
from typing import NoReturn

import msgspec
import pytest

from core.errors import BoatyardError, NotFoundError
from core.values import events as told
from core.values.provenance import LinesFrom, Origin
from core.values.review import Change
from core.values.states import Activity
from tests.tui.changes import LINES, one_file, whole_file
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine, changed_file, diff_of
from tui.diff import reading
from tui.diff.view import DiffView


@pytest.mark.parametrize("size", [(160, 40), (200, 60)])
async def test_both_sides_are_side_by_side_where_there_is_room_and_by_key(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    one_file(engine)
    async with driven(engine, size) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("old words here")
        assert any("old words here" in line and "new words here" in line for line in ui.lines())
        await ui.press("vertical_line")
        await ui.sees("unified")
        assert not any("old words here" in line and "new words here" in line for line in ui.lines())
        await ui.press("vertical_line")
        await ui.sees("side by side")
        assert any("old words here" in line and "new words here" in line for line in ui.lines())


async def test_a_long_line_is_wrapped_by_key(engine: FakeEngine) -> None:
    one_file(engine, ("@", "@@"), ("+", "x" * 300 + "END"))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("xxx")
        assert "END" not in ui.text()
        await ui.press("w")
        await ui.sees("END")


async def test_generated_files_are_folded_and_enter_unfolds_them(engine: FakeEngine) -> None:
    one_file(engine, generated=True)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("Folded: generated")
        assert "old words here" not in ui.text()
        await ui.press("enter")
        await ui.sees("old words here")
        await ui.press("minus")
        await ui.sees("Folded")
        await ui.press("equals_sign")
        await ui.sees("old words here")


async def test_a_read_file_is_marked_and_folded_until_it_changes(engine: FakeEngine) -> None:
    one_file(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("old words here", "read 0/1")
        await ui.press("space")
        body = await ui.asked("mark_reviewed")
        assert (body.path, body.content, body.reviewed) == ("a.py", "1" * 40, True)
        await ui.sees("read 1/1", "Folded: read, and not changed since")
        one_file(engine, ("@", "@@"), ("+", "other"))
        engine.changed = (msgspec.structs.replace(engine.changed[0], new_id="2" * 40),)
        engine.emit(told.FilesChanged(workspace="second"))
        await ui.sees("read 0/1", "other")


async def test_without_white_space_lines_are_shown_also_where_the_summary_stays(engine: FakeEngine) -> None:
    one_file(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("old words here")
        await ui.press("W")
        await ui.sees("without white space", "old words here")
        await ui.press("W")
        await ui.until(lambda: "without white space" not in ui.text(), "all of it")
        await ui.sees("old words here")


async def test_what_an_agent_writes_is_seen_while_it_works_and_its_end_at_once_after(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LIVE_SECONDS", 0.05)
    one_file(engine, ("@", "@@"), ("+", "first"))

    def writes(text: str, number: int) -> None:
        engine.diffs["a.py"] = diff_of(("@", "@@"), ("+", text))
        engine.changed = (msgspec.structs.replace(engine.changed[0], new_id=str(number) * 40),)

    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("first")
        assert not ui.app.home.diff.looks_by_itself
        engine.set_workspace(engine.workspaces_["second"], activity=Activity.RUNNING)
        writes("second words", 2)
        await ui.sees("second words")
        writes("third words", 3)
        await ui.sees("third words")
        writes("last words", 4)
        engine.set_workspace(engine.workspaces_["second"], activity=Activity.IDLE)
        engine.emit(told.FilesChanged(workspace="second"))
        await ui.sees("last words")
        await ui.until(lambda: not ui.app.home.diff.looks_by_itself, "it rests")


async def test_the_line_at_the_cursor_stays_when_the_file_changes(engine: FakeEngine) -> None:
    one_file(engine, ("@", "@@"), *((" ", f"line {n}") for n in range(1, 3000)))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("line 1")
        view = ui.app.home.query_one(DiffView)
        view.go_to_line(1500)
        await ui.until(lambda: view.row_text(view.cursor_row) == "line 1500", "the line")
        screen_row = view.cursor_row - round(view.scroll_y)
        one_file(engine, ("@", "@@"), *(("-", f"gone {n}") for n in range(700)),
                 *((" ", f"line {n}") for n in range(1, 3000)))  # fmt: skip
        engine.changed = (msgspec.structs.replace(engine.changed[0], old_id="2" * 40, new_id="3" * 40),)
        engine.emit(told.FilesChanged(workspace="second"))
        await ui.until(lambda: view.file is engine.changed[0], "the new diff")
        await ui.until(lambda: view.row_text(view.cursor_row) == "line 1500", "the same line")
        assert view.cursor_row - round(view.scroll_y) == screen_row


async def test_the_end_is_the_one_that_a_diff_turns_out_to_have(engine: FakeEngine) -> None:
    one_file(engine, ("@", "@@"), *(("+", f"line {n}") for n in range(3_000)), ("+", "the very last"))
    engine.counting = asyncio.Event()
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("line 0")
        await ui.press("G")
        view = ui.app.home.query_one(DiffView)
        assert view.row_text(view.cursor_row) == "line 498"
        engine.counting.set()
        await ui.sees("the very last")
        await ui.until(lambda: view.row_text(view.cursor_row) == "the very last", "the cursor is there")


async def test_the_base_is_chosen_and_said(engine: FakeEngine) -> None:
    one_file(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4")
        await ui.sees("against main")
        await ui.press("B", "u")
        await ui.until(lambda: ("diff", ("second", "uncommitted", 0)) in engine.calls, "the other base")
        await ui.sees("not committed")
        await ui.press("escape")
        await ui.sees("against main")


async def test_one_scrolls_sideways_by_cells_and_no_further_than_there_is_text(engine: FakeEngine) -> None:
    one_file(engine, LINES[0], ("+", "漢" * 30 + "x" * 40 + "END"), ("+", "y" * 32 + "|e\u0301nd"))
    async with driven(engine, (80, 24)) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("yyy")
        await ui.press("L")
        first, second = (
            ui.lines()[ui.text().split("\n").index(line)] for line in ui.lines() if " + " in line
        )
        assert first.split(" + ")[1].count("漢") == 22, "two cells each"
        assert second.split(" + ")[1].startswith("y" * 16 + "|e\u0301nd")
        await ui.press(*"LLLLLLL")
        await ui.sees("xEND ")
        await ui.press("H")
        await ui.until(lambda: "END" not in ui.text(), "one key back is one step back")


async def test_why_there_is_no_diff_is_said_in_full(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(*_: object, **__: object) -> None:
        raise NotFoundError(
            f"no repository knows the commit {'a' * 40}", hint="Give its id, or the name of a branch."
        )

    monkeypatch.setattr(engine, "diff", refuses)
    async with driven(engine, (80, 24)) as ui:
        await ui.open_workspace("second")
        await ui.press("4")
        await ui.sees(
            "no repository knows the commit", f"{'a' * 40}. Give", "its id, or the name of a branch."
        )


async def test_of_several_repos_the_one_that_a_file_is_in_is_said(engine: FakeEngine) -> None:
    second = engine.workspaces_["second"]
    other = msgspec.structs.replace(second.repos[0], repo_id="repo-lib", name="lib")
    engine.set_workspace(second, repos=(*second.repos, other))
    engine.changed = (changed_file("a.py"), msgspec.structs.replace(changed_file("a.py"), repo_id="repo-lib"))
    engine.diffs["a.py"] = diff_of(*LINES)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("new words here")
        assert [row.strip() for row in ui.rows("#diff-files")] == ["app/a.py", "lib/a.py"]
        await ui.press("J")
        await ui.sees("M lib/a.py  +1")
        await ui.press("l", "d")
        await ui.sees("The file lib/a.py")
        await ui.press("escape", "c")
        await ui.sees("Comment on lib/a.py")


async def test_a_long_path_keeps_its_end_where_a_file_was_renamed(engine: FakeEngine) -> None:
    old, new = (f"{'folder/' * 8}{name}.py" for name in ("before", "after"))
    file = msgspec.structs.replace(changed_file(new), old_path=old, change=Change.RENAMED, new_id="1" * 40)
    engine.changed = (file,)
    engine.diffs[new] = diff_of(*LINES)
    async with driven(engine, (80, 24)) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees(f"R {new}  +1", "Renamed from …", "folder/before.py")


async def test_one_comes_back_to_the_line_after_the_engine_was_away(engine: FakeEngine) -> None:
    one_file(engine)
    engine.changed += (msgspec.structs.replace(changed_file("z.py"), new_id="3" * 40),)
    engine.diffs["z.py"] = diff_of(LINES[0], *((" ", f"row {number}") for number in range(1, 1200)))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter", "J")
        await ui.sees("row 1")
        view = ui.app.home.query_one(DiffView)
        view.go_to_line(900)
        await ui.until(lambda: view.row_text(view.cursor_row) == "row 900", "the line")
        diff, engine.diff = engine.diff, refusing  # type: ignore[method-assign]
        engine.emit(told.FilesChanged(workspace="second"))
        await ui.sees("the engine does not answer")
        engine.diff = diff  # type: ignore[method-assign]
        engine.emit(told.FilesChanged(workspace="second"))
        await ui.sees("file 2/2", "row 900")
        await ui.until(lambda: view.row_text(view.cursor_row) == "row 900", "the line again")


async def refusing(*_: object, **__: object) -> NoReturn:
    raise BoatyardError("the engine does not answer", hint="Wait.")


async def test_more_and_fewer_lines_around_changes_up_to_the_whole_file(engine: FakeEngine) -> None:
    whole_file(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("@@ end @@")
        await ui.press("left_curly_bracket")
        await ui.sees("context 1")
        for words in ("", "6", "12", "25", "50", "100", "200"):
            await ui.press("right_curly_bracket")
            await ui.until(lambda: ("context" in ui.text()) == bool(words), f"context {words}")  # noqa: B023
            await ui.sees(f"context {words}" if words else "@@ end @@")
        await ui.press("right_curly_bracket")
        await ui.sees("whole file", "the last", "1200 1200   row 1200")
        await ui.press("right_curly_bracket", "left_curly_bracket")
        await ui.sees("context 200")


async def test_a_removed_line_is_not_said_to_have_been_brought(engine: FakeEngine) -> None:
    one_file(engine)
    engine.blame_ = (LinesFrom(first=1, last=9, origin=Origin.BASE),)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("new words here")
        view = ui.app.home.query_one(DiffView)
        while not view.row_text(view.cursor_row).startswith("old words"):
            await ui.press("j")
        await ui.press("b")
        await ui.sees("The line at the cursor is gone. What is there now, at 2:", "It was there when")
        await ui.press("escape", "j", "b")
        await ui.sees("It was there when")
        assert "is gone" not in ui.text()


async def test_one_of_several_repositories_is_shown_alone_and_all_again(engine: FakeEngine) -> None:
    second = engine.workspaces_["second"]
    other = msgspec.structs.replace(second.repos[0], repo_id="repo-pier", name="pier")
    engine.set_workspace(second, repos=(second.repos[0], other))
    engine.changed = (
        msgspec.structs.replace(changed_file("a.py"), new_id="1" * 40),
        msgspec.structs.replace(changed_file("quay.py"), repo_id="repo-pier", new_id="2" * 40),
    )
    engine.diffs["a.py"] = engine.diffs["quay.py"] = diff_of(*LINES)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4")
        await ui.sees("a.py", "quay.py")
        await ui.press("B")
        await ui.sees("Only app", "Only pier")
        await ui.press("2")
        await ui.sees("against main, pier alone", "quay.py")
        assert "a.py" not in ui.text().replace("quay.py", "")
        await ui.press("B", "u")
        await ui.sees("not committed, pier alone")
        await ui.press("B", "a")
        await ui.sees("not committed", "a.py", "quay.py")
        assert "alone" not in ui.text()


async def test_a_diff_that_comes_into_sight_again_is_what_is_there_now(engine: FakeEngine) -> None:
    one_file(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("new words here")
        await ui.press("2")
        await ui.until(lambda: ui.app.home.view == "session", "the session")
        one_file(engine, ("@", "@@"), ("+", "by hand"))  # of which nobody tells
        engine.changed = (msgspec.structs.replace(engine.changed[0], new_id="2" * 40),)
        await ui.press("4")
        await ui.sees("by hand")
