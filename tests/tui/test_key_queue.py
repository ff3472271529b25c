"""Keys that come in one burst, as over a slow line, do what they would do one by one."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget

from core.values.prompting import Scratch
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine
from tui.keys.queue import PATIENCE, KeyQueue


class Told(Message):
    """What a widget tells itself of a key."""


class Left(Message):
    """What it then tells its parent."""


class Field(Widget, can_focus=True):
    """Tells itself of a key, which takes as long as `gate` is shut."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.taken: asyncio.Queue[str] = asyncio.Queue()

    def on_key(self, event: events.Key) -> None:
        self.taken.put_nowait(event.key)
        self.post_message(Told())

    async def on_told(self) -> None:
        await self.gate.wait()
        self.post_message(Left())


class Form(Container):
    """Goes on to its second field when one has been left."""

    def compose(self) -> ComposeResult:
        yield Field()
        yield Field()

    def on_left(self) -> None:
        self.query(Field).last().focus()


class Typed(App[None]):
    """A form whose keys come through a queue."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = KeyQueue(self)

    def on_mount(self) -> None:
        self.keys.begin()

    def compose(self) -> ComposeResult:
        yield Form()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self.keys.take(event, super().on_event)
        else:
            await super().on_event(event)


async def test_a_key_waits_for_what_the_one_before_makes_a_widget_tell_its_parent() -> None:
    app = Typed()
    async with app.run_test() as pilot:
        first, second = app.query(Field)
        first.focus()
        await pilot.pause()
        for key in ("f1", "f2"):
            app.post_message(events.Key(key, None))
        assert await first.taken.get() == "f1"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(PATIENCE / 2):
                await first.taken.get()
        first.gate.set()
        async with asyncio.timeout(PATIENCE * 20):
            assert await second.taken.get() == "f2"
        second.gate.set()


async def test_what_is_typed_right_behind_a_key_goes_where_that_key_leads(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        for char in "iEnd sends":
            ui.app.post_message(events.Key("space" if char == " " else char, char))
        prompt = ui.app.home.session.prompt
        await ui.until(lambda: prompt.text == "End sends", "the burst as it was typed")


async def test_what_is_typed_before_a_form_is_there_waits_for_it(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine is asked first for what was begun before; it takes its time."""
    answers, scratch = asyncio.Event(), engine.scratch

    async def waits(kind: str, owner: str) -> Scratch:
        if kind == "draft_task":
            asked.set()
            await answers.wait()
        return await scratch(kind, owner)

    asked, overtook = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr(engine, "scratch", waits)
    monkeypatch.setattr("tui.keys.queue.PATIENCE", PATIENCE * 40)
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        for char in "nEnd sends":
            ui.app.post_message(events.Key("space" if char == " " else char, char))
        await asked.wait()
        monkeypatch.setattr(ui.app, "perform", lambda action: overtook.set())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(PATIENCE / 2):
                await overtook.wait()
        monkeypatch.delattr(ui.app, "perform")
        answers.set()
        await ui.sees("New task", "End sends")
        await ui.press("escape")
        await ui.until(lambda: ui.app.screen is ui.app.home, "nothing else was opened")


async def test_a_key_right_behind_a_find_is_not_typed_into_its_line(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("1")
        for _ in range(5):
            for char in "/second":
                ui.app.post_message(events.Key(char, char))
            ui.app.post_message(events.Key("enter", "\r"))
            ui.app.post_message(events.Key("question_mark", "?"))
            await ui.until(lambda: ui.app.screen is not ui.app.home, "the help")
            await ui.press("escape")
            await ui.until(lambda: ui.app.screen is ui.app.home, "the panes again")


async def test_a_key_that_means_nothing_here_does_nothing(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        for key in ("at", "tilde", "backslash"):
            await ui.press(key)
        await ui.press("question_mark")
        await ui.until(lambda: ui.app.screen is not ui.app.home, "the help")
