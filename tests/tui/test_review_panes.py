"""Files and diff: read when looked at, by window, and again when the workspace changes."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from core.errors import BoatyardError
from core.values import events as told
from core.values.review import Change, FileChange, FileNode
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine, changed_file, diff_of
from tui.diff.colours import colour
from tui.diff.view import DiffView
from tui.files.preview import Preview


async def test_a_diff_of_many_lines_is_read_by_window(engine: FakeEngine) -> None:
    engine.changed = (changed_file("big.txt", 100_000, 0),)
    engine.diffs["big.txt"] = diff_of(
        ("@", "@@ -0,0 +1,100000 @@"), *(("+", f"line {n}") for n in range(100_000))
    )
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("line 0", "line 20")
        assert [value for name, value in engine.calls if name == "file_diff"] == [("big.txt", 0)]
        await ui.press("G")
        await ui.sees("line 99999")
        view = ui.app.home.query_one(DiffView)
        assert view.row_count() == 100_002
        assert len(view._pages.held()) <= 20
        read = [start for name, (_, start) in ((n, v) for n, v in engine.calls if n == "file_diff")]
        assert len(read) <= 4


async def test_hunks_files_and_sideways_by_keys(engine: FakeEngine) -> None:
    engine.changed = (changed_file("a.py"), changed_file("b.py"))
    engine.diffs["a.py"] = diff_of(
        ("@", "@@ one @@"), ("+", "x" * 300 + "END"), ("@", "@@ two @@"), (" ", "y")
    )
    engine.diffs["b.py"] = diff_of(("@", "@@ other @@"), ("-", "gone"))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        view = ui.app.home.query_one(DiffView)
        await ui.sees("@@ one @@", "file 1/2  hunk 1/2")
        await ui.press("l")
        await ui.until(lambda: view.cursor_row == 3, "the second hunk")
        await ui.sees("hunk 2/2")
        await ui.press("h")
        await ui.until(lambda: view.cursor_row == 1, "the first again")
        await ui.press(*["L"] * 16)
        await ui.sees("END")
        await ui.press("J")
        await ui.sees("@@ other @@", "gone", "file 2/2")
        await ui.press("K")
        await ui.sees("@@ one @@")


async def test_a_new_snapshot_is_read_while_one_looks(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4")
        await ui.sees("Nothing changed against the target branch")
        engine.changed = (changed_file("new.py", change=Change.ADDED),)
        engine.diffs["new.py"] = diff_of(("+", "fresh"))
        engine.emit(told.FilesChanged(workspace="second"))
        await ui.sees("new.py", "fresh")


async def test_what_has_no_lines_says_what_it_is(engine: FakeEngine) -> None:
    engine.changed = (
        FileChange(repo_id="repo-app", path="a.png", change=Change.MODIFIED, binary=True),
        FileChange(repo_id="repo-app", path="new.py", old_path="old.py", change=Change.RENAMED),
    )
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4")
        await ui.sees("binary", "Binary file")
        await ui.press("j")
        await ui.sees("Renamed from old.py")


async def test_the_first_paint_of_a_diff_does_not_wait_for_colours_and_words_stand_out() -> None:
    lines = tuple(diff_of(("@", "@@"), ("-", "return a + b"), ("+", "return a - b")))
    spans = colour("x.py", lines)
    assert spans[0] is None
    assert spans[1] is not None and any("removed-word" in token for _, token in spans[1])
    assert spans[2] is not None and any("added-word" in token for _, token in spans[2])
    assert "".join(text for text, _ in spans[2]) == "return a - b"


async def test_folders_are_read_when_opened_and_files_when_looked_at(engine: FakeEngine) -> None:
    engine.tree[""] = (FileNode(path="src", name="src", folder=True, change=Change.MODIFIED),)
    engine.tree["src"] = (FileNode(path="src/a.py", name="a.py", folder=False, size=10, change=Change.ADDED),)
    engine.contents["src/a.py"] = ["import os", "", "print(os.sep)"]
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3")
        await ui.sees("src/")
        await ui.press("enter")
        await ui.sees("a.py", "A")
        await ui.press("j")
        await ui.sees("import os", "print(os.sep)")


@pytest.mark.parametrize("repos", [1, 2])
async def test_the_only_repository_is_open_at_first_and_of_several_none(
    engine: FakeEngine, repos: int
) -> None:
    engine.tree = {
        name: (FileNode(path=f"{name}/a.py", name=f"{name}.py", folder=False),) for name in ("app", "web")
    }
    engine.tree[""] = tuple(FileNode(path=name, name=name, folder=True) for name in ("app", "web")[:repos])
    second = engine.workspaces_["second"]
    web = replace(second.repos[0], repo_id="web", name="web", path="/ws/second/web")
    engine.set_workspace(second, repos=(second.repos[0], web)[:repos])
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3")
        await ui.sees("app/")
        rows = [row.strip() for row in ui.rows("#file-tree")]
        assert rows == (["app", "app.py"] if repos == 1 else ["app", "web"])
        await ui.press("space")
        await ui.until(lambda: ("app.py" in ui.text()) == (repos == 2), "the other way round")
        await ui.open_workspace("first")
        await ui.open_workspace("second")
        await ui.press("3")
        await ui.until(lambda: ("app.py" in ui.text()) == (repos == 1), "as at first")


async def test_at_eighty_columns_enter_shows_the_file_and_escape_the_tree(engine: FakeEngine) -> None:
    engine.tree[""] = (FileNode(path="a.py", name="a.py", folder=False),)
    engine.contents["a.py"] = ["only line"]
    async with driven(engine, (80, 24)) as ui:
        await ui.open_workspace("second")
        await ui.press("3")
        await ui.sees("a.py")
        await ui.press("enter")
        await ui.sees("only line")
        await ui.until(lambda: ui.app.home.query_one(Preview).has_focus, "in the file")
        await ui.press("escape")
        await ui.until(lambda: not ui.app.home.query_one(Preview).is_on_screen, "back in the tree")
        await ui.press("escape")
        await ui.until(lambda: ui.app.home.view == "session", "back in the session")


async def test_a_long_file_is_read_by_window(engine: FakeEngine) -> None:
    engine.tree[""] = (FileNode(path="long.txt", name="long.txt", folder=False),)
    engine.contents["long.txt"] = [f"row {number}" for number in range(3000)]
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3", "enter")
        await ui.sees("row 0")
        for _ in range(8):
            await ui.press("G")
            await ui.pilot.pause(0.05)
        await ui.sees("row 2999")


async def test_what_cannot_be_read_says_why(engine: FakeEngine) -> None:
    engine.tree[""] = (FileNode(path="gone.py", name="gone.py", folder=False),)

    async def refuse(name: str, **between: int) -> None:
        raise BoatyardError("no snapshot could be taken")

    engine.diff = refuse  # type: ignore[assignment, method-assign]
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3", "enter")
        await ui.sees("gone.py is not there")
        await ui.press("4")
        await ui.sees("no snapshot could be taken")


async def test_processes_are_listed_and_enter_shows_one(engine: FakeEngine) -> None:
    from core.values.entities import Process
    from core.values.states import ProcessStatus, RunReason

    engine.processes_.append(
        Process(id="script", session_id="s", workspace="first", run_reason=RunReason.SETUP_SCRIPT,
                status=ProcessStatus.FAILED, exit_code=3, label="make deps", started_at=1.0)
    )  # fmt: skip
    engine.logs["script"] = "no rule to make target\n"
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("left_square_bracket")
        await ui.sees("set-up", "make deps", "failed (exit 3)")
        await ui.press("enter")
        await ui.sees("no rule to make target")


async def test_enter_waits_for_the_list_that_is_still_read(engine: FakeEngine) -> None:
    engine.changed = (changed_file("a.py"),)
    engine.reading = asyncio.Event()
    async with driven(engine, (80, 24)) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("Reading the diff")
        engine.reading.set()
        await ui.until(lambda: ui.app.home.diff.has_class("-inside"), "into the file")


async def test_a_file_is_named_where_no_tree_beside_it_is(engine: FakeEngine) -> None:
    path = f"app/{'folder/' * 12}deep.py"
    engine.tree[""] = (FileNode(path=path, name="deep.py", folder=False),)
    engine.contents[path] = ["only line"]
    async with driven(engine, (80, 24)) as ui:
        await ui.open_workspace("second")
        await ui.press("3", "enter")
        await ui.sees("only line", "folder/folder/deep.py")
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3", "enter")
        await ui.sees("only line")
        assert "folder/deep.py" not in ui.text(), "the tree beside it says it"


async def test_the_end_of_a_long_file_is_one_key_away(engine: FakeEngine) -> None:
    engine.tree = {"": (FileNode(path="app", name="app", folder=True),),
                   "app": (FileNode(path="app/long.py", name="long.py", folder=False, size=3),)}  # fmt: skip
    engine.contents = {"app/long.py": [f"row {number}" for number in range(1, 3001)]}
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3")
        await ui.sees("long.py")
        await ui.press("j", "enter")
        await ui.sees("row 1 ")
        await ui.press("G")
        await ui.sees("3000 row 3000")
