"""The history of the file at hand: listed, looked into, and brought back from."""

from __future__ import annotations

from core.values.provenance import FileStep, StepKind
from core.values.requests import ChangeFile, FileAction
from core.values.review import Change, DiffLine, FileNode, LineKind
from tests.tui.harbour import Harbour
from tests.tui.steering import Helm, at_the_helm

NOW, KEPT, FIRST = "1" * 40, "2" * 40, "3" * 40


def laid_out(fleet: Harbour) -> None:
    fleet.tree = {
        "": (FileNode(path="app", name="app", folder=True),),
        "app": (FileNode(path="app/a.py", name="a.py", folder=False, size=3),),
    }
    fleet.contents = {"app/a.py": ["now"]}
    fleet.steps = [
        FileStep(
            kind=StepKind.NOW, path="app/a.py", change=Change.MODIFIED, added=1, commit=NOW, before=KEPT
        ),
        FileStep(
            kind=StepKind.CHECKPOINT, path="app/a.py", old_path="app/old.py", change=Change.RENAMED, added=2,
            removed=7, commit=KEPT, before=FIRST, checkpoint=12, at=1_700_000_000.0, process_id="p1",
            agent="demo", prompt="Rename [it]",
        ),
        FileStep(
            kind=StepKind.COMMIT, path="app/old.py", change=Change.ADDED, added=9, commit=FIRST,
            before="0" * 40, at=1_600_000_000.0, author="Eve", subject="The first",
        ),
    ]  # fmt: skip
    fleet.changed_lines = [
        DiffLine(kind=LineKind.HUNK, text="@@ -1 +1 @@"),
        DiffLine(kind=LineKind.REMOVED, text="was so", old=1),
        DiffLine(kind=LineKind.ADDED, text="is so", new=1),
    ]
    fleet.once = {("app/a.py", KEPT): ["as it was at twelve"], ("app/old.py", FIRST): ["the very first"]}


async def open_history(helm: Helm) -> None:
    await helm.open_workspace("second")
    await helm.press("3", "space", "j")
    await helm.sees("a.py")
    await helm.press("O")
    await helm.sees("History of app/a.py", "checkpoint 12")


async def test_each_step_says_where_it_is_kept_and_who_brought_it(fleet: Harbour) -> None:
    laid_out(fleet)
    async with at_the_helm(fleet) as helm:
        await open_history(helm)
        await helm.sees("since then", "+1", "checkpoint 12", "demo: Rename [it]", "+2", "7")
        await helm.sees("app/old.py", "commit 33333333", "The first  Eve", "added")


async def test_enter_shows_what_a_step_changed_and_v_the_file_as_it_was(fleet: Harbour) -> None:
    laid_out(fleet)
    async with at_the_helm(fleet) as helm:
        await open_history(helm)
        await helm.press("j", "enter")
        await helm.sees("app/a.py, checkpoint 12", "was so", "is so")
        assert await helm.asked("file_step") == ("app/a.py", FIRST, KEPT)
        await helm.press("escape")
        await helm.sees("History of app/a.py")
        await helm.press("v")  # the cursor is where it was
        await helm.sees("as it was at twelve")
        await helm.press("escape")
        await helm.sees("commit 33333333")
        await helm.press("j", "v")
        await helm.sees("the very first")


async def test_a_file_is_brought_back_from_a_step_and_z_takes_that_back(fleet: Harbour) -> None:
    laid_out(fleet)
    async with at_the_helm(fleet) as helm:
        await open_history(helm)
        await helm.press("G", "r")
        await helm.sees("app/a.py is as it was at commit 33333333; z takes it back")
        await helm.press("z")
        await helm.until(lambda: len(_changes(fleet)) == 2, "undone")
        assert _changes(fleet) == [
            ChangeFile(action=FileAction.RESTORE, path="app/a.py", commit=FIRST, source="app/old.py"),
            ChangeFile(action=FileAction.RESTORE, path="app/a.py", checkpoint=5),
        ]


async def test_a_file_that_is_gone_comes_back_and_goes_again(fleet: Harbour) -> None:
    laid_out(fleet)
    gone = FileStep(
        kind=StepKind.NOW, path="app/a.py", change=Change.DELETED, removed=1, commit=NOW, before=KEPT
    )
    fleet.steps = [gone, *fleet.steps[1:]]
    fleet.contents = {}
    async with at_the_helm(fleet) as helm:
        await open_history(helm)
        await helm.press("r")
        await helm.sees("z takes it back")
        await helm.press("z")
        await helm.until(lambda: len(_changes(fleet)) == 2, "undone")
        assert [(each.action, each.commit) for each in _changes(fleet)] == [
            (FileAction.RESTORE, KEPT), (FileAction.DELETE, ""),
        ]  # fmt: skip


async def test_older_steps_are_read_when_the_cursor_comes_near_them(fleet: Harbour) -> None:
    laid_out(fleet)
    fleet.steps = [fleet.steps[2]] * 130
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3", "space", "j", "O")
        await helm.sees("commit 33333333")
        assert _pages(fleet) == [0]
        await helm.press("G")
        await helm.until(lambda: _pages(fleet) == [0, 50], "the second page")
        await helm.press("G")
        await helm.until(lambda: _pages(fleet) == [0, 50, 100], "the third")


async def test_a_file_without_a_history_says_so(fleet: Harbour) -> None:
    laid_out(fleet)
    fleet.steps = []
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3", "space", "j", "O")
        await helm.sees("There is no history", "there never was a file")


def _pages(fleet: Harbour) -> list[int]:
    return [value[1] for call, value in fleet.calls if call == "file_history"]


def _changes(fleet: Harbour) -> list[ChangeFile]:
    return [value[1] for call, value in fleet.calls if call == "change_file"]
