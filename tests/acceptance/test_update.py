"""The target branch's new commits come into a workspace; conflicts are resolved there, or given up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import ConflictError, NotFoundError
from core.values.conflicts import UpdateStyle
from core.values.entities import Operation, Workspace
from core.values.requests import MergeWorkspace, TakeSide, UpdateFromTarget, WantedSettings
from core.values.states import MergeStyle, OperationStatus
from tests.acceptance.user import git
from tests.yard import AGENTS, HOST, Yard, docker_settings

pytestmark = pytest.mark.slow

MERGE, REBASE = UpdateFromTarget(), UpdateFromTarget(style=UpdateStyle.REBASE)
FILES = {"a.txt": "one\ntwo\nthree\n", "b.txt": "b\n", "keep.txt": "k\n"}


@pytest.fixture(params=["host", pytest.param("docker", marks=pytest.mark.container)])
async def yard(request: pytest.FixtureRequest) -> AsyncIterator[Yard]:
    if request.param == "docker":
        request.getfixturevalue("docker_engine")
    async with Yard(AGENTS if request.param == "docker" else HOST + AGENTS) as each:
        yield each


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> WantedSettings:
    if request.node.callspec.params.get("yard", "host") == "host":
        return WantedSettings()
    return docker_settings(str(request.getfixturevalue("docker_engine")))


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def commit(folder: Path, message: str, files: dict[str, str]) -> str:
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=Ann", "-c", "user.email=ann@localhost", "commit", "-qm", message)
    return git(folder, "rev-parse", "HEAD").strip()


def commit_inside(workspace: Workspace, message: str, files: dict[str, str]) -> None:
    """A commit by whoever works in the workspace; its git directory is beside the working tree."""
    commit(Path(workspace.repos[0].path), message, files)


def state_of(workspace: Workspace) -> tuple[str, str, str]:
    """Everything that git and the disk know of a clone."""
    folder = Path(workspace.repos[0].path)
    files = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    files.pop(".git", None)
    return git(folder, "rev-parse", "HEAD"), git(folder, "status", "--porcelain"), repr(sorted(files.items()))


async def made(yard: Yard, settings: WantedSettings) -> tuple[Path, Workspace]:
    repository = yard.repository("repo", FILES)
    return repository, await yard.workspace(repository, name="work", settings=settings)


def log(workspace: Workspace) -> list[str]:
    return git(Path(workspace.repos[0].path), "log", "--format=%s", "--first-parent").splitlines()


async def test_what_is_new_comes_by_merge_and_uncommitted_work_stays_uncommitted(
    yard: Yard, settings: WantedSettings
) -> None:
    repository, workspace = await made(yard, settings)
    folder = Path(workspace.repos[0].path)
    commit_inside(workspace, "mine", {"mine.txt": "m\n"})
    write(folder, {"a.txt": "one\ntwo\nTHREE\n", "untracked.txt": "u\n"})
    tip = commit(repository, "theirs", {"a.txt": "ONE\ntwo\nthree\n", "new.txt": "n\n"})
    before = git(repository, "for-each-ref")
    await yard.done(await yard.client.update_from_target("work", MERGE))
    assert (folder / "a.txt").read_text() == "ONE\ntwo\nTHREE\n"
    assert git(folder, "rev-list", "--parents", "-1", "HEAD").split()[2] == tip
    assert git(folder, "status", "--porcelain").split() == ["M", "a.txt", "??", "untracked.txt"]
    assert log(workspace)[:2] == ["Merge branch 'main' into boatyard/work", "mine"]
    assert git(repository, "for-each-ref") == before
    with pytest.raises(ConflictError, match="has everything"):
        await yard.client.update_from_target("work", MERGE)
    result = await yard.client.merge("work", MergeWorkspace(style=MergeStyle.MERGE, message="land"))
    assert len(result.merges) == 1 and (repository / "mine.txt").exists()


async def test_commits_are_put_on_top_by_rebase(yard: Yard, settings: WantedSettings) -> None:
    repository, workspace = await made(yard, settings)
    commit_inside(workspace, "first", {"x.txt": "1\n"})
    commit_inside(workspace, "second", {"x.txt": "1\n2\n"})
    write(Path(workspace.repos[0].path), {"b.txt": "changed\n"})
    tip = commit(repository, "theirs", {"new.txt": "n\n"})
    await yard.done(await yard.client.update_from_target("work", REBASE))
    assert log(workspace)[:3] == ["second", "first", "theirs"]
    folder = Path(workspace.repos[0].path)
    assert git(folder, "rev-parse", "HEAD~2").strip() == tip
    assert git(folder, "log", "-1", "--format=%an").strip() == "Ann"
    assert git(folder, "status", "--porcelain") == "M b.txt"


async def conflicted(yard: Yard, settings: WantedSettings, style: UpdateFromTarget) -> tuple[Path, Workspace]:
    """Two commits of which the first is in conflict, and something uncommitted."""
    repository, workspace = await made(yard, settings)
    commit_inside(workspace, "clash", {"a.txt": "one\nMINE\nthree\n"})
    commit_inside(workspace, "fine", {"fine.txt": "f\n"})
    write(Path(workspace.repos[0].path), {"b.txt": "not committed\n", "untracked.txt": "u\n"})
    commit(repository, "theirs", {"a.txt": "one\nTHEIRS\nthree\n"})
    ended = await ended_well(yard, await yard.client.update_from_target("work", style))
    assert [each["path"] for each in ended.result["conflicts"]] == ["a.txt"]  # type: ignore[attr-defined]
    return repository, workspace


async def ended_well(yard: Yard, operation: Operation) -> Operation:
    ended = await yard.client.wait_operation(operation.id)
    assert ended.status is OperationStatus.DONE, ended
    return ended


@pytest.mark.parametrize("style", [MERGE, REBASE], ids=["merge", "rebase"])
async def test_a_conflict_is_resolved_by_hand_and_the_rest_follows(
    yard: Yard, settings: WantedSettings, style: UpdateFromTarget
) -> None:
    _, workspace = await conflicted(yard, settings, style)
    folder = Path(workspace.repos[0].path)
    state = (await yard.client.workspace("work")).update
    assert state is not None and not state.uncommitted
    assert [(each.path, each.kind) for each in state.conflicts] == [("a.txt", "content")]
    text = (folder / "a.txt").read_text()
    assert "MINE" in text and "THEIRS" in text and text.count("\n<<<<<<< ") == 1
    assert not any(len(word) == 40 for word in text.split())
    git_state = git(folder, "status")
    assert "merg" not in git_state.lower() and "rebase" not in git_state.lower()

    sides = await yard.client.conflict_sides("work", "a.txt")
    shown = {sides.ours, sides.theirs}
    assert shown == {"one\nMINE\nthree\n", "one\nTHEIRS\nthree\n"} and sides.base == FILES["a.txt"]
    with pytest.raises(ConflictError, match=r"conflict marks are left in a\.txt"):
        await yard.client.continue_update("work")
    with pytest.raises(ConflictError, match="has stopped"):
        await yard.client.merge("work", MergeWorkspace())
    with pytest.raises(ConflictError, match="has stopped"):
        await yard.client.update_from_target("work", style)

    write(folder, {"a.txt": "one\nBOTH\nthree\n"})
    await ended_well(yard, await yard.client.continue_update("work"))
    assert (await yard.client.workspace("work")).update is None
    expected = {
        "merge": ["Merge branch 'main' into boatyard/work", "fine", "clash"],
        "rebase": ["fine", "clash", "theirs"],
    }
    assert log(workspace)[:3] == expected[style.style.value]
    assert git(folder, "status", "--porcelain").split() == ["M", "b.txt", "??", "untracked.txt"]
    assert git(folder, "show", "HEAD:a.txt") == "one\nBOTH\nthree"


@pytest.mark.parametrize("style", [MERGE, REBASE], ids=["merge", "rebase"])
async def test_giving_up_leaves_no_trace(
    yard: Yard, settings: WantedSettings, style: UpdateFromTarget
) -> None:
    repository, workspace = await made(yard, settings)
    commit_inside(workspace, "clash", {"a.txt": "one\nMINE\nthree\n"})
    write(Path(workspace.repos[0].path), {"b.txt": "not committed\n", "untracked.txt": "u\n"})
    commit(repository, "theirs", {"a.txt": "one\nTHEIRS\nthree\n"})
    before = state_of(workspace)
    await ended_well(yard, await yard.client.update_from_target("work", style))
    assert state_of(workspace) != before
    await ended_well(yard, await yard.client.abort_update("work"))
    assert state_of(workspace) == before
    assert (await yard.client.workspace("work")).update is None
    with pytest.raises(ConflictError, match="has stopped"):
        await yard.client.abort_update("work")


async def test_one_side_can_be_taken_and_the_agent_can_be_asked(yard: Yard, settings: WantedSettings) -> None:
    _, workspace = await conflicted(yard, settings, MERGE)
    with pytest.raises(NotFoundError, match="in no conflict"):
        await yard.client.take_side("work", TakeSide(path="b.txt"))
    await ended_well(yard, await yard.client.take_side("work", TakeSide(path="a.txt", theirs=True)))
    folder = Path(workspace.repos[0].path)
    assert (folder / "a.txt").read_text() == "one\nTHEIRS\nthree\n"
    await ended_well(yard, await yard.client.continue_update("work"))
    assert git(folder, "show", "HEAD:a.txt") == "one\nTHEIRS\nthree"


async def test_what_is_resolved_in_the_files_is_known_whoever_did_it(
    yard: Yard, settings: WantedSettings
) -> None:
    repository, workspace = await made(yard, settings)
    folder = Path(workspace.repos[0].path)

    async def left() -> list[str]:
        return [each.path for each in await yard.client.unresolved("work")]

    assert await left() == []
    git(folder, "rm", "-q", "b.txt")
    commit_inside(workspace, "mine", {"a.txt": "one\nMINE\nthree\n", "new.bin": "mine\0"})
    commit(repository, "theirs", {"a.txt": "one\nTHEIRS\nthree\n", "b.txt": "kept\n", "new.bin": "theirs\0"})
    await ended_well(yard, await yard.client.update_from_target("work", MERGE))
    assert await left() == ["a.txt", "b.txt", "new.bin"]
    write(folder, {"a.txt": "one\nMINE\nthree\n"})
    assert await left() == ["b.txt", "new.bin"]
    (folder / "b.txt").unlink()
    write(folder, {"new.bin": "both\0"})
    assert await left() == []
    await ended_well(yard, await yard.client.continue_update("work"))
    assert await left() == []


async def test_uncommitted_work_in_conflict_is_marked_too_and_stays_uncommitted(
    yard: Yard, settings: WantedSettings
) -> None:
    repository, workspace = await made(yard, settings)
    folder = Path(workspace.repos[0].path)
    write(folder, {"a.txt": "one\nMINE\nthree\n"})
    tip = commit(repository, "theirs", {"a.txt": "one\nTHEIRS\nthree\n"})
    await ended_well(yard, await yard.client.update_from_target("work", MERGE))
    state = (await yard.client.workspace("work")).update
    assert state is not None and state.uncommitted
    sides = await yard.client.conflict_sides("work", state.conflicts[0].path)
    assert (sides.ours_name, sides.theirs_name) == ("work with main", "what was not committed")
    assert git(folder, "rev-parse", "HEAD").strip() == tip
    write(folder, {"a.txt": "one\nBOTH\nthree\n"})
    await ended_well(yard, await yard.client.continue_update("work"))
    assert git(folder, "rev-parse", "HEAD").strip() == tip
    assert git(folder, "status", "--porcelain") == "M a.txt"


async def test_the_agent_may_commit_the_resolution_itself(yard: Yard, settings: WantedSettings) -> None:
    _, workspace = await conflicted(yard, settings, REBASE)
    commit_inside(workspace, "resolved by the agent", {"a.txt": "one\nAGENT\nthree\n"})
    await ended_well(yard, await yard.client.continue_update("work"))
    assert log(workspace)[:3] == ["fine", "resolved by the agent", "theirs"]
    folder = Path(workspace.repos[0].path)
    assert git(folder, "show", "HEAD:a.txt") == "one\nAGENT\nthree"


KINDS = {
    "modify/delete": ({"a.txt": "one\nMINE\nthree\n"}, ["rm", "-q", "a.txt"]),
    "rename/rename": (["mv", "a.txt", "x.txt"], ["mv", "a.txt", "y.txt"]),
    "rename/delete": (["mv", "a.txt", "x.txt"], ["rm", "-q", "a.txt"]),
    "add/add": ({"new.txt": "mine\n"}, {"new.txt": "theirs\n"}),
    "file/directory": ({"dir": "a file\n"}, {"dir/inner.txt": "a folder\n"}),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_every_kind_of_conflict_can_be_given_up_or_gone_on_with(kind: str) -> None:
    async with Yard(HOST + AGENTS) as yard:
        repository, workspace = await made(yard, WantedSettings())
        folder = Path(workspace.repos[0].path)
        for where, change in zip((folder, repository), KINDS[kind], strict=True):
            if isinstance(change, dict):
                commit(where, kind, change)
            else:
                git(where, *change)
                commit(where, kind, {})
        before = state_of(workspace)
        await ended_well(yard, await yard.client.update_from_target("work", MERGE))
        state = (await yard.client.workspace("work")).update
        assert state is not None and kind in {each.kind for each in state.conflicts}
        await ended_well(yard, await yard.client.abort_update("work"))
        assert state_of(workspace) == before
        await ended_well(yard, await yard.client.update_from_target("work", MERGE))
        for path in [p for p in folder.rglob("*") if p.is_file() and p.name != ".git"]:
            text = path.read_text()
            if "<<<<<<<" in text:
                path.write_text("resolved\n")
        await ended_well(yard, await yard.client.continue_update("work"))
        assert len(git(folder, "rev-list", "--parents", "-1", "HEAD").split()) == 3
