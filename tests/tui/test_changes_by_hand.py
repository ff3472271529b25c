"""What the user changes with programs of their own, of which nobody tells: seen in a diff that stays open."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from textual import events

from core.values.review import FileNode
from tests.tui.changes import one_file
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine
from tui.commands import terminals
from tui.diff import reading


def write(engine: FakeEngine, text: str, number: int) -> None:
    """As an editor does that is not the agent's."""
    one_file(engine, ("@", "@@"), ("+", text))
    engine.changed = (msgspec.structs.replace(engine.changed[0], new_id=str(number) * 40),)


async def test_it_is_looked_at_again_when_the_terminal_gets_the_focus(engine: FakeEngine) -> None:
    write(engine, "before", 1)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("before")
        write(engine, "by hand", 2)
        ui.app.post_message(events.AppBlur())
        ui.app.post_message(events.AppFocus())
        await ui.sees("by hand")
        await ui.press("3")
        engine.tree = {"": (FileNode(path="new.py", name="new.py", folder=False),)}
        ui.app.post_message(events.AppFocus())
        await ui.sees("new.py")


async def test_it_is_looked_at_now_and_then_while_a_shell_is_open_beside_it(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, left = asyncio.Event(), asyncio.Event()

    async def run(app: Any, title: str, argv: Sequence[str]) -> int:
        opened.set()
        await left.wait()
        return 0

    monkeypatch.setattr(terminals, "run_beside", run)
    monkeypatch.setattr(terminals, "in_tmux", lambda: True)
    monkeypatch.setattr(reading, "HAND_SECONDS", 0.05)
    monkeypatch.setattr(reading, "HAND_SHARE", 0)
    write(engine, "before", 1)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("before")
        await ui.press("E")
        await opened.wait()
        write(engine, "by hand", 2)
        await ui.sees("by hand")
        write(engine, "again", 3)
        await ui.sees("again")
        left.set()
        await ui.until(lambda: ui.app.home.diff._live is None, "it rests")
