"""Files, hunks and lines of a diff are discarded, or taken into another attempt, and it can all be undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import BoatyardError, ConflictError, NotFoundError, UsageError
from core.values.entities import Workspace
from core.values.requests import DiffPart, DiscardParts, RestoreTo, SendPrompt, TakeParts
from tests.yard import Yard, git

pytestmark = pytest.mark.slow

BEFORE = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n"
AFTER = "ONE\ntwo\nthree\nfour\nfive\nsix\nseven\nEIGHT\nnine\n"


async def attempt(yard: Yard, name: str, files: dict[str, str]) -> tuple[Workspace, Path]:
    repository = yard.repository("repo", {"a.txt": BEFORE, "b.txt": "b\n", ".gitignore": "*.log\n"})
    workspace = await yard.workspace(repository, name=name)
    folder = Path(workspace.repos[0].path)
    for path, text in files.items():
        (folder / path).write_text(text)
    return workspace, folder


async def test_a_hunk_is_discarded_and_brought_back(yard: Yard) -> None:
    _, folder = await attempt(yard, "first", {"a.txt": AFTER, "new.txt": "n\n", "kept.log": "ignored\n"})
    seen = (await yard.client.diff("first")).snapshot
    body = DiscardParts(parts=(DiffPart(path="a.txt", old=((8, 8),), new=((8, 8),)),), snapshot=seen)
    ended = await yard.done(await yard.client.discard_parts("first", body))
    assert (folder / "a.txt").read_text() == AFTER.replace("EIGHT", "eight")
    assert (folder / "new.txt").exists() and (folder / "kept.log").read_text() == "ignored\n"
    before = ended.result["before"]
    assert isinstance(before, int)
    await yard.done(await yard.client.restore_to("first", RestoreTo(number=before)))
    assert (folder / "a.txt").read_text() == AFTER


async def test_whole_files_are_discarded_against_any_base(yard: Yard) -> None:
    workspace, folder = await attempt(yard, "first", {"a.txt": AFTER, "new.txt": "n\n"})
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "mine")
    (folder / "b.txt").unlink()
    (folder / "new.txt").write_text("changed since\n")
    parts = (DiffPart(path="b.txt"), DiffPart(path="new.txt", repo=workspace.repos[0].name))
    await yard.done(await yard.client.discard_parts("first", DiscardParts(parts=parts, base="uncommitted")))
    assert (folder / "b.txt").read_text() == "b\n" and (folder / "new.txt").read_text() == "n\n"
    assert git(folder, "status", "--porcelain") == ""
    assert (folder / "a.txt").read_text() == AFTER


async def test_lines_are_taken_into_another_attempt_that_has_changes_of_its_own(yard: Yard) -> None:
    await attempt(yard, "first", {"a.txt": AFTER, "new.txt": "n\n"})
    _, other = await attempt(yard, "second", {"a.txt": BEFORE.replace("five", "FIVE"), "mine.txt": "m\n"})
    parts = (DiffPart(path="a.txt", old=((1, 1),), new=((1, 1),)), DiffPart(path="new.txt"))
    ended = await yard.done(await yard.client.take_parts("first", TakeParts(parts=parts, into="second")))
    assert ended.workspace == "second"
    assert (other / "a.txt").read_text() == BEFORE.replace("five", "FIVE").replace("one", "ONE")
    assert (other / "new.txt").read_text() == "n\n" and (other / "mine.txt").exists()


async def test_what_does_not_fit_changes_nothing(yard: Yard) -> None:
    await attempt(yard, "first", {"a.txt": AFTER})
    _, other = await attempt(yard, "second", {"a.txt": BEFORE.replace("one", "eins")})
    with pytest.raises(ConflictError, match=r"do not fit into 'second': repo/a\.txt \(content\)"):
        await yard.client.take_parts("first", TakeParts(parts=(DiffPart(path="a.txt"),), into="second"))
    assert (other / "a.txt").read_text() == BEFORE.replace("one", "eins")
    assert await yard.client.checkpoints("second") == ()


async def test_a_diff_that_is_not_what_was_looked_at_is_left_alone(yard: Yard) -> None:
    _, folder = await attempt(yard, "first", {"a.txt": AFTER})
    seen = (await yard.client.diff("first")).snapshot
    (folder / "a.txt").write_text(AFTER + "ten\n")
    body = DiscardParts(parts=(DiffPart(path="a.txt", new=((1, 1),)),), snapshot=seen)
    with pytest.raises(ConflictError, match="has changed since its diff was looked at"):
        await yard.client.discard_parts("first", body)
    assert (folder / "a.txt").read_text() == AFTER + "ten\n"


async def test_what_changed_in_other_files_meanwhile_is_no_obstacle_and_stays(yard: Yard) -> None:
    _, folder = await attempt(yard, "first", {"a.txt": AFTER})
    seen = (await yard.client.diff("first")).snapshot
    (folder / "b.txt").write_text("written since\n")
    eight = DiffPart(path="a.txt", old=((8, 8),), new=((8, 8),))
    await yard.done(await yard.client.discard_parts("first", DiscardParts(parts=(eight,), snapshot=seen)))
    assert (folder / "a.txt").read_text() == AFTER.replace("EIGHT", "eight")
    assert (folder / "b.txt").read_text() == "written since\n"


async def test_bad_requests_change_nothing(yard: Yard) -> None:
    _, folder = await attempt(yard, "first", {"a.txt": AFTER})
    for body, why in (
        (DiscardParts(parts=()), "nothing of the diff"),
        (DiscardParts(parts=(DiffPart(path="../x"),)), "is not changed"),
        (DiscardParts(parts=(DiffPart(path="b.txt"),)), "is not changed"),
        (DiscardParts(parts=(DiffPart(path="a.txt"),), base="yesterday"), "compared with"),
    ):
        with pytest.raises(UsageError, match=why):
            await yard.client.discard_parts("first", body)
    body = DiscardParts(parts=(DiffPart(path="a.txt", repo="other"),))
    with pytest.raises(NotFoundError, match="no repo 'other'"):
        await yard.client.discard_parts("first", body)
    with pytest.raises(UsageError, match="already"):
        await yard.client.take_parts("first", TakeParts(parts=(DiffPart(path="a.txt"),), into="first"))
    assert (folder / "a.txt").read_text() == AFTER


@pytest.fixture
async def at_work(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Path, dict[str, str]]]:
    """A workspace whose agent works and has written a file since its diff was looked at: folder, snapshot."""
    gate = yard.fifo()
    _, folder = await attempt(yard, "first", {"a.txt": AFTER})
    monkeypatch.setenv("GATE", str(gate))
    await yard.client.send("first", SendPrompt(prompt="x", agent="gated"))
    seen = (await yard.client.diff("first")).snapshot
    (folder / "live.txt").write_text("1\n")
    yield folder, seen
    await asyncio.to_thread(gate.write_text, "go\n")
    await yard.turn("first")


async def test_nothing_is_discarded_under_an_agent_that_works(
    yard: Yard, at_work: tuple[Path, dict[str, str]]
) -> None:
    folder, seen = at_work
    (folder / "a.txt").write_text(AFTER + "ten\n")
    with pytest.raises(ConflictError, match="an agent works"):
        body = DiscardParts(parts=(DiffPart(path="a.txt"),), snapshot=seen)
        await yard.client.discard_parts("first", body)
    assert (folder / "a.txt").read_text() == AFTER + "ten\n"


async def test_parts_are_taken_out_of_a_workspace_whose_agent_goes_on_writing(
    yard: Yard, at_work: tuple[Path, dict[str, str]]
) -> None:
    _, seen = at_work
    _, other = await attempt(yard, "second", {})
    body = TakeParts(parts=(DiffPart(path="a.txt"),), into="second", snapshot=seen)
    await yard.done(await yard.client.take_parts("first", body))
    assert (other / "a.txt").read_text() == AFTER
    assert not (other / "live.txt").exists()


async def taken(yard: Yard, *parts: DiffPart, branch: str, message: str = "") -> dict[str, object]:
    body = TakeParts(parts=parts, branch=branch, message=message)
    return dict((await yard.done(await yard.client.take_parts("first", body))).result)


async def test_a_hunk_is_taken_onto_a_new_branch_and_more_onto_the_same(yard: Yard) -> None:
    _, folder = await attempt(yard, "first", {"a.txt": AFTER, "new.txt": "n\n"})
    repository = yard.repository("repo")
    before = git(repository, "rev-parse", "main")
    eight = DiffPart(path="a.txt", old=((8, 8),), new=((8, 8),))
    result = await taken(yard, eight, branch="fix/eight", message="Shout eight")
    assert result["made"] is True
    assert git(repository, "show", "fix/eight:a.txt") == BEFORE.replace("eight", "EIGHT").strip()
    assert git(repository, "log", "--format=%s", "main..fix/eight") == "Shout eight"
    result = await taken(yard, DiffPart(path="new.txt"), branch="fix/eight")
    assert result["made"] is False
    assert git(repository, "log", "--format=%s", "main..fix/eight") == "Do it\nShout eight"
    assert git(repository, "show", "fix/eight:new.txt") == "n"
    assert git(repository, "rev-parse", "main") == before
    assert git(repository, "status", "--porcelain") == ""
    assert (folder / "a.txt").read_text() == AFTER, "the workspace keeps what it has"


async def test_parts_are_taken_onto_the_branch_that_is_checked_out_beside_local_edits(yard: Yard) -> None:
    await attempt(yard, "first", {"a.txt": AFTER, "new.txt": "n\n"})
    repository = yard.repository("repo")
    (repository / "b.txt").write_text("mine\n")
    await taken(yard, DiffPart(path="new.txt"), branch="main")
    assert (repository / "new.txt").read_text() == "n\n"
    assert (repository / "b.txt").read_text() == "mine\n"
    (repository / "a.txt").write_text("mine, too\n")
    state = everything(repository)
    body = TakeParts(parts=(DiffPart(path="a.txt"),), branch="main")
    ended = await yard.client.wait_operation((await yard.client.take_parts("first", body)).id)
    assert ended.status.value == "failed" and "a.txt" in str(ended.error)
    assert everything(repository) == state


def everything(repository: Path) -> dict[str, bytes]:
    files = (path for path in repository.rglob("*") if path.is_file() and ".git" not in path.parts)
    refs = git(repository, "for-each-ref").encode() + git(repository, "status", "--porcelain").encode()
    return {**{str(path): path.read_bytes() for path in files}, "refs": refs}


async def test_what_does_not_fit_or_cannot_be_meant_changes_nothing(yard: Yard) -> None:
    await attempt(yard, "first", {"a.txt": AFTER})
    repository = yard.repository("repo")
    git(repository, "switch", "-qc", "other")
    (repository / "a.txt").write_text("all else\n")
    git(repository, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qam", "else")
    state = everything(repository)
    parts = (DiffPart(path="a.txt"),)
    with pytest.raises(ConflictError, match="do not fit onto 'other'"):
        await yard.client.take_parts("first", TakeParts(parts=parts, branch="other"))
    for branch in ("-d", "HEAD", "a..b", "x y", "--output=x", "a/", "@{"):
        with pytest.raises(UsageError):
            await yard.client.take_parts("first", TakeParts(parts=parts, branch=branch))
    with pytest.raises(UsageError, match="either a workspace or a branch"):
        await yard.client.take_parts("first", TakeParts(parts=parts))
    assert everything(repository) == state


async def test_a_commit_hook_of_the_users_refuses_what_is_taken(yard: Yard) -> None:
    await attempt(yard, "first", {"new.txt": "n\n"})
    repository = yard.repository("repo")
    hook = repository / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    state = everything(repository)
    body = TakeParts(parts=(DiffPart(path="new.txt"),), branch="fix")
    with pytest.raises(BoatyardError, match="not today"):
        await yard.client.take_parts("first", body)
    assert everything(repository) == state
