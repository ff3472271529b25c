"""Comments in a diff: written, shown at their lines, sent, and gone to."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from core.values import events as told
from core.values.comments import ReviewComment
from tests.tui.changes import LINES, one_file, whole_file
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine, diff_of
from tui.diff.view import DiffView


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
