"""The catalogue of bad input where it comes in: opened, looked at, and gone on from by the next key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.errors import BoatyardError
from core.values.entities import Workspace
from core.values.requests import MergeWorkspace, NewWorkspace, RemoveWorkspace, RunCommand
from core.values.states import OperationStatus
from tests import catalogue
from tests.tui.driver import Driver
from tests.tui.test_hostile_text import harmless
from tests.yard import Yard
from tui.app import BoatyardApp
from tui.engine.access import connector
from tui.engine.link import LinkState
from tui.files.tree import FileTree

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PWNED = "pwned"


@asynccontextmanager
async def driven(yard: Yard, workspace: Workspace) -> AsyncIterator[Driver]:
    """The interface on a real engine, at a workspace's session."""
    app = BoatyardApp(connector(yard.home), home=yard.home)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        # Here the engine is a real one; the driver asks the played one only what it was told.
        ui = Driver(app, pilot, None)  # type: ignore[arg-type]
        await ui.until(lambda: app.ready and app.link.state is LinkState.CONNECTED and app.store.agents, "up")
        await ui.until(lambda: app.home.arranging.loaded, "the panes")
        await ui.open_workspace(workspace.name)
        yield ui


async def answered(ui: Driver) -> None:
    """The next key does what it always does: here the list of keys opens, and closes again."""
    before = ui.app.screen
    await ui.press("question_mark")
    await ui.until(lambda: ui.app.screen is not before, "the keys")
    await ui.press("escape")
    await ui.until(lambda: ui.app.screen is before, "back")
    harmless(ui)


@pytest.fixture
async def hostile(yard: Yard) -> Workspace:
    """A workspace with every file of the catalogue, changed against its target."""
    workspace = await yard.workspace(catalogue.make_hostile(yard.folder / "hostile"))
    folder = Path(workspace.repos[0].path)
    catalogue.plant_files(folder)
    catalogue.plant_oddities(folder)
    return workspace


async def test_every_file_is_opened_and_the_next_key_answered(yard: Yard, hostile: Workspace) -> None:
    async with driven(yard, hostile) as ui:
        await ui.press("3")
        files = ui.app.home.files
        tree = files.query_one("#file-tree", FileTree)
        count = len(catalogue.NAMES) + len(catalogue.CONTENTS)
        await ui.until(lambda: tree.row_count() > count, "the files")
        seen: set[str] = set()
        for _ in range(tree.row_count()):
            node = tree.current
            if node is not None and not node.folder:
                await ui.until(lambda: files.shown_path == node.path, node.path)  # noqa: B023
                seen.add(node.path)
                harmless(ui)
            before = tree.cursor_row
            await ui.press("j")
            await ui.until(lambda: tree.cursor_row != before or before + 1 >= tree.row_count(), "j")  # noqa: B023
        await answered(ui)
        assert len(seen) >= count
    assert not list(yard.folder.rglob(PWNED))


async def test_every_change_is_shown_and_the_next_key_answered(yard: Yard, hostile: Workspace) -> None:
    folder = Path(hostile.repos[0].path)
    (folder / "odd-sparse").unlink()  # of what a snapshot would read all of
    async with driven(yard, hostile) as ui:
        await ui.press("4")
        diff = ui.app.home.diff
        await ui.until(lambda: diff.file is not None, "the list")
        seen: set[str] = set()
        for _ in range(len(catalogue.NAMES) + len(catalogue.CONTENTS) + 20):
            seen.add(diff.file.path if diff.file else "")
            harmless(ui)
            await ui.press("J")
        await answered(ui)
        assert len(seen) >= len(catalogue.NAMES) + len(catalogue.CONTENTS)


async def test_every_output_is_followed_to_its_end_and_the_next_key_answered(yard: Yard) -> None:
    workspace = await yard.workspace()
    log = yard.folder / "log"
    async with driven(yard, workspace) as ui:
        await ui.press("bracketright")
        await ui.press("bracketright")
        for number, (kind, content) in enumerate(catalogue.LOGS.items(), 10):
            last = f"last line {number}"  # another one than is on the screen still
            log.write_bytes(content.replace(b"last line", last.encode()))
            process = await yard.client.run_command(workspace.name, RunCommand(argv=("cat", str(log))))
            await yard.client.wait_process(process.id)
            ui.app.home.session.show_process(process.id)
            await ui.until(lambda: last in ui.text(), kind)  # noqa: B023
            await answered(ui)


