"""Files and diff: read when looked at, by window, and again when the workspace changes."""

from __future__ import annotations

from core.errors import BoatyardError
from core.values import events as told
from core.values.review import Change, FileChange, FileNode
from tests.tui.harbour import Harbour, changed_file, diff_of
from tests.tui.steering import at_the_helm
from tui.diff.colours import colour
from tui.diff.view import DiffView
from tui.files.preview import Preview


async def test_a_diff_of_many_lines_is_read_by_window(fleet: Harbour) -> None:
    fleet.changed = (changed_file("big.txt", 100_000, 0),)
    fleet.diffs["big.txt"] = diff_of(
        ("@", "@@ -0,0 +1,100000 @@"), *(("+", f"line {n}") for n in range(100_000))
    )
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        await helm.sees("line 0", "line 20")
        assert [value for name, value in fleet.calls if name == "file_diff"] == [("big.txt", 0)]
        await helm.press("G")
        await helm.sees("line 99999")
        view = helm.app.home.query_one(DiffView)
        assert view.row_count() == 100_002
        assert len(view._pages.held()) <= 20
        read = [start for name, (_, start) in ((n, v) for n, v in fleet.calls if n == "file_diff")]
        assert len(read) <= 4


async def test_hunks_files_and_sideways_by_keys(fleet: Harbour) -> None:
    fleet.changed = (changed_file("a.py"), changed_file("b.py"))
    fleet.diffs["a.py"] = diff_of(
        ("@", "@@ one @@"), ("+", "x" * 300 + "END"), ("@", "@@ two @@"), (" ", "y")
    )
    fleet.diffs["b.py"] = diff_of(("@", "@@ other @@"), ("-", "gone"))
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter")
        view = helm.app.home.query_one(DiffView)
        await helm.sees("@@ one @@", "file 1/2  hunk 1/2")
        await helm.press("l")
        await helm.until(lambda: view.cursor_row == 3, "the second hunk")
        await helm.sees("hunk 2/2")
        await helm.press("h")
        await helm.until(lambda: view.cursor_row == 1, "the first again")
        await helm.press(*["L"] * 16)
        await helm.sees("END")
        await helm.press("J")
        await helm.sees("@@ other @@", "gone", "file 2/2")
        await helm.press("K")
        await helm.sees("@@ one @@")


async def test_a_new_snapshot_is_read_while_one_looks(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4")
        await helm.sees("Nothing changed against the target branch")
        fleet.changed = (changed_file("new.py", change=Change.ADDED),)
        fleet.diffs["new.py"] = diff_of(("+", "fresh"))
        fleet.emit(told.FilesChanged(workspace="second"))
        await helm.sees("new.py", "fresh")


async def test_what_has_no_lines_says_what_it_is(fleet: Harbour) -> None:
    fleet.changed = (
        FileChange(repo_id="repo-app", path="a.png", change=Change.MODIFIED, binary=True),
        FileChange(repo_id="repo-app", path="new.py", old_path="old.py", change=Change.RENAMED),
    )
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4")
        await helm.sees("binary", "Binary file")
        await helm.press("j")
        await helm.sees("Renamed from old.py")


async def test_the_first_paint_of_a_diff_does_not_wait_for_colours_and_words_stand_out() -> None:
    lines = tuple(diff_of(("@", "@@"), ("-", "return a + b"), ("+", "return a - b")))
    spans = colour("x.py", lines)
    assert spans[0] is None
    assert spans[1] is not None and any("removed-word" in token for _, token in spans[1])
    assert spans[2] is not None and any("added-word" in token for _, token in spans[2])
    assert "".join(text for text, _ in spans[2]) == "return a - b"


async def test_folders_are_read_when_opened_and_files_when_looked_at(fleet: Harbour) -> None:
    fleet.tree[""] = (FileNode(path="src", name="src", folder=True, change=Change.MODIFIED),)
    fleet.tree["src"] = (FileNode(path="src/a.py", name="a.py", folder=False, size=10, change=Change.ADDED),)
    fleet.contents["src/a.py"] = ["import os", "", "print(os.sep)"]
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3")
        await helm.sees("src/")
        await helm.press("enter")
        await helm.sees("a.py", "A")
        await helm.press("j")
        await helm.sees("import os", "print(os.sep)")


async def test_at_eighty_columns_enter_shows_the_file_and_escape_the_tree(fleet: Harbour) -> None:
    fleet.tree[""] = (FileNode(path="a.py", name="a.py", folder=False),)
    fleet.contents["a.py"] = ["only line"]
    async with at_the_helm(fleet, (80, 24)) as helm:
        await helm.open_workspace("second")
        await helm.press("3")
        await helm.sees("a.py")
        await helm.press("enter")
        await helm.sees("only line")
        await helm.until(lambda: helm.app.home.query_one(Preview).has_focus, "in the file")
        await helm.press("escape")
        await helm.until(lambda: not helm.app.home.query_one(Preview).is_on_screen, "back in the tree")
        await helm.press("escape")
        await helm.until(lambda: helm.app.home.view == "session", "back in the session")


async def test_a_long_file_is_read_by_window(fleet: Harbour) -> None:
    fleet.tree[""] = (FileNode(path="long.txt", name="long.txt", folder=False),)
    fleet.contents["long.txt"] = [f"row {number}" for number in range(3000)]
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3", "enter")
        await helm.sees("row 0")
        for _ in range(8):
            await helm.press("G")
            await helm.pilot.pause(0.05)
        await helm.sees("row 2999")


async def test_what_cannot_be_read_says_why(fleet: Harbour) -> None:
    fleet.tree[""] = (FileNode(path="gone.py", name="gone.py", folder=False),)

    async def refuse(name: str, **between: int) -> None:
        raise BoatyardError("no snapshot could be taken")

    fleet.diff = refuse  # type: ignore[assignment, method-assign]
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3", "enter")
        await helm.sees("gone.py is not there")
        await helm.press("4")
        await helm.sees("no snapshot could be taken")


async def test_processes_are_listed_and_enter_shows_one(fleet: Harbour) -> None:
    from core.values.entities import Process
    from core.values.states import ProcessStatus, RunReason

    fleet.processes_.append(
        Process(id="script", session_id="s", workspace="first", run_reason=RunReason.SETUP_SCRIPT,
                status=ProcessStatus.FAILED, exit_code=3, label="make deps", started_at=1.0)
    )  # fmt: skip
    fleet.logs["script"] = "no rule to make target\n"
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.press("left_square_bracket")
        await helm.sees("set-up", "make deps", "failed (exit 3)")
        await helm.press("enter")
        await helm.sees("no rule to make target")
