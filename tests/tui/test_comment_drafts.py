"""What is typed into a comment is kept as typed: at another terminal, after an error, without an engine."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from core.errors import BoatyardError
from core.paths import find_home
from core.values import events as told
from core.values import requests as ask
from core.values.comments import ReviewComment, Side
from core.values.prompting import Scratch
from core.values.review import LineKind
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine, changed_file, diff_of
from tui.comments.drafts import place_key
from tui.engine.link import LinkState

KIND = "draft_comment"
PLACE = place_key("second", "repo-app", "a.py", Side.NEW, 2, 2)


@pytest.fixture(autouse=True)
def one_file(engine: FakeEngine) -> None:
    engine.changed = (msgspec.structs.replace(changed_file("a.py"), new_id="1" * 40),)
    engine.diffs["a.py"] = diff_of(("@", "@@ -1,2 +1,2 @@"), (" ", "same"), ("-", "old"), ("+", "new"))
    assert engine.diffs["a.py"][-1].kind is LineKind.ADDED


async def begin(ui: Driver) -> None:
    """Opens the box on the line `new`."""
    await ui.open_workspace("second")
    await ui.press("4", "enter")
    await ui.sees("same")
    await ui.press("j", "j", "j", "c")
    await ui.sees("Comment on a.py:2")


async def kept(ui: Driver, engine: FakeEngine, text: str, key: str = PLACE) -> None:
    """Returns when the engine has this draft."""

    def is_there() -> bool:
        scratch = engine.scratches.get((KIND, key))
        return scratch is not None and scratch.payload["body"] == text

    await ui.until(is_there, f"{text!r} is kept: {engine.scratches}")


async def test_it_is_there_again_at_another_terminal_and_gone_when_it_is_made(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await begin(ui)
        await ui.type("why so")
        await kept(ui, engine, "why so")  # while it is typed: nobody has left the box
    async with driven(engine) as other:
        await begin(other)
        await other.sees("why so")
        await other.press("enter")
        body = await other.asked("add_comment")
        assert (body.body, body.draft) == ("why so", PLACE)
        assert (body.before, body.quote, body.after) == (("same",), ("new",), ())
        await other.until(lambda: (KIND, PLACE) not in engine.scratches, "the draft is forgotten")
        await other.sees("open  why so")
        await other.press("c")
        await other.sees("Comment on a.py:2")
        assert "why so" not in other.text().split("Comment on a.py:2")[1]


@pytest.fixture
def slow(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Until this is set, the engine does not answer what it has of a draft."""
    answers, scratch = asyncio.Event(), engine.scratch

    async def waits(kind: str, owner: str) -> Scratch:
        if kind == KIND:
            await answers.wait()
        return await scratch(kind, owner)

    monkeypatch.setattr(engine, "scratch", waits)
    return answers


async def test_keys_in_one_burst_go_into_the_box_and_the_draft_goes_before_them(
    engine: FakeEngine, slow: asyncio.Event
) -> None:
    engine.put_draft(KIND, PLACE, {"body": "from before"})
    async with driven(engine) as ui:
        await begin(ui)
        await ui.type("and more")
        await ui.press("enter")
        slow.set()
        await kept(ui, engine, "from before\nand more")
        await ui.sees("from before", "and more")
        assert not any(call == "add_comment" for call, _ in engine.calls), "it says more than one knew"
        await ui.press("enter")
        assert (await ui.asked("add_comment")).body == "from before\nand more"


async def test_without_a_draft_a_burst_makes_the_comment(engine: FakeEngine, slow: asyncio.Event) -> None:
    async with driven(engine) as ui:
        await begin(ui)
        await ui.type("why")
        await ui.press("enter")
        slow.set()
        assert (await ui.asked("add_comment")).body == "why"


