"""The diff: side by side, folded, searched, marked as read, live without losing one's place."""

from __future__ import annotations

import asyncio

import msgspec

from core.values import events as told
from core.values.comments import ReviewComment
from core.values.review import Change, FileChange
from tests.tui.harbour import Harbour, changed_file, diff_of
from tests.tui.steering import at_the_helm
from tui.diff.view import DiffView

LINES = (("@", "@@ one @@"), (" ", "same"), ("-", "old words here"), ("+", "new words here"), (" ", "end"))


def one_file(fleet: Harbour, *lines: tuple[str, str], **more: object) -> None:
    file = msgspec.structs.replace(changed_file("a.py"), new_id="1" * 40, **more)
    fleet.changed = (file,)
    fleet.diffs["a.py"] = diff_of(*(lines or LINES))


async def test_both_sides_are_side_by_side_where_there_is_room_and_by_key(fleet: Harbour) -> None:
    one_file(fleet)
    async with at_the_helm(fleet, (200, 60)) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("old words here")
        assert any("old words here" in line and "new words here" in line for line in helm.lines())
        await helm.press("vertical_line")
        await helm.sees("unified")
        assert not any("old words here" in line and "new words here" in line for line in helm.lines())
        await helm.press("vertical_line")
        await helm.sees("side by side")
        assert any("old words here" in line and "new words here" in line for line in helm.lines())


async def test_a_long_line_is_wrapped_by_key(fleet: Harbour) -> None:
    one_file(fleet, ("@", "@@"), ("+", "x" * 300 + "END"))
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("xxx")
        assert "END" not in helm.text()
        await helm.press("w")
        await helm.sees("END")


async def test_generated_files_are_folded_and_enter_unfolds_them(fleet: Harbour) -> None:
    one_file(fleet, generated=True)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("Folded: generated")
        assert "old words here" not in helm.text()
        await helm.press("enter")
        await helm.sees("old words here")
        await helm.press("minus")
        await helm.sees("Folded")
        await helm.press("equals_sign")
        await helm.sees("old words here")


async def test_a_read_file_is_marked_and_folded_until_it_changes(fleet: Harbour) -> None:
    one_file(fleet)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("old words here", "read 0/1")
        await helm.press("space")
        body = await helm.asked("mark_reviewed")
        assert (body.path, body.content, body.reviewed) == ("a.py", "1" * 40, True)
        await helm.sees("read 1/1", "Folded: read, and not changed since")
        one_file(fleet, ("@", "@@"), ("+", "other"))
        fleet.changed = (msgspec.structs.replace(fleet.changed[0], new_id="2" * 40),)
        fleet.emit(told.FilesChanged(workspace="second"))
        await helm.sees("read 0/1", "other")


async def test_the_line_at_the_cursor_stays_when_the_file_changes(fleet: Harbour) -> None:
    one_file(fleet, ("@", "@@"), *((" ", f"line {n}") for n in range(1, 3000)))
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("line 1")
        view = helm.app.home.query_one(DiffView)
        view.go_to_line(1500)
        await helm.until(lambda: view.row_text(view.cursor_row) == "line 1500", "the line")
        screen_row = view.cursor_row - round(view.scroll_y)
        one_file(fleet, ("@", "@@"), *(("-", f"gone {n}") for n in range(700)),
                 *((" ", f"line {n}") for n in range(1, 3000)))  # fmt: skip
        fleet.changed = (msgspec.structs.replace(fleet.changed[0], new_id="2" * 40),)
        fleet.emit(told.FilesChanged(workspace="second"))
        await helm.until(lambda: view.file is fleet.changed[0], "the new diff")
        await helm.until(lambda: view.row_text(view.cursor_row) == "line 1500", "the same line")
        assert view.cursor_row - round(view.scroll_y) == screen_row


async def test_the_end_is_the_one_that_a_diff_turns_out_to_have(fleet: Harbour) -> None:
    one_file(fleet, ("@", "@@"), *(("+", f"line {n}") for n in range(3_000)), ("+", "the very last"))
    fleet.counting = asyncio.Event()
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("line 0")
        await helm.press("G")
        view = helm.app.home.query_one(DiffView)
        assert view.row_text(view.cursor_row) == "line 498"
        fleet.counting.set()
        await helm.sees("the very last")
        await helm.until(lambda: view.row_text(view.cursor_row) == "the very last", "the cursor is there")


async def test_a_search_goes_beyond_what_was_read(fleet: Harbour) -> None:
    one_file(fleet, ("@", "@@"), *(("+", f"line {n}") for n in range(30_000)), ("+", "the NEEDLE"))
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("line 0")
        await helm.press("slash")
        await helm.type("needle")
        await helm.press("enter")
        await helm.sees("the NEEDLE")
        view = helm.app.home.query_one(DiffView)
        await helm.until(lambda: view.row_text(view.cursor_row) == "the NEEDLE", "the cursor is there")
        await helm.press("slash")
        await helm.type("not there at all")
        await helm.press("enter")
        await helm.sees("no line of this diff")


