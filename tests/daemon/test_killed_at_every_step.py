"""SIGKILL right after each step of each operation: the next engine finishes it or takes it back."""

from __future__ import annotations

import ast
import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.lifecycle.applying import STEPS as APPLY_STEPS
from core.lifecycle.archiving import ARCHIVE_STEPS
from core.lifecycle.closing import CLOSE_STEPS, RESTORE_STEPS
from core.lifecycle.create import POINT_OF_KEEPING, step_labels
from core.lifecycle.landing import MERGE_STEPS
from core.lifecycle.mending import REPAIR_STEPS
from core.lifecycle.publishing import PUBLISH_STEPS, UNPUBLISH_STEPS
from core.lifecycle.removal import RECOVER_STEPS, REMOVE_STEPS
from core.lifecycle.restoring import RESTORE_TO_STEPS, REWIND_STEPS
from core.lifecycle.taking import STEPS as TAKE_STEPS
from core.lifecycle.trash import PURGE_STEPS
from core.lifecycle.unmerging import UNMERGE_STEPS
from core.values.entities import Operation
from core.values.events import ProcessChanged
from core.values.requests import (
    ArchiveWorkspace,
    ChangeFile,
    DiffPart,
    DiscardParts,
    EmptyTrash,
    FileAction,
    MergeWorkspace,
    NewWorkspace,
    PublishWorkspace,
    RemixWorkspace,
    RemoveWorkspace,
    RestoreTo,
    RewindWorkspace,
    RunCommand,
    SendPrompt,
    TakeCheckpoint,
    TakeParts,
    UnmergeWorkspace,
    UpdateFromTarget,
    UpdateRepo,
)
from core.values.states import OperationStatus, ProcessStatus, RunReason, WorkspaceState
from tests.daemon.beginnings import begin, begin_with_a_turn, begin_with_a_workspace
from tests.daemon.killing import killed
from tests.yard import Daemon, Watch, git, make_repository

pytestmark = pytest.mark.slow

CREATE = [name for name, _ in step_labels(agent=True)]
KEPT_FROM = CREATE.index(POINT_OF_KEEPING)


def names(steps: tuple[tuple[str, str], ...]) -> list[str]:
    return [name for name, _ in steps]


async def operation_of(daemon: Daemon, kind: str) -> Operation:
    """The latest operation of a kind when it has ended."""
    # An ended operation is not in the snapshot, so its id is read from the database itself.
    with closing(sqlite3.connect(f"file:{daemon.home.database}?mode=ro", uri=True)) as database:
        query = "SELECT id FROM operation WHERE kind = ? ORDER BY created_at DESC LIMIT 1"
        (operation_id,) = database.execute(query, (kind,)).fetchone()
    return await daemon.client.wait_operation(operation_id)


