"""The diff: side by side, folded, searched, marked as read, live without losing one's place."""

from __future__ import annotations

import asyncio
from typing import NoReturn

import msgspec
import pytest

from core.errors import BoatyardError, NotFoundError
from core.values import events as told
from core.values.comments import ReviewComment
from core.values.provenance import LinesFrom, Origin
from core.values.review import Change, FileChange
from core.values.states import Activity
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine, changed_file, diff_of
from tui.diff import reading
from tui.diff.view import DiffView

LINES = (("@", "@@ one @@"), (" ", "same"), ("-", "old words here"), ("+", "new words here"), (" ", "end"))


def one_file(engine: FakeEngine, *lines: tuple[str, str], **more: object) -> None:
    file = msgspec.structs.replace(changed_file("a.py"), new_id="1" * 40, **more)
    engine.changed = (file,)
    engine.diffs["a.py"] = diff_of(*(lines or LINES))


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


async def test_a_comment_is_written_shown_under_its_line_and_sent_once(engine: FakeEngine) -> None:
    one_file(engine)
    engine.deaf = 1
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("new words here")
        await ui.press("j", "j", "j", "c")
        await ui.sees("Comment on a.py:2")
        await ui.type("why")
        await ui.press("escape", "c")
        await ui.type(" so")
        await ui.press("enter")
        body = await ui.asked("add_comment")
        assert (body.body, body.first, body.last, body.side.value) == ("why so", 2, 2, "new")
        await ui.sees("▲ open  why so")
        await ui.press("C")
        await ui.sees("Comments on second", "a.py:2")
        await ui.press("s")
        await ui.sees("the answer got lost")
        await ui.press("s")
        await ui.sees("1 sent to the agent")
        sent = [value for name, value in engine.calls if name == "send_comments"]
        assert sent[0] == sent[1] and sent[0].ids == ("comment-0",) and sent[0].request_id
        await ui.press("enter")
        await ui.sees("● sent  why so")


async def test_comments_that_are_still_being_read_are_sent_when_they_are_here(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_file(engine)
    engine.put_comment(ReviewComment(id="x", workspace="second", repo_id="repo-app", path="a.py", body="why"))
    comments, here = engine.comments, asyncio.Event()

    async def later(name: str) -> tuple[ReviewComment, ...]:
        await here.wait()
        return await comments(name)

    monkeypatch.setattr(engine, "comments", later)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("C")
        await ui.sees("Comments on second")
        await ui.press("s")
        here.set()
        assert (await ui.asked("send_comments")).ids == ("x",)
        await ui.sees("1 sent to the agent")


async def test_an_outdated_comment_and_one_on_the_file_are_above_the_lines(engine: FakeEngine) -> None:
    one_file(engine)
    for id_, first, outdated, sent in (("x", 0, False, None), ("y", 9, True, None), ("z", 9, True, 1.0)):
        engine.put_comment(
            ReviewComment(id=id_, workspace="second", repo_id="repo-app", path="a.py", first=first,
                          body=f"[b]{id_}[/]", outdated=outdated, sent_at=sent)
        )  # fmt: skip
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("open  [b]x[/]", "outdated  [b]y[/]", "outdated, sent  [b]z[/]", "old words here")
        await ui.press("C")
        await ui.sees("outdated, sent a.py:9", "open           a.py", "outdated       a.py:9")


@pytest.mark.parametrize("ending", ["copied", "commented on"])
async def test_a_range_stays_on_its_lines_while_an_agent_writes_above(
    engine: FakeEngine, ending: str
) -> None:
    one_file(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("new words here")
        view = ui.app.home.query_one(DiffView)
        view.move_to(next(n for n in range(view.row_count()) if view.row_text(n) == "new words here"))
        await ui.press("v", "j")
        assert view.marked == "new words here\nend"
        above = [("+", f"written {number}") for number in range(1100)]
        engine.diffs["a.py"] = diff_of(LINES[0], *above, *LINES[1:])
        engine.changed = (msgspec.structs.replace(engine.changed[0], new_id="2" * 40, added=1101),)
        engine.emit(told.FilesChanged(workspace="second"))
        await ui.sees("1102 + new words here")
        assert view.marked == "new words here\nend"
        assert view.row_text(view.cursor_row) == "end"
        if ending == "commented on":
            await ui.press("c")
            await ui.sees("Comment on a.py:1102-1103")


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


def whole_file(engine: FakeEngine) -> None:
    """A file of 1,201 lines, of which the last was changed, and a comment on one of those before."""
    one_file(engine)
    engine.changed += (msgspec.structs.replace(changed_file("z.py"), new_id="3" * 40),)
    engine.diffs["z.py"] = diff_of(*LINES)
    lines = [(" ", f"row {number}") for number in range(1, 1201)]
    engine.whole_diffs["a.py"] = whole = diff_of(("@", "@@ all @@"), *lines, ("+", "the last"))
    engine.diffs["a.py"] = [msgspec.structs.replace(whole[0], text="@@ end @@"), *whole[-4:]]
    engine.put_comment(
        ReviewComment(
            id="c", workspace="second", repo_id="repo-app", path="a.py", first=700, last=700, body="why"
        )
    )


@pytest.mark.parametrize("opened", [True, False])
async def test_one_goes_to_a_comment_that_is_in_no_hunk(engine: FakeEngine, opened: bool) -> None:
    whole_file(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        if opened:
            await ui.press("4")
            await ui.sees("the last")
        await ui.press("C")
        await ui.sees("a.py:700")
        await ui.press("enter")
        await ui.sees("whole file", "700  700   row 700", "open  why")
        view = ui.app.home.query_one(DiffView)
        assert view.row_text(view.cursor_row) == "row 700"
        await ui.press("J")
        await ui.sees("old words here")
        assert "whole file" not in ui.text(), "the next file is shown as before"
        await ui.press("K")
        await ui.sees("@@ end @@")


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
