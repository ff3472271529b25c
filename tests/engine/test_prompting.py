"""What prompts are made from: tags, an account of what happened, pictures, paths, drafts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Never

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConflictError, NotFoundError, UsageError
from core.lifecycle.prompts import mentioned, told
from core.review.fuzzy import PathList
from core.values.conversation import EntryKind
from core.values.events import ScratchChanged
from core.values.requests import (
    AddImage,
    AddTag,
    AttachImage,
    NewWorkspace,
    PutScratch,
    SendPrompt,
    UpdateTag,
)
from tests.cli.test_verbs import PIXEL
from tests.yard import Yard


def written(workspace_folder: str) -> str:
    """All that the agent `writer` was told."""
    return (Path(workspace_folder) / "repo" / "WORK.md").read_text()


async def test_a_tag_is_spelled_out_for_the_agent_and_shown_as_typed(yard: Yard) -> None:
    await yard.client.add_tag(AddTag(name="style", content="Be brief."))
    workspace = await yard.workspace(agent="writer", prompt="Write it in @style, @nobody.")
    await yard.turn(workspace)
    assert written(workspace.folder) == "Write it in @style, @nobody.\n\n# @style\n\nBe brief.\n"
    conversation = await yard.client.conversation(workspace.name)
    user = [entry.text for entry in conversation.entries if entry.kind is EntryKind.USER]
    assert user == ["Write it in @style, @nobody."]
    process = (await yard.client.workspace(workspace.name)).process_id
    turn = await yard.client.turn(str(process))
    assert (turn.prompt, turn.sent.endswith("Be brief.")) == ("Write it in @style, @nobody.", True)
    await yard.restart()
    again = await yard.client.conversation(workspace.name)
    assert [entry.text for entry in again.entries if entry.kind is EntryKind.USER] == user


async def test_tags_have_names_of_their_own(yard: Yard) -> None:
    tag = await yard.client.add_tag(AddTag(name="style", content="x"))
    with pytest.raises(ConflictError, match="already"):
        await yard.client.add_tag(AddTag(name="style"))
    for name in ("", "a b", "@x", "-x", "x" * 65, "a/b"):
        with pytest.raises(UsageError, match="cannot be the name"):
            await yard.client.add_tag(AddTag(name=name))
    assert (await yard.client.update_tag("style", UpdateTag(name="tone"))).id == tag.id
    with pytest.raises(NotFoundError):
        await yard.client.tag("style")
    await yard.client.remove_tag("tone")
    assert await yard.client.tags() == ()


def test_addresses_and_paths_are_no_mentions() -> None:
    text = "@a, me@b.org and src/@c/x @d-e. (@f) @a @scope/pkg"
    assert mentioned(text) == ["a", "d-e", "f"]


@given(st.text(max_size=200), st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3))
def test_the_users_text_comes_first_as_typed(prompt: str, tags: dict[str, str]) -> None:
    assert told(prompt, tags).startswith(prompt)
    assert told(prompt, {}) == prompt


async def test_another_agent_is_told_what_happened_and_the_user_sees_only_their_text(yard: Yard) -> None:
    workspace = await yard.workspace(title="Fix the crane", agent="writer", prompt="Begin here.")
    await yard.turn(workspace)
    await yard.client.send(workspace.name, SendPrompt(prompt="Go on.", agent="demo"))
    await yard.client.stop_workspace(workspace.name)
    process = (await yard.client.workspace(workspace.name)).process_id
    turn = await yard.client.turn(str(process))
    assert turn.prompt == "Go on."
    for words in ("Task: Fix the crane", "> Begin here.", "> did: Begin here.", "- WORK.md (+1 -0)"):
        assert words in turn.sent
    entries = (await yard.client.conversation(workspace.name)).entries
    assert next(e.text for e in entries if e.kind is EntryKind.USER) == "Go on."
    first, second = await yard.client.sessions(workspace.name)
    assert (first.executor, second.executor) == ("writer", "demo")
    earlier = await yard.client.conversation(workspace.name, session=first.id)
    assert next(e.text for e in earlier.entries if e.kind is EntryKind.USER) == "Begin here."
    with pytest.raises(NotFoundError):
        await yard.client.conversation(workspace.name, session="0" * 32)


class TestPictures:
    async def test_the_same_bytes_are_kept_once_and_reach_the_agent(self, yard: Yard) -> None:
        for name in ("one.png", "two.png"):
            (yard.folder / name).write_bytes(PIXEL)
        first = await yard.client.add_image(AddImage(path=str(yard.folder / "one.png")))
        second = await yard.client.add_image(AddImage(path=str(yard.folder / "two.png")))
        assert (first, first.name, first.mime_type) == (second, "one.png", "image/png")
        assert [path.name for path in yard.home.images.iterdir()] == [first.sha256]
        task = await yard.task()
        await yard.client.attach_image(task.id, AttachImage(image=first.id))
        assert await yard.client.attach_image(task.id, AttachImage(image=first.id)) == (first,)
        operation = await yard.client.new_workspace(NewWorkspace(task=task.id, agent="writer", prompt="look"))
        await yard.done(operation)
        turn = await yard.turn(operation.workspace)
        assert (await yard.client.turn(turn.id)).attachments == (first.id,)
        workspace = await yard.client.workspace(operation.workspace)
        (copy,) = (Path(workspace.folder).parent / "runs" / "files").iterdir()
        assert (copy.read_bytes(), copy.name.endswith("-one.png")) == (PIXEL, True)
        await yard.client.detach_image(task.id, first.id)
        assert await yard.client.task_images(task.id) == ()

    async def test_what_is_no_picture_is_refused_without_waiting(self, yard: Yard) -> None:
        text, large = yard.folder / "a.png", yard.folder / "b.png"
        text.write_text("no picture")
        large.touch()
        os.truncate(large, 10**11)
        fifo = yard.fifo()
        for path, words in (
            (text, "no PNG"),
            (large, "more than 20 MiB"), (fifo, "no regular file"), (yard.folder, "no regular"),
            (Path("/dev/zero"), "no regular file"), (Path("relative.png"), "no absolute path"),
        ):  # fmt: skip
            with pytest.raises(UsageError, match=words):
                await yard.client.add_image(AddImage(path=str(path)))
        with pytest.raises(NotFoundError):
            await yard.client.add_image(AddImage(path=str(yard.folder / "nothing.png")))
        assert list(yard.home.images.iterdir()) == []


class TestPaths:
    def best(self, paths: list[str], query: str) -> list[str]:
        return [fit.path for fit in PathList(paths).best(query, 10)]

    def test_a_name_goes_before_folders_and_a_whole_word_before_pieces(self) -> None:
        paths = ["tests/queue/test_x.py", "core/engine/queue.py", "core/qu/e/ue.py", "a/q_u_e_u_e.md"]
        assert self.best(paths, "queue")[:2] == ["core/engine/queue.py", "a/q_u_e_u_e.md"]

    def test_beginnings_of_words_are_enough(self) -> None:
        paths = ["core/review/fuzzy.py", "core/client/steering_calls.py", "core/scales.py"]
        assert self.best(paths, "sc")[0] in ("core/scales.py", "core/client/steering_calls.py")
        assert self.best(paths, "stca") == ["core/client/steering_calls.py"]
        assert self.best(paths, "STCA") == ["core/client/steering_calls.py"]
        assert self.best(paths, "zzz") == []

    @given(
        st.lists(st.text(st.characters(exclude_characters="\0\n"), min_size=1, max_size=20)),
        st.text(max_size=6),
    )
    def test_what_fits_holds_the_characters_in_their_order(self, paths: list[str], query: str) -> None:
        for fit in PathList(paths).best(query, 50):
            assert list(fit.places) == sorted(set(fit.places))
            assert all(0 <= place < len(fit.path) for place in fit.places)

    async def test_tracked_and_new_files_are_found_and_ignored_ones_not(self, yard: Yard) -> None:
        repository = yard.repository(files={"src/main.py": "x", ".gitignore": "*.log\n"})
        workspace = await yard.workspace(repository)
        folder = Path(workspace.folder) / "repo"
        (folder / "src" / "new-Main.py").write_text("y")
        (folder / "src" / "main.log").write_text("z")
        await yard.client.diff(workspace.name)
        found = await yard.client.find_paths(workspace.name, "main")
        assert [match.path for match in found] == ["src/main.py", "src/new-Main.py"]
        assert found[0].matched == (4, 5, 6, 7)
        assert len(await yard.client.find_paths(workspace.name, "", limit=2)) == 2


async def test_a_draft_that_is_sent_is_gone_with_the_same_stroke_and_told(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = (await yard.workspace(agent="writer", prompt="one")).name
    await yard.turn(name)

    async def draft() -> object:
        return (await yard.client.scratch("draft_follow_up", name)).payload.get("prompt")

    await yard.client.put_scratch("draft_follow_up", name, PutScratch(payload={"prompt": "two \n"}))
    await yard.client.send(name, SendPrompt(prompt="something else"))
    await yard.turn(name)
    assert await draft() == "two \n"
    with pytest.raises(NotFoundError):
        await yard.client.send(name, SendPrompt(prompt="two", agent="no-such"))
    with monkeypatch.context() as broken:
        broken.setattr("core.lifecycle.turns.Turns.start", refuse)
        with pytest.raises(ConflictError, match="on purpose"):
            await yard.client.send(name, SendPrompt(prompt="two"))
    assert await draft() == "two \n", "what could not be sent is still there to be sent"
    async with yard.watch() as watch:
        await yard.client.send(name, SendPrompt(prompt="two"))
        assert (await watch.until(ScratchChanged)).scratch.payload == {}
    assert await draft() is None


async def refuse(*_: object) -> Never:
    raise ConflictError("on purpose")


async def test_a_draft_is_kept_and_told_to_other_terminals(yard: Yard) -> None:
    kept = await yard.client.scratch("draft_follow_up", "w")
    assert (kept.payload, kept.updated_at) == ({}, 0.0)
    async with yard.watch() as watch:
        await yard.client.put_scratch("draft_follow_up", "w", PutScratch(payload={"text": "half a"}))
        await yard.client.put_scratch("draft_follow_up", "w", PutScratch(payload={"text": "half a sentence"}))
        event = await watch.until(ScratchChanged, lambda e: e.scratch.payload == {"text": "half a sentence"})
    await yard.restart()
    assert await yard.client.scratch("draft_follow_up", "w") == event.scratch
    await yard.client.remove_scratch("draft_follow_up", "w")
    assert (await yard.client.scratch("draft_follow_up", "w")).updated_at == 0.0
    with pytest.raises(UsageError, match="no kind"):
        await yard.client.put_scratch("diary", "w", PutScratch(payload={}))