async def test_what_is_not_in_the_lines_is_said_above_them(fleet: Harbour) -> None:
    fleet.changed = (
        FileChange(repo_id="repo-app", path="run.sh", change=Change.MODIFIED, old_mode="100644",
                   new_mode="100755"),
        FileChange(repo_id="repo-app", path="p.png", change=Change.MODIFIED, binary=True, old_size=1000,
                   new_size=4096),
        FileChange(repo_id="repo-app", path="new.py", old_path="old.py", change=Change.RENAMED, added=1),
        FileChange(repo_id="repo-app", path="sub", change=Change.MODIFIED, old_mode="160000",
                   new_mode="160000", old_id="a" * 40, new_id="b" * 40),
        FileChange(repo_id="repo-app", path="crlf.txt", change=Change.MODIFIED, added=1),
    )  # fmt: skip
    fleet.diffs["crlf.txt"] = diff_of(("@", "@@"), ("+", "dos\r"), ("+", "bell\x07 \u202e"))
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4")
        await helm.sees("executable")
        await helm.press("J")
        await helm.sees("Binary file", "→ 4")
        await helm.press("J")
        await helm.sees("old.py → new.py")
        await helm.press("J")
        await helm.sees("Submodule: commit aaaaaaaaaa → bbbbbbbbbb")
        await helm.press("J")
        await helm.sees("dos^M", "bell^G \\u202e")


async def test_the_base_is_chosen_and_said(fleet: Harbour) -> None:
    one_file(fleet)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4")
        await helm.sees("against main")
        await helm.press("B", "u")
        await helm.until(lambda: ("diff", ("second", "uncommitted", 0)) in fleet.calls, "the other base")
        await helm.sees("not committed")
        await helm.press("escape")
        await helm.sees("against main")


async def test_a_comment_is_written_shown_under_its_line_and_sent_once(fleet: Harbour) -> None:
    one_file(fleet)
    fleet.deaf = 1
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("new words here")
        await helm.press("j", "j", "j", "c")
        await helm.sees("Comment on a.py:2")
        await helm.type("why")
        await helm.press("escape", "c")
        await helm.type(" so")
        await helm.press("enter")
        body = await helm.asked("add_comment")
        assert (body.body, body.first, body.last, body.side.value) == ("why so", 2, 2, "new")
        await helm.sees("▲ open  why so")
        await helm.press("C")
        await helm.sees("Comments on second", "a.py:2")
        await helm.press("s")
        await helm.sees("the answer got lost")
        await helm.press("s")
        await helm.sees("1 sent to the agent")
        sent = [value for name, value in fleet.calls if name == "send_comments"]
        assert sent[0] == sent[1] and sent[0].ids == ("comment-0",) and sent[0].request_id
        await helm.press("enter")
        await helm.sees("● sent  why so")


async def test_an_outdated_comment_and_one_on_the_file_are_above_the_lines(fleet: Harbour) -> None:
    one_file(fleet)
    for id_, first, outdated in (("x", 0, False), ("y", 9, True)):
        fleet.put_comment(
            ReviewComment(id=id_, workspace="second", repo_id="repo-app", path="a.py", first=first,
                          body=f"[b]{id_}[/]", outdated=outdated)
        )  # fmt: skip
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("open  [b]x[/]", "outdated  [b]y[/]", "old words here")


async def test_a_hunk_is_discarded_after_a_question_and_brought_back(fleet: Harbour) -> None:
    one_file(fleet)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("new words here")
        await helm.press("d")
        await helm.sees("The hunk (+1 -1)", "The file a.py")
        await helm.press("h")
        await helm.sees("Discard the hunk in a.py?", "checkpoint")
        await helm.press("enter")
        assert not [name for name, _ in fleet.calls if name == "discard_parts"], "Cancel is the default"
        await helm.press("d", "h", "y")
        body = await helm.asked("discard_parts")
        assert body.parts[0].old == ((2, 2),) and body.parts[0].new == ((2, 2),)
        await helm.sees("z takes it back")
        await helm.press("z")
        assert await helm.asked("restore_to") == ("second", 5)


async def test_marked_lines_are_copied_without_gutters_and_taken_elsewhere(fleet: Harbour) -> None:
    one_file(fleet)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("new words here")
        await helm.press("j", "j", "v", "j")
        view = helm.app.home.query_one(DiffView)
        assert view.marked == "old words here\nnew words here"
        await helm.press("T", "l", "w")
        await helm.sees("into", "first")
        await helm.press("enter")
        body = await helm.asked("take_parts")
        assert body.into == "first" and body.parts[0].new == ((2, 2),)


async def test_a_file_is_taken_onto_a_branch(fleet: Harbour) -> None:
    one_file(fleet)
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("new words here")
        await helm.press("T", "f", "b")
        await helm.sees("onto a branch", "drafted from the task")
        await helm.press("enter")
        await helm.sees("Name the branch.")
        await helm.type("fix/words")
        await helm.press("enter")
        body = await helm.asked("take_parts")
        assert (body.into, body.branch, body.message) == ("", "fix/words", "")
        await helm.sees("fix/words has the changes of")


async def test_what_changed_meanwhile_is_left_alone_and_read_again(fleet: Harbour) -> None:
    one_file(fleet)
    fleet.changed_meanwhile = True
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("new words here")
        before = sum(name == "diff" for name, _ in fleet.calls)
        await helm.press("d", "f", "y")
        await helm.sees("the workspace has changed since")
        await helm.until(lambda: sum(name == "diff" for name, _ in fleet.calls) > before, "read again")
