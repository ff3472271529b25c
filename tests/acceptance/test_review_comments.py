"""Comments on a diff follow their lines, go to the agent together, and are resolved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from core.errors import ConflictError, NotFoundError, UsageError
from core.values.comments import PLACE, CommentPlace, Side
from core.values.events import CommentChanged, ScratchChanged
from core.values.requests import AddComment, MarkReviewed, PutScratch, SendComments, UpdateComment
from tests.yard import AGENTS, HOST, Yard

pytestmark = pytest.mark.slow

ECHO = """
[agents.echo]
kind = "command"
command = ["printf", "%s", "{prompt}"]
"""


@pytest.fixture
async def yard() -> AsyncIterator[Yard]:
    async with Yard(HOST + AGENTS + ECHO) as each:
        yield each


async def reviewed(yard: Yard) -> Path:
    repository = yard.repository("repo", {"a.py": "one = 1\ntwo = 2\n", "b.py": "b\n"})
    workspace = await yard.workspace(repository, name="work", agent="echo", prompt="first")
    await yard.turn(workspace)
    folder = Path(workspace.repos[0].path)
    (folder / "a.py").write_text("one = 1\ntwo = 22\nthree = 3\n")
    (folder / "b.py").unlink()
    return folder


async def test_comments_follow_their_lines_or_say_that_they_are_outdated(yard: Yard) -> None:
    folder = await reviewed(yard)
    async with yard.watch() as watch:
        line = await yard.client.add_comment("work", AddComment(path="a.py", first=2, body="why 22? `x`"))
        await watch.until(CommentChanged, lambda event: event.comment.id == line.id)
    await yard.client.add_comment("work", AddComment(path="a.py", first=2, last=3, body="both"))
    await yard.client.add_comment("work", AddComment(path="b.py", side=Side.OLD, first=1, body="keep it"))
    await yard.client.add_comment("work", AddComment(path="a.py", body="the whole file"))
    assert line.quote == ("two = 22",)

    (folder / "a.py").write_text("# new\n# lines\none = 1\ntwo = 22\nthree = 33\n")
    await yard.client.diff("work")
    found = {each.body: each for each in await yard.client.comments("work")}
    assert (found["why 22? `x`"].first, found["why 22? `x`"].outdated) == (4, False)
    assert (found["both"].first, found["both"].outdated) == (2, True)
    assert (found["keep it"].first, found["keep it"].outdated) == (1, False)
    assert (found["the whole file"].first, found["the whole file"].outdated) == (0, False)


async def test_what_was_begun_is_listed_where_its_lines_are_now(yard: Yard) -> None:
    folder = await reviewed(yard)
    (repo,) = {file.repo_id for file in (await yard.client.diff("work")).files}
    place = CommentPlace(repo_id=repo, path="a.py", first=2, last=2, quote=("two = 22",), before=("one = 1",))
    text = msgspec.json.encode(place).decode()
    for key, payload in {
        "work 1": {"body": "why 22?", PLACE: text},
        "work 2": {"body": "an edit, which has no place"},
        "work 3": {"body": "no place that can be read", PLACE: '{"repo_id": 3}'},
        "works 4": {"body": "of another workspace", PLACE: text},
    }.items():
        await yard.client.put_scratch("draft_comment", key, PutScratch(payload={**payload}))
    (folder / "a.py").write_text("two = 22\n# new\none = 1\ntwo = 22\nthree = 33\n")
    await yard.client.diff("work")
    (draft,) = await yard.client.comment_drafts("work")
    assert (draft.id, draft.draft, draft.body, draft.first, draft.last) == ("work 1", True, "why 22?", 4, 4)
    assert await yard.client.comments("work") == ()
    with pytest.raises(ConflictError):
        await yard.client.send_comments("work", SendComments())
    (folder / "a.py").write_text("one = 1\n")
    await yard.client.diff("work")
    (draft,) = await yard.client.comment_drafts("work")
    assert (draft.outdated, draft.first) == (True, 2)
    with pytest.raises(NotFoundError):
        await yard.client.comment_drafts("nowhere")


async def test_a_draft_goes_when_its_comment_is_there_and_another_stays(yard: Yard) -> None:
    await reviewed(yard)

    async def draft(key: str) -> object:
        return (await yard.client.scratch("draft_comment", key)).payload.get("body")

    for key, text in (("one", "why? \n"), ("two", "why, and how?")):
        await yard.client.put_scratch("draft_comment", key, PutScratch(payload={"body": text}))
    refused = AddComment(path="a.py", first=99, body="why?", draft="one")
    with pytest.raises(UsageError):
        await yard.client.add_comment("work", refused)
    assert await draft("one") == "why? \n", "what is refused stays a draft"
    async with yard.watch() as watch:
        line = await yard.client.add_comment(
            "work", AddComment(path="a.py", first=2, body="why?", draft="one")
        )
        event = await watch.until(ScratchChanged, lambda each: each.scratch.id == "one")
        assert event.scratch.payload == {}
    assert await draft("one") is None
    await yard.client.update_comment(line.id, UpdateComment(body="why, then?", draft="two"))
    assert await draft("two") == "why, and how?", "another terminal has written on meanwhile"
    await yard.client.update_comment(line.id, UpdateComment(body="why, and how?", draft="two"))
    assert await draft("two") is None


async def test_they_are_sent_together_with_path_lines_and_code(yard: Yard) -> None:
    folder = await reviewed(yard)
    first = await yard.client.add_comment("work", AddComment(path="a.py", first=2, body="why 22?"))
    await yard.client.add_comment("work", AddComment(path="b.py", side=Side.OLD, first=1, body="keep it"))
    done = await yard.client.add_comment("work", AddComment(path="a.py", body="never mind"))
    done = await yard.client.update_comment(done.id, UpdateComment(resolved=True))
    assert done.resolved
    (folder / "a.py").write_text("# nobody looked since\none = 1\ntwo = 22\nthree = 3\n")
    answer = await yard.client.send_comments("work", SendComments(message="Two things:", request_id="once"))
    again = await yard.client.send_comments("work", SendComments(ids=(first.id,), request_id="once"))
    assert again.process is not None and answer.process is not None
    assert again.process.id == answer.process.id
    process = await yard.turn("work")
    assert (await yard.client.log(process.id)).text == (
        "Two things:\n\n## a.py:3\n\n```\ntwo = 22\n```\nwhy 22?\n\n"
        "## b.py:1 (removed lines)\n\n```\nb\n```\nkeep it"
    )
    assert [each.sent_at is not None for each in await yard.client.comments("work")] == [False, True, True]
    with pytest.raises(ConflictError, match="waits to be sent"):
        await yard.client.send_comments("work", SendComments())
    changed = await yard.client.update_comment(first.id, UpdateComment(body="why 22, really?"))
    assert changed.sent_at is None
    await yard.client.remove_comment(first.id)
    with pytest.raises(NotFoundError):
        await yard.client.update_comment(first.id, UpdateComment(resolved=True))


async def test_a_removed_comment_comes_back_with_its_place_and_what_became_of_it(yard: Yard) -> None:
    folder = await reviewed(yard)
    kept = await yard.client.add_comment("work", AddComment(path="a.py", first=2, last=3, body="why?"))
    await yard.client.send_comments("work", SendComments())
    await yard.turn("work")
    (folder / "a.py").write_text("all else\n")
    await yard.client.diff("work")
    before = await yard.client.comments("work")
    assert before[0].outdated and before[0].sent_at is not None
    with pytest.raises(ConflictError, match="is there"):
        await yard.client.restore_comment(kept.id)
    await yard.client.remove_comment(kept.id)
    assert await yard.client.comments("work") == ()
    with pytest.raises(NotFoundError, match="was removed"):
        await yard.client.remove_comment(kept.id)
    async with yard.watch() as watch:
        await yard.client.restore_comment(kept.id)
        await watch.until(CommentChanged, lambda event: event.comment.id == kept.id)
    assert await yard.client.comments("work") == before


async def test_a_new_one_is_on_the_lines_that_were_seen_though_they_moved_meanwhile(yard: Yard) -> None:
    folder = await reviewed(yard)
    (folder / "a.py").write_text("# while\n# it is typed\none = 1\ntwo = 22\nthree = 3\n")
    seen = AddComment(path="a.py", first=2, last=3, body="why", quote=("two = 22",), before=("one = 1",))
    made = await yard.client.add_comment("work", seen)
    assert (made.first, made.last, made.quote) == (4, 5, ("two = 22", "three = 3"))
    (folder / "a.py").write_text("one = 1\ntwo = 22\n")
    made = await yard.client.add_comment("work", seen)
    assert (made.first, made.last) == (2, 2), "the second of the lines is gone"
    (folder / "a.py").write_text("all new\n")
    made = await yard.client.add_comment("work", seen)
    (listed,) = (each for each in await yard.client.comments("work") if each.id == made.id)
    assert (listed.outdated, listed.first, listed.quote) == (True, 2, ("two = 22",))


async def test_files_of_any_kind_are_commented_on_as_a_whole(yard: Yard) -> None:
    folder = await reviewed(yard)
    (folder / "picture.bin").write_bytes(b"\0\1\2")
    for path in ("b.py", "picture.bin"):  # one is deleted, the other has no lines
        made = await yard.client.add_comment("work", AddComment(path=path, body="why"))
        assert (made.path, made.first, made.outdated) == (path, 0, False)
    assert [each.outdated for each in await yard.client.comments("work")] == [False, False]


async def test_what_cannot_be_commented_on_is_refused(yard: Yard) -> None:
    await reviewed(yard)
    for body, why in (
        (AddComment(path="a.py", first=2, body="  "), "is empty"),
        (AddComment(path="a.py", first=9, body="x"), "cannot be commented on"),
        (AddComment(path="a.py", first=2, body="x", quote=("two = 22", "three")), "cannot be commented on"),
        (AddComment(path="a.py", first=1, last=2001, body="x", quote=("gone",)), "cannot be commented on"),
        (AddComment(path="none.py", first=1, body="x", quote=("gone",)), "cannot be commented on"),
        (AddComment(path="../../etc/passwd", first=1, body="x"), "cannot be commented on"),
        (AddComment(path="a.py", first=1, body="x\0"), "NUL"),
    ):
        with pytest.raises(UsageError, match=why):
            await yard.client.add_comment("work", body)
    with pytest.raises(NotFoundError, match="no repo"):
        await yard.client.add_comment("work", AddComment(path="a.py", repo="other", body="x"))
    assert await yard.client.comments("work") == ()


async def test_a_mark_of_a_file_that_was_read_goes_when_it_changes_again(yard: Yard) -> None:
    folder = await reviewed(yard)
    files = {file.path: file for file in (await yard.client.diff("work")).files}
    for path in files:
        body = MarkReviewed(path=path, content=files[path].new_id)
        assert (await yard.client.mark_reviewed("work", body)).reviewed

    async def marks() -> dict[str, bool]:
        return {file.path: file.reviewed for file in (await yard.client.diff("work")).files}

    assert await marks() == {"a.py": True, "b.py": True}
    (folder / "a.py").write_text("one = 1\n")
    assert await marks() == {"a.py": False, "b.py": True}
    await yard.client.mark_reviewed("work", MarkReviewed(path="b.py", reviewed=False))
    assert await marks() == {"a.py": False, "b.py": False}
