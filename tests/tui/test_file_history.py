"""The history of the file at hand: listed, looked into, and brought back from."""

from __future__ import annotations

import asyncio

import pytest

from core.values.provenance import FileHistory, FileStep, StepKind
from core.values.requests import ChangeFile, FileAction
from core.values.review import Change, DiffLine, FileNode, LineKind
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine

NOW, KEPT, FIRST = "1" * 40, "2" * 40, "3" * 40


def laid_out(engine: FakeEngine) -> None:
    engine.tree = {
        "": (FileNode(path="app", name="app", folder=True),),
        "app": (FileNode(path="app/a.py", name="a.py", folder=False, size=3),),
    }
    engine.contents = {"app/a.py": ["now"]}
    engine.steps = [
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
    engine.changed_lines = [
        DiffLine(kind=LineKind.HUNK, text="@@ -1 +1 @@"),
        DiffLine(kind=LineKind.REMOVED, text="was so", old=1),
        DiffLine(kind=LineKind.ADDED, text="is so", new=1),
    ]
    engine.once = {("app/a.py", KEPT): ["as it was at twelve"], ("app/old.py", FIRST): ["the very first"]}


async def open_file(ui: Driver) -> None:
    await ui.open_workspace("second")
    await ui.press("3")
    await ui.sees("a.py")
    await ui.press("j")


async def open_history(ui: Driver) -> None:
    await open_file(ui)
    await ui.press("O")
    await ui.sees("History of app/a.py", "checkpoint 12")


async def test_each_step_says_where_it_is_kept_and_who_brought_it(engine: FakeEngine) -> None:
    laid_out(engine)
    async with driven(engine) as ui:
        await open_history(ui)
        await ui.sees("since then", "+1", "checkpoint 12", "demo: Rename [it]", "+2", "7")
        await ui.sees("app/old.py", "commit 33333333", "The first  Eve", "added")


async def test_enter_shows_what_a_step_changed_and_v_the_file_as_it_was(engine: FakeEngine) -> None:
    laid_out(engine)
    async with driven(engine) as ui:
        await open_history(ui)
        await ui.press("j", "enter")
        await ui.sees("app/a.py, checkpoint 12", "was so", "is so")
        assert await ui.asked("file_step") == ("app/a.py", FIRST, KEPT)
        await ui.press("escape")
        await ui.sees("History of app/a.py")
        await ui.press("v")  # the cursor is where it was
        await ui.sees("as it was at twelve")
        await ui.press("escape")
        await ui.sees("commit 33333333")
        await ui.press("j", "v")
        await ui.sees("the very first")


async def test_a_key_right_behind_the_way_back_to_the_history_means_the_step_that_was_there(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out(engine)
    async with driven(engine) as ui:
        await open_history(ui)
        await ui.press("j", "enter")
        await ui.sees("was so")

        async def never(name: str, path: str, **more: int) -> FileHistory:
            await asyncio.Event().wait()
            raise AssertionError

        monkeypatch.setattr(engine, "file_history", never)
        await ui.press("escape", "r")
        await ui.sees("app/a.py is as it was at checkpoint 12")


async def test_a_key_before_the_history_is_there_is_refused_with_words(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out(engine)
    gate, history = asyncio.Event(), engine.file_history

    async def waits(name: str, path: str, **more: int) -> FileHistory:
        await gate.wait()
        return await history(name, path, **more)

    monkeypatch.setattr(engine, "file_history", waits)
    async with driven(engine) as ui:
        await open_file(ui)
        await ui.press("O", "r")
        await ui.sees("Reading the history.")
        gate.set()
        await ui.sees("checkpoint 12")
        assert "Reading the history." not in ui.text()


async def test_a_file_is_brought_back_from_a_step_and_z_takes_that_back(engine: FakeEngine) -> None:
    laid_out(engine)
    async with driven(engine) as ui:
        await open_history(ui)
        await ui.press("G", "r")
        await ui.sees("app/a.py is as it was at commit 33333333; z takes it back")
        await ui.press("z")
        await ui.until(lambda: len(_changes(engine)) == 2, "undone")
        assert _changes(engine) == [
            ChangeFile(action=FileAction.RESTORE, path="app/a.py", commit=FIRST, source="app/old.py"),
            ChangeFile(action=FileAction.RESTORE, path="app/a.py", checkpoint=5),
        ]


async def test_a_file_that_is_gone_comes_back_and_goes_again(engine: FakeEngine) -> None:
    laid_out(engine)
    gone = FileStep(
        kind=StepKind.NOW, path="app/a.py", change=Change.DELETED, removed=1, commit=NOW, before=KEPT
    )
    engine.steps = [gone, *engine.steps[1:]]
    engine.contents = {}
    async with driven(engine) as ui:
        await open_history(ui)
        await ui.press("r")
        await ui.sees("z takes it back")
        await ui.press("z")
        await ui.until(lambda: len(_changes(engine)) == 2, "undone")
        assert [(each.action, each.commit) for each in _changes(engine)] == [
            (FileAction.RESTORE, KEPT), (FileAction.DELETE, ""),
        ]  # fmt: skip


async def test_older_steps_are_read_when_the_cursor_comes_near_them(engine: FakeEngine) -> None:
    laid_out(engine)
    engine.steps = [engine.steps[2]] * 130
    async with driven(engine) as ui:
        await open_file(ui)
        await ui.press("O")
        await ui.sees("commit 33333333")
        assert _pages(engine) == [0]
        await ui.press("G")
        await ui.until(lambda: _pages(engine) == [0, 50], "the second page")
        await ui.press("G")
        await ui.until(lambda: _pages(engine) == [0, 50, 100], "the third")


async def test_a_file_without_a_history_says_so(engine: FakeEngine) -> None:
    laid_out(engine)
    engine.steps = []
    async with driven(engine) as ui:
        await open_file(ui)
        await ui.press("O")
        await ui.sees("There is no history", "there never was a file")


def _pages(engine: FakeEngine) -> list[int]:
    return [value[1] for call, value in engine.calls if call == "file_history"]


def _changes(engine: FakeEngine) -> list[ChangeFile]:
    return [value[1] for call, value in engine.calls if call == "change_file"]