def nothing_left(daemon: Daemon, repository: Path) -> None:
    assert list(daemon.home.workspaces.iterdir()) == []
    for depot in daemon.home.depots.iterdir():
        if depot.suffix == ".git":
            assert "/do-it" not in git(depot, "for-each-ref", "--format=%(refname)")
    assert git(repository, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    assert git(repository, "status", "--porcelain") == ""


async def make_a_task(daemon: Daemon) -> None:
    """One that is not begun, of a repository with a script that sets it up."""
    await daemon.task("Do it")
    (repo,) = await daemon.client.repos()
    await daemon.client.update_repo(repo.id, UpdateRepo(setup_script="echo x >> ../set-up"))


@pytest.mark.parametrize("step", CREATE)
async def test_a_creation(daemon: Daemon, step: str) -> None:
    await begin(daemon, "a task", make_a_task)
    repository = daemon.repository()
    (task,) = await daemon.client.tasks()
    body = NewWorkspace(task=task.id, agent="writer", prompt="once")
    await killed(daemon, f"create:{step}", lambda: daemon.client.new_workspace(body))
    ended = await operation_of(daemon, "create")
    if CREATE.index(step) < KEPT_FROM:
        assert ended.status is OperationStatus.UNDONE
        assert ended.error is not None and "engine ended while 'do-it' was being made" in str(ended.error)
        assert await daemon.client.workspaces() == ()
        nothing_left(daemon, repository)
        again = await daemon.client.new_workspace(body)  # the name is free again
        await daemon.done(again)
    else:
        assert ended.status is OperationStatus.DONE, ended
    workspace = await daemon.client.workspace("do-it")
    assert (await daemon.turn(workspace.name)).status is ProcessStatus.COMPLETED
    assert (Path(workspace.repos[0].path) / "WORK.md").read_text() == "once\n"
    assert (Path(workspace.folder) / "set-up").read_text() == "x\n", "a finished step was done again"
    assert (await daemon.client.workspace("do-it")).state is WorkspaceState.OPEN


async def test_a_creation_whose_set_up_still_runs_waits_for_it(daemon: Daemon) -> None:
    await daemon.start()
    gate = daemon.fifo()
    task = await daemon.task("Do it")
    (repo,) = await daemon.client.repos()
    script = f"echo x >> ../set-up; read line < {gate}"
    await daemon.client.update_repo(repo.id, UpdateRepo(setup_script=script))
    async with daemon.watch() as watch:
        operation = await daemon.client.new_workspace(NewWorkspace(task=task.id, agent="writer"))
        await process_started(watch)
    await daemon.restart()
    await asyncio.to_thread(gate.write_text, "go\n")
    await daemon.done(operation)
    workspace = await daemon.client.workspace("do-it")
    assert (Path(workspace.folder) / "set-up").read_text() == "x\n"
    reasons = [each.run_reason for each in await daemon.client.processes("do-it")]
    assert sorted(reasons) == [RunReason.CODING_AGENT, RunReason.SETUP_SCRIPT]


async def process_started(watch: Watch) -> None:
    await watch.until(ProcessChanged, lambda e: e.process.status is ProcessStatus.RUNNING)


async def test_a_retry_that_had_not_begun_goes_on_and_deletes_nothing(daemon: Daemon) -> None:
    await daemon.start()
    await daemon.task("x")
    (repo,) = await daemon.client.repos()
    await daemon.client.update_repo(repo.id, UpdateRepo(setup_script="[ -e ../fixed ]"))
    await daemon.client.wait_operation((await daemon.begin(name="do-it", agent="writer", prompt="p")).id)
    workspace = await daemon.client.workspace("do-it")
    Path(workspace.folder, "fixed").touch()
    await killed(daemon, "create:setup", lambda: daemon.client.retry_setup("do-it"))
    assert (await operation_of(daemon, "create")).status is OperationStatus.DONE
    assert (await daemon.turn("do-it")).status is ProcessStatus.COMPLETED


async def used_workspace(daemon: Daemon) -> None:
    """A workspace `do-it` with a committed, an uncommitted and an ignored file."""
    await begin(daemon, "used", lambda each: use_workspace(each, with_ignored(each)))


async def used_workspace_of_two(daemon: Daemon) -> None:
    """As `used_workspace`, of the repositories `repo` and `other`, the second of which it leaves alone."""
    await begin(daemon, "used of two", use_two)


async def use_two(daemon: Daemon) -> None:
    other = make_repository(daemon.folder / "other", {"README.md": "# Other\n"})
    await use_workspace(daemon, with_ignored(daemon), other)


def with_ignored(daemon: Daemon) -> Path:
    return daemon.repository("repo", {"README.md": "# Repo\n", ".gitignore": "*.log\n"})


async def use_workspace(daemon: Daemon, *repositories: Path) -> None:
    await daemon.workspace(*repositories, name="do-it")
    script = "echo c > c.md; git add c.md; git commit -qm c; echo u > u.md; echo i > i.log"
    folder = daemon.home.workspaces / "do-it" / "code" / "repo"
    argv = ("sh", "-c", f"cd {folder} && {script}")
    process = await daemon.client.run_command("do-it", RunCommand(argv=argv))
    assert (await daemon.client.wait_process(process.id)).exit_code == 0


def all_there(folder: Path) -> None:
    assert {name: (folder / name).read_text() for name in ("c.md", "u.md", "i.log")} == {
        "c.md": "c\n", "u.md": "u\n", "i.log": "i\n",
    }  # fmt: skip
    assert git(folder, "log", "-1", "--format=%s") == "c"
    assert git(folder, "status", "--porcelain") == "?? u.md"


@pytest.fixture
def repository(daemon: Daemon) -> Path:
    """Where the user's repository is once a test has begun."""
    return daemon.folder / "repo"


@pytest.fixture
def other(daemon: Daemon) -> Path:
    """Where the second one is, if the test has two."""
    return daemon.folder / "other"


@pytest.mark.parametrize("step", names(MERGE_STEPS))
async def test_a_merge(daemon: Daemon, step: str, repository: Path, other: Path) -> None:
    await used_workspace_of_two(daemon)
    before = git(repository, "rev-parse", "main")
    await killed(daemon, f"merge:{step}", lambda: daemon.client.merge("do-it", MergeWorkspace()))
    ended = await operation_of(daemon, "merge")
    if step in ("snapshot", "compute"):
        assert ended.status is OperationStatus.UNDONE
        assert "nothing was moved" in str(ended.error)
        assert git(repository, "rev-parse", "main") == before
        assert git(repository, "status", "--porcelain") == ""
        for depot in daemon.home.depots.glob("*.git"):
            assert git(depot, "for-each-ref", "refs/boatyard/landing/") == "", "what did not land is kept"
        await daemon.client.merge("do-it", MergeWorkspace())
    else:
        assert ended.status is OperationStatus.DONE
    assert git(repository, "rev-parse", "main^1") == before
    assert git(repository, "show", "main:c.md") == "c"
    assert git(repository, "status", "--porcelain") == ""
    assert (await daemon.client.merge("do-it", MergeWorkspace())).merges == (), "it landed twice"
    folder = Path((await daemon.client.workspace("do-it")).repos[0].path)
    assert (folder / "u.md").exists()


async def test_a_merge_between_two_repositories(daemon: Daemon, repository: Path, other: Path) -> None:
    await used_workspace_of_two(daemon)
    (daemon.home.workspaces / "do-it" / "code" / "other" / "new.md").write_text("new\n")
    before = git(other, "rev-parse", "main")
    await killed(daemon, "merge:land:0", lambda: daemon.client.merge("do-it", MergeWorkspace()))
    ended = await operation_of(daemon, "merge")
    assert ended.status is OperationStatus.FAILED
    assert "1 of 2 target branches were moved" in str(ended.error)
    assert git(repository, "show", "main:c.md") == "c"
    assert git(other, "rev-parse", "main") == before
    (merged,) = (await daemon.client.merge("do-it", MergeWorkspace())).merges
    assert git(other, "rev-parse", "main") == merged.commit
    assert git(other, "show", "main:new.md") == "new"


@pytest.mark.parametrize("step", [*names(UNMERGE_STEPS), "move:0"])
async def test_a_merge_that_is_taken_back(daemon: Daemon, step: str, repository: Path, other: Path) -> None:
    await used_workspace_of_two(daemon)
    tips = [git(each, "rev-parse", "main") for each in (repository, other)]
    (daemon.home.workspaces / "do-it" / "code" / "other" / "new.md").write_text("new\n")
    task = (await daemon.client.workspace("do-it")).task_id
    was = (await daemon.client.task(task)).status
    before = await daemon.client.diff("do-it")
    merges = (await daemon.client.merge("do-it", MergeWorkspace())).merges
    body = UnmergeWorkspace(commits=tuple(each.commit for each in merges))
    await killed(daemon, f"unmerge:{step}", lambda: daemon.client.unmerge("do-it", body))
    assert (await operation_of(daemon, "unmerge")).status is OperationStatus.DONE
    assert [git(each, "rev-parse", "main") for each in (repository, other)] == tips
    assert [git(each, "status", "--porcelain") for each in (repository, other)] == ["", ""]
    assert (await daemon.client.workspace("do-it")).landed_at is None
    assert (await daemon.client.task(task)).status is was
    assert (await daemon.client.diff("do-it")).files == before.files
    assert [each.before for each in (await daemon.client.unmerge("do-it", body)).repos] == tips
    assert len((await daemon.client.merge("do-it", MergeWorkspace())).merges) == 2


async def test_a_merge_that_is_taken_back_among_the_files(daemon: Daemon, repository: Path) -> None:
    """The machine went down when git had moved the files, and the branch not yet."""
    await used_workspace(daemon)
    tip = git(repository, "rev-parse", "main")
    (merge,) = (await daemon.client.merge("do-it", MergeWorkspace())).merges
    await killed(
        daemon, "unmerge:keep", lambda: daemon.client.unmerge("do-it", UnmergeWorkspace()),
        lambda: git(repository, "read-tree", "-m", "-u", merge.commit, tip),
    )  # fmt: skip
    assert (await operation_of(daemon, "unmerge")).status is OperationStatus.DONE
    assert git(repository, "rev-parse", "main") == tip
    assert git(repository, "status", "--porcelain") == "" and not (repository / "c.md").exists()


@pytest.mark.parametrize("step", names(CLOSE_STEPS))
async def test_a_closing(daemon: Daemon, step: str, repository: Path) -> None:
    await used_workspace(daemon)
    running = await daemon.client.run_command("do-it", RunCommand(argv=("sleep", "600")))
    await killed(daemon, f"close:{step}", lambda: daemon.client.close_workspace("do-it"))
    assert (await operation_of(daemon, "close")).status is OperationStatus.DONE
    workspace = await daemon.client.workspace("do-it")
    assert workspace.state is WorkspaceState.CLOSED
    assert (await daemon.client.process(running.id)).status is ProcessStatus.KILLED
    all_there(Path(workspace.repos[0].path))


@pytest.mark.parametrize("step", names(RESTORE_STEPS))
async def test_an_opening(daemon: Daemon, step: str, repository: Path) -> None:
    await used_workspace(daemon)
    await daemon.done(await daemon.client.close_workspace("do-it"))
    await killed(daemon, f"restore:{step}", lambda: daemon.client.restore_workspace("do-it"))
    assert (await operation_of(daemon, "restore")).status is OperationStatus.DONE
    workspace = await daemon.client.workspace("do-it")
    assert workspace.state is WorkspaceState.OPEN
    all_there(Path(workspace.repos[0].path))


@pytest.mark.parametrize("step", names(REMOVE_STEPS))
async def test_a_removal_and_its_recovery(daemon: Daemon, step: str, repository: Path) -> None:
    await used_workspace(daemon)
    running = await daemon.client.run_command("do-it", RunCommand(argv=("sleep", "600")))
    body = RemoveWorkspace(force=True)
    await killed(daemon, f"remove:{step}", lambda: daemon.client.remove_workspace("do-it", body))
    assert (await operation_of(daemon, "remove")).status is OperationStatus.DONE
    assert await daemon.client.workspaces() == ()
    assert (await daemon.client.process(running.id)).status is ProcessStatus.KILLED
    assert not (daemon.home.workspaces / "do-it").exists()
    await daemon.done(await daemon.client.recover_workspace("do-it"))
    all_there(daemon.home.workspaces / "do-it" / "code" / "repo")


@pytest.mark.parametrize("step", names(RECOVER_STEPS))
async def test_a_recovery(daemon: Daemon, step: str, repository: Path) -> None:
    await used_workspace(daemon)
    await daemon.remove("do-it")
    await killed(daemon, f"recover:{step}", lambda: daemon.client.recover_workspace("do-it"))
    assert (await operation_of(daemon, "recover")).status is OperationStatus.DONE
    workspace = await daemon.client.workspace("do-it")
    assert workspace.state is WorkspaceState.OPEN
    all_there(Path(workspace.repos[0].path))


@pytest.mark.parametrize("step", names(RESTORE_TO_STEPS))
async def test_going_back_to_a_checkpoint(daemon: Daemon, step: str, repository: Path) -> None:
    await used_workspace(daemon)
    folder = daemon.home.workspaces / "do-it" / "code" / "repo"
    await daemon.client.take_checkpoint("do-it", TakeCheckpoint())
    (folder / "u.md").write_text("spoiled\n")
    (folder / "c.md").unlink()
    body = RestoreTo(number=1)
    await killed(daemon, f"restore-to:{step}", lambda: daemon.client.restore_to("do-it", body))
    assert (await operation_of(daemon, "restore-to")).status is OperationStatus.DONE
    all_there(folder)
    assert [each.number for each in await daemon.client.checkpoints("do-it")] == [1, 2]
    await daemon.done(await daemon.client.restore_to("do-it", RestoreTo(number=2)))
    assert ((folder / "u.md").read_text(), (folder / "c.md").exists()) == ("spoiled\n", False)


@pytest.mark.parametrize("step", names(REWIND_STEPS))
async def test_a_rewind(daemon: Daemon, step: str) -> None:
    workspace = await begin_with_a_turn(daemon)
    sent = await daemon.client.send("do-it", SendPrompt(prompt="two"))
    await daemon.client.wait_process(sent.id)
    file = Path(workspace.repos[0].path) / "WORK.md"
    body = RewindWorkspace(process=sent.id)
    await killed(daemon, f"rewind:{step}", lambda: daemon.client.rewind("do-it", body))
    assert (await operation_of(daemon, "rewind")).status is OperationStatus.DONE
    assert (file.read_text(), (await daemon.client.workspace("do-it")).turns) == ("one\n", 1)


def commit_to(repository: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (repository / name).write_text(text)
    git(repository, "add", "-A")
    git(repository, "-c", "user.name=A", "-c", "user.email=a@localhost", "commit", "-qm", "theirs")
    return git(repository, "rev-parse", "HEAD")


@pytest.mark.parametrize("conflict", [False, True], ids=["clean", "conflict"])
@pytest.mark.parametrize("step", names(APPLY_STEPS))
async def test_an_update(daemon: Daemon, step: str, repository: Path, conflict: bool) -> None:
    await used_workspace(daemon)
    tip = commit_to(repository, {"new.md": "new\n", **({"c.md": "theirs\n"} if conflict else {})})
    folder = daemon.home.workspaces / "do-it" / "code" / "repo"
    body = UpdateFromTarget()
    await killed(daemon, f"update:{step}", lambda: daemon.client.update_from_target("do-it", body))
    ended = await operation_of(daemon, "update")
    assert ended.status is OperationStatus.DONE, ended
    state = (await daemon.client.workspace("do-it")).update
    assert (folder / "new.md").read_text() == "new\n"
    if not conflict:
        assert state is None
        assert git(folder, "rev-parse", "HEAD^2") == tip
        all_there_after_merge(folder)
        return
    assert state is not None and [each.path for each in state.conflicts] == ["c.md"]
    await daemon.done(await daemon.client.abort_update("do-it"))
    all_there(folder)


def all_there_after_merge(folder: Path) -> None:
    assert [(folder / name).read_text() for name in ("c.md", "u.md", "i.log")] == ["c\n", "u\n", "i\n"]
    assert git(folder, "status", "--porcelain") == "?? u.md"


@pytest.mark.parametrize("step", names(APPLY_STEPS))
async def test_a_part_of_a_diff_that_is_discarded(daemon: Daemon, step: str, repository: Path) -> None:
    await used_workspace(daemon)
    folder = daemon.home.workspaces / "do-it" / "code" / "repo"
    body = DiscardParts(parts=(DiffPart(path="u.md"),))
    await killed(daemon, f"apply:{step}", lambda: daemon.client.discard_parts("do-it", body))
    assert (await operation_of(daemon, "apply")).status is OperationStatus.DONE
    assert not (folder / "u.md").exists()
    (number,) = [each.number for each in await daemon.client.checkpoints("do-it")]
    await daemon.done(await daemon.client.restore_to("do-it", RestoreTo(number=number)))
    all_there(folder)


@pytest.mark.parametrize("step", names(APPLY_STEPS))
async def test_a_file_that_is_removed(daemon: Daemon, step: str, repository: Path) -> None:
    await used_workspace(daemon)
    folder = daemon.home.workspaces / "do-it" / "code" / "repo"
    body = ChangeFile(action=FileAction.DELETE, path="u.md")
    await killed(daemon, f"apply:{step}", lambda: daemon.client.change_file("do-it", body))
    assert (await operation_of(daemon, "apply")).status is OperationStatus.DONE
    assert not (folder / "u.md").exists()
    (number,) = [each.number for each in await daemon.client.checkpoints("do-it")]
    await daemon.done(await daemon.client.restore_to("do-it", RestoreTo(number=number)))
    all_there(folder)


@pytest.mark.parametrize("step", names(step_labels(agent=False, remix=True)))
async def test_a_remix(daemon: Daemon, step: str, repository: Path) -> None:
    await used_workspace(daemon)
    body = RemixWorkspace(name="again")
    await killed(daemon, f"create:{step}", lambda: daemon.client.remix_workspace("do-it", body))
    ended = await operation_of(daemon, "create")
    if step in CREATE[: CREATE.index("environment")]:
        assert ended.status is OperationStatus.UNDONE
        assert [each.name for each in await daemon.client.workspaces()] == ["do-it"]
        await daemon.done(await daemon.client.remix_workspace("do-it", body))
    else:
        assert ended.status is OperationStatus.DONE
    there = daemon.home.workspaces / "again" / "code" / "repo"
    assert [(there / name).exists() for name in ("c.md", "u.md", "i.log")] == [True, True, False]
    assert git(there, "log", "-1", "--format=%s") == "c"
    assert git(there, "status", "--porcelain") == "?? u.md"
    all_there(daemon.home.workspaces / "do-it" / "code" / "repo")


@pytest.mark.parametrize("step", names(ARCHIVE_STEPS))
async def test_an_archiving(daemon: Daemon, step: str, repository: Path) -> None:
    await used_workspace(daemon)
    await daemon.client.update_repo("repo", UpdateRepo(archive_script="echo x >> ../archived"))
    body = ArchiveWorkspace()
    await killed(daemon, f"archive:{step}", lambda: daemon.client.archive_workspace("do-it", body))
    assert (await operation_of(daemon, "archive")).status is OperationStatus.DONE
    assert await daemon.client.workspaces() == ()
    (workspace,) = await daemon.client.workspaces(archived=True)
    assert workspace.state is WorkspaceState.CLOSED
    assert (Path(workspace.folder) / "archived").read_text() == "x\n", "the script ran twice, or never"
    all_there(Path(workspace.repos[0].path))


@pytest.mark.parametrize("step", names(PURGE_STEPS))
async def test_a_purge(daemon: Daemon, step: str, repository: Path) -> None:
    await used_workspace(daemon)
    await daemon.remove("do-it")
    body = EmptyTrash(names=("do-it",))
    await killed(daemon, f"purge:{step}", lambda: daemon.client.empty_trash(body))
    assert (await operation_of(daemon, "purge")).status is OperationStatus.DONE
    assert await daemon.client.trash() == ()
    assert list(daemon.home.trash.iterdir()) == []
    nothing_left(daemon, repository)
    await daemon.workspace(repository, name="do-it")  # the name is free again


def served(daemon: Daemon) -> str | None:
    """What is public of the workspace `do-it`."""
    path = daemon.home.served / "do-it" / "index.html"
    return path.read_text() if path.exists() else None


async def with_a_page(daemon: Daemon) -> None:
    """A workspace whose first page is published; its second one is not yet."""
    await begin(daemon, "a page", make_a_page)


async def make_a_page(daemon: Daemon) -> None:
    workspace = await daemon.workspace(name="do-it")
    page = Path(workspace.repos[0].path) / "canvas" / "index.html"
    page.parent.mkdir()
    page.write_text("one")
    await daemon.done(await daemon.client.publish_workspace("do-it", PublishWorkspace()))
    page.write_text("two")


@pytest.mark.parametrize("step", names(PUBLISH_STEPS))
async def test_a_publication(daemon: Daemon, step: str) -> None:
    await with_a_page(daemon)
    body = PublishWorkspace()
    await killed(daemon, f"publish:{step}", lambda: daemon.client.publish_workspace("do-it", body))
    assert (await operation_of(daemon, "publish")).status is OperationStatus.DONE
    assert served(daemon) == "two"
    assert len(list(daemon.home.published.iterdir())) == 1, "a copy that nobody sees is kept"
    assert [each.name for each in daemon.home.served.iterdir()] == ["do-it"]
    assert (await daemon.client.workspace("do-it")).published_at is not None


@pytest.mark.parametrize("step", names(UNPUBLISH_STEPS))
async def test_a_publication_taken_back(daemon: Daemon, step: str) -> None:
    await with_a_page(daemon)
    await killed(daemon, f"unpublish:{step}", lambda: daemon.client.unpublish_workspace("do-it"))
    assert (await operation_of(daemon, "unpublish")).status is OperationStatus.DONE
    assert served(daemon) is None
    assert list(daemon.home.published.iterdir()) == list(daemon.home.served.iterdir()) == []
    assert (await daemon.client.workspace("do-it")).published_at is None


@pytest.mark.parametrize("branch", ["main", "new"])
@pytest.mark.parametrize("step", ["begun", *names(TAKE_STEPS)])
async def test_a_taking_onto_a_branch(daemon: Daemon, step: str, branch: str) -> None:
    workspace = await begin_with_a_workspace(daemon)
    (Path(workspace.repos[0].path) / "new.md").write_text("n\n")
    body = TakeParts(parts=(DiffPart(path="new.md"),), branch=branch, message="Take it")
    await killed(daemon, f"take:{step}", lambda: daemon.client.take_parts("do-it", body))
    assert (await operation_of(daemon, "take")).status is OperationStatus.DONE
    repository = daemon.repository()
    assert git(repository, "log", "--format=%s", "-2", branch).splitlines()[0] == "Take it"
    assert git(repository, "rev-list", "--count", branch) == "2", "it was taken twice"
    assert git(repository, "status", "--porcelain") == ""
    assert (repository / "new.md").exists() == (branch == "main")


def test_every_kind_of_operation_is_killed_here() -> None:
    """A new kind of operation has to be added to this file."""
    kinds = set()
    for path in (Path(__file__).parents[2] / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                if (
                    called in ("begin", "begin_operation", "_launch", "launch", "_write_operation")
                    and node.args
                ):
                    if isinstance(node.args[0], ast.Constant):
                        kinds.add(node.args[0].value)
    assert kinds == {
        "create",
        "merge",
        "close",
        "restore",
        "remove",
        "recover",
        "restore-to",
        "rewind",
        "archive",
        "purge",
        "repair",
        "apply",
        "take",
        "update",
        "push",
        "pull-request",
        "publish",
        "unpublish",
        "unmerge",
    }


def points_in(path: Path) -> set[str]:
    """The points of a file at which an engine can be made to die, up to where they are made up of values."""
    points = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "crash_point":
            kind, step = node.args
            first = step.values[0] if isinstance(step, ast.JoinedStr) else step
            if isinstance(kind, ast.Constant) and isinstance(first, ast.Constant):
                points.add(f"{kind.value!s}:{first.value!s}")
    return points


def test_every_point_between_two_steps_is_died_at() -> None:
    """A new one has to be named by a test of this folder."""
    core = (Path(__file__).parents[2] / "core").rglob("*.py")
    points = {point for path in core for point in points_in(path)}
    assert {"turn:ended", "answer:kept", "merge:land:"} <= points
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    # `merge:land:0` by its whole name, `push:pushed:0` as one of the steps of pushing.
    missing = [p for p in points if f'"{p}' not in tests and f'"{p.partition(":")[2]}' not in tests]
    assert missing == []


@pytest.mark.parametrize("step", names(REPAIR_STEPS))
async def test_a_repair_is_finished(daemon: Daemon, step: str) -> None:
    workspace = await begin_with_a_turn(daemon)
    await daemon.client.loss(workspace.name)
    shutil.rmtree(daemon.home.workspaces / workspace.name / "code" / "repo")
    await killed(daemon, f"repair:{step}", lambda: daemon.client.repair_workspace(workspace.name))
    ended = await operation_of(daemon, "repair")
    assert ended.status is OperationStatus.DONE, ended
    assert (Path(workspace.repos[0].path) / "WORK.md").read_text() == "one\n"
    assert (await daemon.client.workspace_health(workspace.name)).troubles == ()
