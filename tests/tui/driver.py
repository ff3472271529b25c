"""Driving the interface in a test: keys in, screen text out, and waiting for what is to come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.fake_engine import FakeEngine
from tui.app import BoatyardApp
from tui.engine.link import LinkState
from tui.widgets.rows import RowView, rows_of

SIZES = [
    pytest.param((80, 24), id="80x24", marks=pytest.mark.slow),
    pytest.param((120, 40), id="120x40"),
    pytest.param((200, 60), id="200x60", marks=pytest.mark.slow),
]
"""For `parametrize`; the quick run takes the one in the middle."""
PATIENCE = 60.0


class Driver:
    """One running interface."""

    def __init__(self, app: BoatyardApp, pilot: Pilot[None], engine: FakeEngine) -> None:
        self.app = app
        self.pilot = pilot
        self.engine = engine

    async def until(self, condition: Callable[[], Any], what: str = "") -> None:
        """Returns as soon as `condition` holds; fails with the screen when it does not come true."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    await self.pilot.pause(0.01)
        except TimeoutError:
            raise AssertionError(f"did not come true: {what}\n{self.text()}") from None

    async def press(self, *keys: str) -> None:
        """Presses keys, each after the effects of the one before."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Types into what has the focus."""
        await self.press(*("space" if char == " " else char for char in text))

    async def sees(self, *texts: str) -> None:
        """Waits until all of these are on the screen."""
        await self.until(lambda: all(text in self.text() for text in texts), f"on the screen: {texts}")

    async def asked(self, name: str) -> Any:
        """Waits until the engine was asked for `name`; what it was asked."""
        await self.until(lambda: any(call == name for call, _ in self.engine.calls), f"call {name}")
        return next(value for call, value in reversed(self.engine.calls) if call == name)

    def lines(self) -> list[str]:
        """The screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return [strip.text for strip in strips]

    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines())

    def rows(self, selector: str) -> list[str]:
        """The rows of a pane, in sight or not."""
        return list(rows_of(self.app.home.query_one(selector, RowView)))

    async def open_workspace(self, name: str) -> None:
        """Goes to a workspace's session."""
        self.app.home.go_to_workspace(name)
        home = self.app.home
        await self.until(lambda: home.session.workspace == name and home.session.main.has_focus, name)


@asynccontextmanager
async def driven(engine: FakeEngine, size: tuple[int, int] = (120, 40), **more: Any) -> AsyncIterator[Driver]:
    """The interface on a terminal of `size`, connected."""
    app = BoatyardApp(engine.connect, **more)
    async with app.run_test(size=size, notifications=True) as pilot:
        ui = Driver(app, pilot, engine)
        await ui.until(lambda: app.ready, "the panes")
        if engine.up:
            await ui.until(lambda: app.link.state is LinkState.CONNECTED and app.store.agents, "connected")
            await ui.until(lambda: app.home.arranging.loaded, "the panes are as they were left")
            await pilot.pause()
        yield ui
