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
from tests.tui.harbour import DEMO, Harbour
from tests.tui.steering import Helm, at_the_helm
from tui.session.suggestions import wanted
from tui.widgets.pasted import is_picture, pasted_path


async def write(helm: Helm, text: str = "") -> None:
    await helm.open_workspace("first")
    await helm.press("i")
    await helm.until(lambda: helm.app.home.session.prompt.has_focus, "prompt")
    if text:
        await helm.type(text)


def prompt_of(helm: Helm) -> str:
    return helm.app.home.session.prompt.text


async def test_a_draft_is_kept_as_typed_and_seen_in_a_second_terminal(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as one, at_the_helm(fleet) as other:
        await other.open_workspace("first")
        await write(one, "half a thou")
        await other.until(lambda: prompt_of(other) == "half a thou", "the other terminal shows it")
    async with at_the_helm(fleet) as third:
        await third.open_workspace("first")
        await third.until(lambda: prompt_of(third) == "half a thou", "a new terminal shows it")


async def test_what_is_typed_here_is_not_replaced_by_what_comes_meanwhile(
    fleet: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.session.drafts.REST_SECONDS", 3600)
    async with at_the_helm(fleet) as helm:
        await write(helm, "mine")
        fleet.put_draft("draft_follow_up", "first", {"prompt": "theirs"})
        fleet.put_draft("draft_follow_up", "second", {"prompt": "seen"})
        drafts = helm.app.home.session.composer.drafts
        await helm.until(lambda: drafts.of("second").text == "seen", "both were told")
        assert prompt_of(helm) == "mine"
        await drafts.save()
        await helm.until(
            lambda: fleet.scratches["draft_follow_up", "first"].payload["prompt"] == "mine", "the last wins"
        )
        assert prompt_of(helm) == "mine"


async def test_a_failed_send_keeps_the_text_and_the_second_try_is_the_same_request(
    fleet: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies: list[SendPrompt] = []
    send = fleet.send

    async def failing(name: str, body: SendPrompt) -> object:
        bodies.append(body)
        if len(bodies) == 1:
            raise UnreachableError("the answer got lost", hint="Try again.")
        return await send(name, body)

    monkeypatch.setattr(fleet, "send", failing)
    async with at_the_helm(fleet) as helm:
        await write(helm, "do it")
        await helm.press("enter")
        await helm.sees("the answer got lost")
        assert prompt_of(helm) == "do it"
        await helm.press("enter")
        await helm.until(lambda: prompt_of(helm) == "", "sent")
        assert bodies[0].request_id == bodies[1].request_id != ""
        await helm.type("do more")
        await helm.press("enter")
        await helm.until(lambda: len(bodies) == 3, "another prompt")
        assert bodies[2].request_id != bodies[1].request_id


async def test_files_and_tags_are_offered_after_an_at_sign(fleet: Harbour) -> None:
    fleet.paths = ["src/main.py", "src/map.py", "README.md"]
    fleet.tags_ = [Tag(id="t", name="style", content="Write short lines.")]
    async with at_the_helm(fleet) as helm:
        await write(helm, "see @ma")
        await helm.sees("file    src/main.py", "src/map.py")
        await helm.press("down", "enter")
        await helm.until(lambda: prompt_of(helm) == "see @src/map.py ", "inserted")
        await helm.type("@sty")
        await helm.sees("style  Write short lines.")
        await helm.press("tab")
        await helm.until(lambda: prompt_of(helm) == "see @src/map.py @style ", "inserted")
        assert not any(call == "send" for call, _ in fleet.calls)
        await helm.type("@x")
        await helm.press("enter")
        await helm.asked("send")


async def test_the_agents_own_commands_are_offered_at_the_start(fleet: Harbour) -> None:
    fleet.commands_ = (
        AgentCommand(name="review", description="Looks at the diff"), AgentCommand(name="preview"),
    )  # fmt: skip
    async with at_the_helm(fleet) as helm:
        await write(helm, "/rev")
        await helm.sees("/review", "Looks at the diff", "/preview")
        await helm.press("escape")
        await helm.until(lambda: "Looks at the diff" not in helm.text(), "the list is closed")
        assert helm.app.home.session.prompt.has_focus
        await helm.type("i")
        await helm.press("tab")
        await helm.until(lambda: prompt_of(helm) == "/review ", "inserted")


async def test_up_on_the_first_line_calls_up_what_was_sent(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await write(helm)
        for prompt in ("one", "two"):
            await helm.type(prompt)
            await helm.press("enter")
            await helm.until(lambda: prompt_of(helm) == "", "sent")
        await helm.until(
            lambda: len(fleet.scratches["ui_preferences", "prompts-project-app"].payload["prompts"]) == 2,  # type: ignore[arg-type]
            "remembered",
        )
        await helm.type("draft")
        for key, text in (("up", "two"), ("up", "one"), ("up", "one"), ("down", "two"), ("down", "draft")):
            await helm.press(key)
            await helm.until(lambda text=text: prompt_of(helm) == text, text)  # type: ignore[misc]


async def test_the_path_of_a_picture_is_attached_and_can_be_dropped(fleet: Harbour, tmp_path: Path) -> None:
    picture = tmp_path / "a shot.png"
    picture.write_bytes(b"\x89PNG")
    async with at_the_helm(fleet) as helm:
        await write(helm)
        for _ in range(2):
            helm.app.home.session.prompt.post_message(events.Paste(f"'{picture}'"))
            await helm.sees("with a shot.png 2.0K")
            assert await helm.asked("add_image") == str(picture)
            assert prompt_of(helm) == ""
            if _ == 0:
                await helm.press("ctrl+r")
                await helm.until(lambda: "a shot.png" not in helm.text(), "dropped")
        await helm.type("look")
        await helm.press("enter")
        await helm.asked("send")
        assert fleet.sent[-1].attachments == ("image-a shot.png",)
        await helm.until(lambda: "a shot.png" not in helm.text(), "sent along")


async def test_a_prompt_goes_to_another_agent_in_a_new_session(fleet: Harbour) -> None:
    fleet.agents_ = (DEMO, AgentInfo(name="second", title="Second agent", kind="acp", available=True))
    async with at_the_helm(fleet) as helm:
        await write(helm, "go on")
        await helm.press("ctrl+t")
        await helm.sees("in a new session", "Second agent")
        await helm.press("enter")
        await helm.asked("send")
        assert fleet.sent[-1].agent == "second"


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


async def test_a_prompt_that_waits_for_a_budget_says_so(fleet: Harbour) -> None:
    fleet.set_workspace(fleet.workspaces_["first"], paused="3 of 3 turns are used")
    async with at_the_helm(fleet) as helm:
        await write(helm, "go on")
        await helm.press("enter")
        await helm.sees("Queued, and it waits: 3 of 3 turns are used")
