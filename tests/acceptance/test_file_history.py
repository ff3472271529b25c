"""The history of a file: checkpoints, turns and commits, through renames; looked at and brought back."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import NotFoundError, UsageError
from core.values.events import ApprovalChanged
from core.values.provenance import FileStep, StepKind
from core.values.requests import AnswerApproval, ChangeFile, FileAction, TakeCheckpoint
from core.values.review import Change
from tests.acceptance.user import git
from tests.acceptance.written_file import PATH, written_by_turns_and_hand
from tests.yard import Yard

pytestmark = pytest.mark.slow
LONG = "".join(f"line {number}\n" for number in range(20))


async def steps(yard: Yard, path: str) -> tuple[FileStep, ...]:
    found = await yard.client.file_history("work", path)
    assert not found.more
    return found.steps


async def lines(yard: Yard, step: FileStep) -> list[str]:
    """What a step changed, signs before the lines."""
    diff = await yard.client.file_step("work", step.path, step.before, step.commit)
    signs = {"added": "+", "removed": "-"}
    return [signs[line.kind] + line.text for line in diff.lines if line.kind in signs]


async def test_each_step_says_what_brought_it_the_latest_first(yard: Yard) -> None:
    written = await written_by_turns_and_hand(yard, "one\nin detail")
    file = written.file
    eve = ("-c", "user.name=Eve", "-c", "user.email=e@e")
    git(file.parent, "add", "-A")
    git(file.parent, *eve, "commit", "-qm", "All of it")
    file.write_text("not kept yet\n" + file.read_text())

    found = await steps(yard, PATH)
    kept = [each for each in found if each.kind is not StepKind.COMMIT]
    assert [(each.kind, each.prompt, each.process_id) for each in kept] == [
        (StepKind.NOW, "", ""), (StepKind.CHECKPOINT, "two", written.second), (StepKind.CHECKPOINT, "", ""),
        (StepKind.CHECKPOINT, "one", written.first),
    ]  # fmt: skip
    commits = [each for each in found if each.kind is StepKind.COMMIT]
    assert [(each.subject, each.added, each.removed) for each in commits] == [
        ("All of it", 4, 0), ("first", 1, 0),
    ]  # fmt: skip
    assert commits[0].author == "Eve"
    assert [each.added for each in kept] == [1, 1, 1, 2]
    assert found[0].kind is StepKind.NOW and found[-1].subject == "first"
    assert await lines(yard, found[0]) == ["+not kept yet"]
    assert await lines(yard, found[-1]) == ["+from before"]
    two = next(each for each in found if each.prompt == "two")
    assert await lines(yard, two) == ["+two"]
    then = await yard.client.past_file("work", two.path, two.before)
    assert then.lines == ("from before", "one", "in detail", "by hand")


async def test_renames_are_followed_in_checkpoints_and_commits(yard: Yard) -> None:
    repository = yard.repository("repo", {"old.txt": LONG})
    git(repository, "mv", "old.txt", "name.txt")
    git(repository, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "another name")
    made = await yard.workspace(repository, name="work")
    folder = Path(made.repos[0].path)
    (folder / "name.txt").write_text(LONG + "more\n")
    await yard.client.take_checkpoint("work", TakeCheckpoint(message="longer"))
    (folder / "below").mkdir()
    (folder / "name.txt").rename(folder / "below/new.txt")
    await yard.client.take_checkpoint("work", TakeCheckpoint(message="moved"))
    found = await steps(yard, "repo/below/new.txt")
    assert [(each.change, each.path, each.old_path) for each in found] == [
        (Change.RENAMED, "repo/below/new.txt", "repo/name.txt"), (Change.MODIFIED, "repo/name.txt", None),
        (Change.RENAMED, "repo/name.txt", "repo/old.txt"), (Change.ADDED, "repo/old.txt", None),
    ]  # fmt: skip
    assert await lines(yard, found[0]) == []
    assert await lines(yard, found[1]) == ["+more"]
    assert (await yard.client.past_file("work", "repo/old.txt", found[3].commit)).lines[0] == "line 0"


async def test_a_file_is_brought_back_from_any_step_and_that_is_undone(yard: Yard) -> None:
    repository = yard.repository("repo", {"name.txt": LONG})
    made = await yard.workspace(repository, name="work")
    folder = Path(made.repos[0].path)
    (folder / "name.txt").rename(folder / "new.txt")
    (folder / "new.txt").write_text(LONG + "more\n")
    await yard.client.take_checkpoint("work", TakeCheckpoint(message="moved"))
    (folder / "new.txt").unlink()
    found = await steps(yard, "repo/new.txt")
    assert [each.change for each in found] == [Change.DELETED, Change.RENAMED, Change.ADDED]
    first = found[-1]
    body = ChangeFile(action=FileAction.RESTORE, path="repo/new.txt", commit=first.commit, source=first.path)
    done = await yard.done(await yard.client.change_file("work", body))
    assert (folder / "new.txt").read_text() == LONG
    (folder / "other.txt").write_text("written meanwhile\n")
    assert isinstance(done.result["before"], int)
    await yard.done(
        await yard.client.change_file("work", ChangeFile(action=FileAction.DELETE, path="repo/new.txt"))
    )
    assert not (folder / "new.txt").exists() and (folder / "other.txt").exists()


async def test_a_long_history_comes_by_pages(yard: Yard) -> None:
    repository = yard.repository("repo", {"a.txt": "0\n"})
    for number in range(1, 8):
        (repository / "a.txt").write_text(f"{number}\n")
        git(repository, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qam", f"number {number}")
    made = await yard.workspace(repository, name="work")
    (Path(made.repos[0].path) / "a.txt").write_text("now\n")
    seen, start = list[str](), 0
    while True:
        page = await yard.client.file_history("work", "repo/a.txt", start=start, limit=3)
        assert len(page.steps) <= 3
        seen += [each.subject for each in page.steps]
        start += len(page.steps)
        if not page.more:
            break
    assert seen == ["", *(f"number {number}" for number in range(7, 0, -1)), "first"]


async def test_what_is_no_file_and_what_is_no_commit_is_refused(yard: Yard) -> None:
    await yard.workspace(yard.repository(), name="work")
    for path in ("repo/none.md", "other/README.md", "repo", "repo/\x00"):
        with pytest.raises(NotFoundError):
            await yard.client.file_history("work", path)
    for commit in ("HEAD", "--output=/tmp/x", "", "refs/heads/main"):
        with pytest.raises(UsageError):
            await yard.client.past_file("work", "repo/README.md", commit)
        with pytest.raises(UsageError):
            await yard.client.file_step("work", "repo/README.md", commit, commit)
    with pytest.raises(NotFoundError):
        await yard.client.past_file("work", "repo/README.md", "1" * 40)
    (step,) = await steps(yard, "repo/README.md")
    with pytest.raises(NotFoundError):
        await yard.client.past_file("work", "repo/none", step.commit)


async def test_odd_names_and_binary_files_have_a_history_too(yard: Yard) -> None:
    repository = yard.repository("repo", {":(top) *\n'x": "one\n"})
    (repository / "b.bin").write_bytes(b"\0\1\2")
    git(repository, "add", "-A")
    git(repository, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "binary")
    made = await yard.workspace(repository, name="work")
    (Path(made.repos[0].path) / ":(top) *\n'x").write_text("two\n")
    assert [each.added for each in await steps(yard, "repo/:(top) *\n'x")] == [1, 1]
    (step,) = await steps(yard, "repo/b.bin")
    assert step.binary and (await yard.client.past_file("work", step.path, step.commit)).binary


async def test_a_checkpoint_that_is_a_commit_and_nothing_more_is_one_step(yard: Yard) -> None:
    repository = yard.repository("repo", {"README.md": "# Repo\n"})
    prompt = "Write NOTES.md about the sea"
    workspace = await yard.workspace(repository, name="work", agent="demo", prompt=prompt)
    async with yard.watch() as watch:
        pending = await yard.client.approvals("work")
        asked = pending[0] if pending else (await watch.until(ApprovalChanged)).approval
    await yard.client.answer_approval(asked.id, AnswerApproval(option=asked.options[0].id))
    turn = await yard.turn(workspace)
    await yard.engine._context.supervisor.settle("work")
    (step,) = await steps(yard, "repo/NOTES.md")
    assert (step.kind, step.process_id) == (StepKind.CHECKPOINT, turn.id)
    assert prompt in step.subject
