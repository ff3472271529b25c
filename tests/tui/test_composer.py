"""Writing to an agent: the draft is kept as typed, files and tags are offered, nothing written is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from core.errors import UnreachableError
from core.values.conversation import AgentCommand
from core.values.entities import AgentInfo
from core.values.prompting import Tag
from core.values.requests import SendPrompt
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine
from tests.tui.fake_engine.values import DEMO
from tui.session.suggestions import wanted
from tui.widgets.pasted import is_picture, pasted_path


async def write(ui: Driver, text: str = "") -> None:
    await ui.open_workspace("first")
    await ui.press("i")
    await ui.until(lambda: ui.app.home.session.prompt.has_focus, "prompt")
    if text:
        await ui.type(text)


def prompt_of(ui: Driver) -> str:
    return ui.app.home.session.prompt.text


async def test_a_draft_is_kept_as_typed_and_seen_in_a_second_terminal(engine: FakeEngine) -> None:
    async with driven(engine) as one, driven(engine) as other:
        await other.open_workspace("first")
        await write(one, "half a thou")
        await other.until(lambda: prompt_of(other) == "half a thou", "the other terminal shows it")
    async with driven(engine) as third:
        await third.open_workspace("first")
        await third.until(lambda: prompt_of(third) == "half a thou", "a new terminal shows it")


async def test_what_is_typed_here_is_not_replaced_by_what_comes_meanwhile(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.session.drafts.REST_SECONDS", 3600)
    async with driven(engine) as ui:
        await write(ui, "mine")
        engine.put_draft("draft_follow_up", "first", {"prompt": "theirs"})
        engine.put_draft("draft_follow_up", "second", {"prompt": "seen"})
        drafts = ui.app.home.session.composer.drafts
        await ui.until(lambda: drafts.of("second").text == "seen", "both were told")
        assert prompt_of(ui) == "mine"
        await drafts.save()
        await ui.until(
            lambda: engine.scratches["draft_follow_up", "first"].payload["prompt"] == "mine", "the last wins"
        )
        assert prompt_of(ui) == "mine"


async def test_a_failed_send_keeps_the_text_and_the_second_try_is_the_same_request(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies: list[SendPrompt] = []
    send = engine.send

    async def failing(name: str, body: SendPrompt) -> object:
        bodies.append(body)
        if len(bodies) == 1:
            raise UnreachableError("the answer got lost", hint="Try again.")
        return await send(name, body)

    monkeypatch.setattr(engine, "send", failing)
    async with driven(engine) as ui:
        await write(ui, "do it")
        await ui.press("enter")
        await ui.sees("the answer got lost")
        assert prompt_of(ui) == "do it"
        await ui.press("enter")
        await ui.until(lambda: prompt_of(ui) == "", "sent")
        assert bodies[0].request_id == bodies[1].request_id != ""
        await ui.type("do more")
        await ui.press("enter")
        await ui.until(lambda: len(bodies) == 3, "another prompt")
        assert bodies[2].request_id != bodies[1].request_id


async def test_files_and_tags_are_offered_after_an_at_sign(engine: FakeEngine) -> None:
    engine.paths = ["src/main.py", "src/map.py", "README.md"]
    engine.tags_ = [Tag(id="t", name="style", content="Write short lines.")]
    async with driven(engine) as ui:
        await write(ui, "see @ma")
        await ui.sees("file    src/main.py", "src/map.py")
        await ui.press("down", "enter")
        await ui.until(lambda: prompt_of(ui) == "see @src/map.py ", "inserted")
        await ui.type("@sty")
        await ui.sees("style  Write short lines.")
        await ui.press("tab")
        await ui.until(lambda: prompt_of(ui) == "see @src/map.py @style ", "inserted")
        assert not any(call == "send" for call, _ in engine.calls)
        await ui.type("@x")
        await ui.press("enter")
        await ui.asked("send")


async def test_the_agents_own_commands_are_offered_at_the_start(engine: FakeEngine) -> None:
    engine.commands_ = (
        AgentCommand(name="review", description="Looks at the diff"), AgentCommand(name="preview"),
    )  # fmt: skip
    async with driven(engine) as ui:
        await write(ui, "/rev")
        await ui.sees("/review", "Looks at the diff", "/preview")
        await ui.press("escape")
        await ui.until(lambda: "Looks at the diff" not in ui.text(), "the list is closed")
        assert ui.app.home.session.prompt.has_focus
        await ui.type("i")
        await ui.press("tab")
        await ui.until(lambda: prompt_of(ui) == "/review ", "inserted")


async def test_up_on_the_first_line_calls_up_what_was_sent(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await write(ui)
        for prompt in ("one", "two"):
            await ui.type(prompt)
            await ui.press("enter")
            await ui.until(lambda: prompt_of(ui) == "", "sent")
        await ui.until(
            lambda: len(engine.scratches["ui_preferences", "prompts-project-app"].payload["prompts"]) == 2,  # type: ignore[arg-type]
            "remembered",
        )
        await ui.type("draft")
        for key, text in (("up", "two"), ("up", "one"), ("up", "one"), ("down", "two"), ("down", "draft")):
            await ui.press(key)
            await ui.until(lambda text=text: prompt_of(ui) == text, text)  # type: ignore[misc]


async def test_the_path_of_a_picture_is_attached_and_can_be_dropped(
    engine: FakeEngine, tmp_path: Path
) -> None:
    picture = tmp_path / "a shot.png"
    picture.write_bytes(b"\x89PNG")
    async with driven(engine) as ui:
        await write(ui)
        for _ in range(2):
            ui.app.home.session.prompt.post_message(events.Paste(f"'{picture}'"))
            await ui.sees("with a shot.png 2.0K")
            assert await ui.asked("add_image") == str(picture)
            assert prompt_of(ui) == ""
            if _ == 0:
                await ui.press("ctrl+r")
                await ui.until(lambda: "a shot.png" not in ui.text(), "dropped")
        await ui.type("look")
        await ui.press("enter")
        await ui.asked("send")
        assert engine.sent[-1].attachments == ("image-a shot.png",)
        await ui.until(lambda: "a shot.png" not in ui.text(), "sent along")


async def test_a_prompt_goes_to_another_agent_in_a_new_session(engine: FakeEngine) -> None:
    engine.agents_ = (DEMO, AgentInfo(name="second", title="Second agent", kind="acp", available=True))
    async with driven(engine) as ui:
        await write(ui, "go on")
        await ui.press("ctrl+t")
        await ui.sees("in a new session", "Second agent")
        await ui.press("enter")
        await ui.asked("send")
        assert engine.sent[-1].agent == "second"


def test_pasted_paths_are_understood(tmp_path: Path) -> None:
    assert pasted_path(" '/a b/c.png' ") == pasted_path("/a\\ b/c.png") == pasted_path("file:///a%20b/c.png")
    (tmp_path / "x.PNG").touch()
    assert is_picture(str(tmp_path / "x.PNG"))
    for text in ("/nowhere/x.png", "x.png", f"{tmp_path}/x.PNG\nmore", str(tmp_path), "a" * 5000, "/\0.png"):
        assert not is_picture(text)


def test_what_is_wanted_is_read_from_the_line() -> None:
    assert wanted("see @src/ma", first_line=False) is not None
    for line in ("mail@host", "a @b c", "", "/x"):
        assert wanted(line, first_line=False) is None
    found = wanted("/rev", first_line=True)
    assert found is not None and (found.kind, found.query) == ("command", "rev")
    assert wanted("/rev it", first_line=True) is None


async def test_a_prompt_that_waits_for_a_budget_says_so(engine: FakeEngine) -> None:
    engine.set_workspace(engine.workspaces_["first"], paused="3 of 3 turns are used")
    async with driven(engine) as ui:
        await write(ui, "go on")
        await ui.press("enter")
        await ui.sees("Queued, and it waits: 3 of 3 turns are used")
