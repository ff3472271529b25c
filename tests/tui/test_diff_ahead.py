"""The diff of a workspace in sight: there when it is opened, never taken for newer than it is."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import msgspec

import tui.home
from core.values import events as told
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine, changed_file, diff_of
from tui.diff.view import DiffView
from tui.home.panes import FOLLOW_VIEW
from tui.widgets.rows import rows_of


def one_file(engine: FakeEngine, words: str, content: str) -> None:
    engine.changed = (msgspec.structs.replace(changed_file("a.py"), new_id=content * 40),)
    engine.diffs["a.py"] = diff_of(("@", "@@ one @@"), ("+", words))


def asked(engine: FakeEngine, call: str) -> int:
    return sum(name == call for name, _ in engine.calls)


async def test_it_is_read_before_it_is_opened_and_says_until_then_that_it_may_be_old(
    engine: FakeEngine,
) -> None:
    one_file(engine, "what was there last", "1")
    engine.snapshotting = asyncio.Event()
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        view = ui.app.home.query_one(DiffView)
        await ui.until(lambda: "what was there last" in rows_of(view), "read ahead")
        assert not asked(engine, "diff"), "no snapshot is taken of what nobody looks at"
        await ui.press("4")
        await ui.sees("what was there last", "as of the last look")
        one_file(engine, "what is there now", "2")
        engine.snapshotting.set()
        await ui.sees("what is there now")
        await ui.until(lambda: "as of the last look" not in ui.text(), "known to be new")
        assert asked(engine, "diff_latest") == 1


async def test_what_changes_out_of_sight_is_read_ahead_anew(engine: FakeEngine) -> None:
    one_file(engine, "the first words", "1")
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        view = ui.app.home.query_one(DiffView)
        await ui.until(lambda: "the first words" in rows_of(view), "read ahead")
        one_file(engine, "other words", "2")
        engine.emit(told.FilesChanged(workspace="second"))
        await ui.until(lambda: "other words" in rows_of(view), "read ahead again")
        assert not asked(engine, "diff")


async def test_what_was_known_is_called_old_when_the_workspace_has_changed_since(engine: FakeEngine) -> None:
    one_file(engine, "the first words", "1")
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4")
        await ui.sees("the first words")
        await ui.until(lambda: asked(engine, "diff") == 1, "looked at what is there now")
        await ui.until(lambda: "as of the last look" not in ui.text(), "known to be new")
        await ui.press("2")
        engine.snapshotting = asyncio.Event()
        engine.emit(told.FilesChanged(workspace="second"))
        pane = ui.app.home.diff
        await ui.until(lambda: not pane.fresh, "known to be old")
        await ui.press("4")
        await ui.sees("the first words", "as of the last look")
        engine.snapshotting.set()
        await ui.until(lambda: "as of the last look" not in ui.text(), "known to be new")


async def test_another_workspaces_diff_begins_at_its_beginning(engine: FakeEngine) -> None:
    engine.changed = (msgspec.structs.replace(changed_file("a.py"), new_id="1" * 40),)
    engine.diffs["a.py"] = diff_of(("@", "@@"), *(("+", f"line {n}") for n in range(5_000)))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter", "G")
        await ui.sees("line 4999")
        one_file(engine, "a short one", "2")
        await ui.open_workspace("first")
        await ui.press("4")
        await ui.sees("a short one", "@@ one @@")


def test_what_follows_the_view_is_all_that_the_style_sheet_asks_about_it() -> None:
    sheet = (Path(tui.home.__file__).parent / "boatyard.tcss").read_text()
    rules = re.findall(r"[^{}]+(?={)", sheet)
    asking = {each.split()[-1] for rule in rules for each in rule.split(",") if "-view-" in each}
    assert asking == set(FOLLOW_VIEW)
