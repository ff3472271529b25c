"""The diff of a workspace in sight: there when it is opened, never taken for newer than it is."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import msgspec

import tui.home
from core.values import events as told
from tests.tui.harbour import Harbour, changed_file, diff_of
from tests.tui.steering import at_the_helm
from tui.diff.view import DiffView
from tui.home.screen import FOLLOW_VIEW
from tui.widgets.rows import rows_of


def one_file(fleet: Harbour, words: str, content: str) -> None:
    fleet.changed = (msgspec.structs.replace(changed_file("a.py"), new_id=content * 40),)
    fleet.diffs["a.py"] = diff_of(("@", "@@ one @@"), ("+", words))


def asked(fleet: Harbour, call: str) -> int:
    return sum(name == call for name, _ in fleet.calls)


async def test_it_is_read_before_it_is_opened_and_says_until_then_that_it_may_be_old(fleet: Harbour) -> None:
    one_file(fleet, "what was there last", "1")
    fleet.snapshotting = asyncio.Event()
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        view = helm.app.home.query_one(DiffView)
        await helm.until(lambda: "what was there last" in rows_of(view), "read ahead")
        assert not asked(fleet, "diff"), "no snapshot is taken of what nobody looks at"
        await helm.press("4")
        await helm.sees("what was there last", "as of the last look")
        one_file(fleet, "what is there now", "2")
        fleet.snapshotting.set()
        await helm.sees("what is there now")
        await helm.until(lambda: "as of the last look" not in helm.text(), "known to be new")
        assert asked(fleet, "diff_latest") == 1


async def test_what_changes_out_of_sight_is_read_ahead_anew(fleet: Harbour) -> None:
    one_file(fleet, "the first words", "1")
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        view = helm.app.home.query_one(DiffView)
        await helm.until(lambda: "the first words" in rows_of(view), "read ahead")
        one_file(fleet, "other words", "2")
        fleet.emit(told.FilesChanged(workspace="second"))
        await helm.until(lambda: "other words" in rows_of(view), "read ahead again")
        assert not asked(fleet, "diff")


async def test_what_was_known_is_called_old_when_the_workspace_has_changed_since(fleet: Harbour) -> None:
    one_file(fleet, "the first words", "1")
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4")
        await helm.sees("the first words")
        await helm.until(lambda: asked(fleet, "diff") == 1, "looked at what is there now")
        await helm.until(lambda: "as of the last look" not in helm.text(), "known to be new")
        await helm.press("2")
        fleet.snapshotting = asyncio.Event()
        fleet.emit(told.FilesChanged(workspace="second"))
        pane = helm.app.home.diff
        await helm.until(lambda: not pane.fresh, "known to be old")
        await helm.press("4")
        await helm.sees("the first words", "as of the last look")
        fleet.snapshotting.set()
        await helm.until(lambda: "as of the last look" not in helm.text(), "known to be new")


async def test_another_workspaces_diff_begins_at_its_beginning(fleet: Harbour) -> None:
    fleet.changed = (msgspec.structs.replace(changed_file("a.py"), new_id="1" * 40),)
    fleet.diffs["a.py"] = diff_of(("@", "@@"), *(("+", f"line {n}") for n in range(5_000)))
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("4", "enter", "G")
        await helm.sees("line 4999")
        one_file(fleet, "a short one", "2")
        await helm.open_workspace("first")
        await helm.press("4")
        await helm.sees("a short one", "@@ one @@")


def test_what_follows_the_view_is_all_that_the_style_sheet_asks_about_it() -> None:
    sheet = (Path(tui.home.__file__).parent / "boatyard.tcss").read_text()
    rules = re.findall(r"[^{}]+(?={)", sheet)
    asking = {each.split()[-1] for rule in rules for each in rule.split(",") if "-view-" in each}
    assert asking == set(FOLLOW_VIEW)