async def test_what_the_engine_refuses_is_there_again(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(name: str, body: ask.AddComment) -> ReviewComment:
        raise BoatyardError("the disk is full", hint="Free some.")

    monkeypatch.setattr(engine, "add_comment", refuses)
    async with driven(engine) as ui:
        await begin(ui)
        await ui.type("why")
        await ui.press("enter")
        await ui.sees("the disk is full")
        await kept(ui, engine, "why")
        await ui.press("c")
        await ui.sees("Comment on a.py:2", "why")


async def test_what_is_deleted_again_is_no_draft(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await begin(ui)
        await ui.type("no")
        await kept(ui, engine, "no")
        await ui.press("backspace", "backspace", "escape")
        await ui.until(lambda: (KIND, PLACE) not in engine.scratches, "it is thrown away")


@pytest.mark.parametrize("way", ["in the diff", "in the list"])
async def test_an_edit_goes_on_where_it_was(engine: FakeEngine, way: str) -> None:
    engine.put_comment(
        ReviewComment(
            id="c", workspace="second", repo_id="repo-app", path="a.py", first=2, last=2, body="why"
        )
    )

    async def edit(ui: Driver) -> None:
        await ui.open_workspace("second")
        if way == "in the list":
            await ui.press("C")
            await ui.sees("Comments on second")
            await ui.press("e")
        else:
            await ui.press("4", "enter")
            await ui.sees("open  why")
            await ui.press("j", "j", "j", "j", "c")
        await ui.sees("a comment" if way == "in the diff" else "Comment on a.py:2")

    async with driven(engine) as ui:
        await edit(ui)
        await ui.type(" not")
        await kept(ui, engine, "why not", "c")
    async with driven(engine) as other:
        await edit(other)
        await other.sees("why not")
        await other.press("enter")
        await other.asked("update_comment")
        await other.until(lambda: engine.comments_["c"].body == "why not", "it is changed")
        await other.until(lambda: (KIND, "c") not in engine.scratches, "the draft is forgotten")


async def test_what_is_typed_while_the_engine_is_away_is_given_to_it_later(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await begin(ui)
        engine.fall()
        await ui.until(lambda: ui.app.link.state is not LinkState.CONNECTED, "it is away")
        await ui.type("why")
        await ui.until(lambda: ui.app.comment_drafts.unsaved, "typed")
        engine.up = True
        await kept(ui, engine, "why")  # without another key


async def test_what_the_engine_never_got_is_there_at_the_next_start(
    engine: FakeEngine, tmp_path: Path
) -> None:
    home = find_home(str(tmp_path))
    home.create()
    async with driven(engine, home=home) as ui:
        await begin(ui)
        engine.fall()
        await ui.until(lambda: ui.app.link.state is not LinkState.CONNECTED, "it is away")
        await ui.type("why")
        await ui.until(lambda: ui.app.comment_drafts.unsaved, "typed")
        ui.app.keep_preferences()  # as when the terminal goes
    assert (KIND, PLACE) not in engine.scratches
    engine.up = True
    async with driven(engine, home=home) as ui:
        await kept(ui, engine, "why")
        await begin(ui)
        await ui.sees("why")


async def begun_and_left(ui: Driver, engine: FakeEngine, text: str) -> None:
    await begin(ui)
    await ui.type(text)
    await kept(ui, engine, text)
    await ui.press("escape")
    await ui.sees(f"draft  {text}")


async def test_it_is_seen_below_its_line_and_goes_on_from_there(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await begun_and_left(ui, engine, "why")
        place = msgspec.json.decode(str(engine.scratches[KIND, PLACE].payload["place"]))
        assert (place["first"], place["last"], place["quote"]) == (2, 2, ["new"])
        assert (place["before"], place["after"]) == (["same"], [])
        assert "▲1" not in ui.rows("#diff-files")[0], "a draft is no comment that waits"
        await ui.press("j", "c")
        await ui.sees("Comment on a.py:2", "leave as draft")
        await ui.press("enter")
        assert (await ui.asked("add_comment")).body == "why"
        await ui.sees("open  why")
        assert "draft" not in ui.text()


async def test_an_edit_above_moves_it_along_with_its_line(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await begun_and_left(ui, engine, "why")
        await ui.press("k")
        added = (("+", "b"), ("+", "c"))
        engine.diffs["a.py"] = diff_of(("@", "@@ -1,2 +1,4 @@"), *added, (" ", "same"), ("+", "new"))
        engine.moved = {"first": 4, "last": 4}
        engine.changed = (msgspec.structs.replace(engine.changed[0], new_id="2" * 40, added=3),)
        engine.emit(told.FilesChanged(workspace="second"))
        await ui.sees("+ b", "draft  why")
        below = next(n for n, line in enumerate(ui.lines()) if "draft  why" in line)
        assert "4 + new" in ui.lines()[below - 1]
        view = ui.app.home.diff.view
        view.move_to(next(n for n in range(view.row_count()) if view.row_text(n) == "new"))
        await ui.press("c")
        await ui.sees("Comment on a.py:4", "why")
        await ui.press("escape")
        await ui.sees("draft  why")
        view.move_to(next(n for n in range(view.row_count()) if view.row_text(n) == "c"))
        await ui.press("c")
        await ui.sees("Comment on a.py:2")
        await ui.type("other")
        await ui.press("enter")
        body = await ui.asked("add_comment")
        assert (body.first, body.body) == (2, "other")
        await ui.sees("draft  why", "open  other")


async def test_the_list_has_it_and_opens_it(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await begun_and_left(ui, engine, "why")
        await ui.press("C")
        await ui.sees("Comments on second", "draft", "a.py:2")
        await ui.press("s")
        await ui.sees("no comment yet")
        await ui.press("r")
        assert not any(call in ("send_comments", "update_comment") for call, _ in engine.calls)
        await ui.press("d")
        await ui.sees("The draft is thrown away", "No comment yet")
        await ui.press("z")
        await kept(ui, engine, "why")
        await ui.sees("draft")
        await ui.press("enter")
        await ui.sees("Comment on a.py:2", "why")
        await ui.press("enter")
        body = await ui.asked("add_comment")
        assert (body.first, body.body, body.draft) == (2, "why", PLACE)


async def test_one_whose_lines_are_gone_says_what_they_were(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await begun_and_left(ui, engine, "why")
        engine.moved = {"outdated": True}
        await ui.press("C")
        await ui.sees("draft, outdated")
        await ui.press("enter")
        await ui.sees("Comment on a.py:2", "why")
        await ui.press("enter")
        body = await ui.asked("add_comment")
        assert (body.path, body.first, body.quote, body.body) == ("a.py", 2, ("new",), "why")