async def test_every_branch_is_a_target_or_refused_in_words(yard: Yard) -> None:
    folder = catalogue.make_hostile(yard.folder / "hostile")
    catalogue.plant_refs(folder)
    task = await yard.task("t", folder)
    for number, branch in enumerate([*catalogue.BRANCHES.values(), "loop-a", "empty", "garbage", "main"]):
        name = f"target-{number}"
        body = NewWorkspace(task=task.id, name=name, target_branch=branch.removeprefix("refs/heads/"))
        try:
            ended = await yard.client.wait_operation((await yard.client.new_workspace(body)).id)
        except BoatyardError as error:
            assert error.hint and "unexpected" not in error.message, (branch, error)
            continue
        if ended.status is not OperationStatus.DONE:
            assert "unexpected" not in str(ended.error), (branch, ended.error)
            continue
        assert await yard.client.diff(name) is not None
        await yard.done(await yard.client.remove_workspace(name, RemoveWorkspace(force=True)))
    assert not list(yard.folder.rglob(PWNED))


async def test_commits_of_every_kind_are_a_base_to_work_on_and_merge_into(yard: Yard) -> None:
    folder = catalogue.make_hostile(yard.folder / "hostile")
    catalogue.plant_commits(folder)
    workspace = await yard.workspace(folder, agent="writer", prompt="work")
    await yard.turn(workspace)
    async with driven(yard, workspace) as ui:
        await ui.press("4")
        await ui.until(lambda: ui.app.home.diff.file is not None, "the diff")
        await answered(ui)
    await yard.client.merge(workspace.name, MergeWorkspace())
    assert (folder / "WORK.md").read_text() == "work\n"


async def test_what_a_repository_plants_is_neither_followed_nor_run_nor_believed(yard: Yard) -> None:
    folder = catalogue.make_hostile(yard.folder / "hostile")
    mark = yard.folder / PWNED
    catalogue.plant_traps(folder, f"touch {mark}")
    (folder / ".env").write_text("mine, changed\n")
    workspace = await yard.workspace(folder, agent="writer", prompt="work")
    await yard.turn(workspace)
    clone = Path(workspace.repos[0].path)
    assert (clone / "plain.txt").exists() and not (clone / "replaced.txt").exists()
    async with driven(yard, workspace) as ui:
        for pane in ("3", "4"):
            await ui.press(pane)
            await answered(ui)
    files = await yard.client.files(workspace.name, "hostile")
    assert {"embedded", "planted", ".gitmodules"} <= {node.name for node in files}
    with pytest.raises(BoatyardError):
        await yard.client.file(workspace.name, "hostile/planted/passwd")
    (clone / "embedded" / "description").write_text("changed\n")
    assert await yard.client.diff(workspace.name)
    before = catalogue.git(folder, "rev-parse", "main")
    with pytest.raises(BoatyardError, match="was not changed"):  # the user's own git believes the replacement
        await yard.client.merge(workspace.name, MergeWorkspace())
    assert catalogue.git(folder, "rev-parse", "main") == before
    catalogue.git(folder, "update-ref", "-d", f"refs/replace/{before.decode()}")
    await yard.client.merge(workspace.name, MergeWorkspace())
    assert (folder / "WORK.md").read_text() == "work\n"
    assert (folder / ".env").read_text() == "mine, changed\n"
    assert not mark.exists()


async def test_a_submodule_that_would_run_a_program_is_refused_by_its_name_and_the_work_stays(
    yard: Yard,
) -> None:
    workspace = await yard.workspace(yard.repository())
    clone = Path(workspace.repos[0].path)
    (clone / "work.txt").write_text("work\n")
    (clone / ".gitmodules").write_text(f"{catalogue.MODULE}\tupdate = !touch {yard.folder / PWNED}\n")
    with pytest.raises(BoatyardError, match="gitmodulesUpdate") as refusal:
        await yard.client.diff(workspace.name)
    assert "Nothing is lost" in refusal.value.hint
    (clone / ".gitmodules").unlink()
    assert [change.path for change in (await yard.client.diff(workspace.name)).files] == ["work.txt"]
    assert not (yard.folder / PWNED).exists()
