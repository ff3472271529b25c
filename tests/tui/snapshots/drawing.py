"""A screen as files: its text, and which style each of its cells has, in lines that a person can compare."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch
from zlib import crc32

from rich.style import Style
from textual.widgets import Input, TextArea

from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine
from tests.tui.snapshots.scenes import Scene
from tests.tui.snapshots.world import CLAUDE, CLOCK, peopled

HERE = Path(__file__).parent
SIZES = ((80, 24), (120, 40), (200, 60))
THEMES = ("boatyard-dark", "boatyard-light", "ansi")
STYLED = (120, 40)
"""The size at which styles are kept: at the others the same widgets are drawn in the same ones."""
STILL = 3
"""Looks in a row that have to be the same before a screen counts as drawn."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def text_file(scene: Scene, size: tuple[int, int]) -> Path:
    return HERE / "text" / f"{scene.name}-{size[0]}x{size[1]}.txt"


def style_file(scene: Scene, theme: str) -> Path:
    return HERE / "styles" / f"{scene.name}-{theme}.txt"


@contextmanager
def _still() -> Iterator[None]:
    """The clock stands, the zone is UTC, and the program was started in no repository but this one."""
    zone = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    here = "/home/me/src/shop"
    try:
        with (
            patch("tui.looks.durations.time", SimpleNamespace(time=lambda: CLOCK)),
            patch("tui.home.selection.repository_here", lambda: here),
            patch("tui.commands.tasks.repository_here", lambda: here),
        ):
            yield
    finally:
        os.environ.pop("TZ") if zone is None else os.environ.update(TZ=zone)
        time.tzset()


@asynccontextmanager
async def shown(scene: Scene, size: tuple[int, int]) -> AsyncIterator[Driver]:
    """The interface with a scene on the screen, in the first of the themes."""
    engine = FakeEngine() if scene.empty else peopled()
    engine.agents_ = (*engine.agents_, *((CLAUDE,) if scene.empty else ()))
    scene.prepare(engine)
    with _still():
        async with driven(engine, size, theme=THEMES[0]) as ui:
            if scene.at:
                await ui.open_workspace(scene.at)
            await ui.press(*scene.keys)
            await ui.sees(*scene.sees)
            yield ui


async def text_of(ui: Driver) -> str:
    """The screen's lines without the blanks at their ends, once it has come to rest."""
    seen: list[list[str]] = []
    while len(seen) < STILL or any(each != seen[-1] for each in seen[-STILL:]):
        await ui.pilot.pause(0.01)
        seen.append(ui.lines())
    return "\n".join(line.rstrip() for line in seen[-1]) + "\n"


async def styles_of(ui: Driver, theme: str) -> str:
    """The styles there are, and for each line how many cells have which."""
    ui.app.use_theme(theme, remember=False)
    for line in ui.app.screen.query(Input):
        line.cursor_blink = False
    for area in ui.app.screen.query(TextArea):
        area.cursor_blink = False
    await text_of(ui)
    known: dict[str, str] = {}
    lines = []
    for strip in ui.app.screen._compositor.render_strips():
        cells = [(_words(segment.style), segment.cell_length) for segment in strip]
        runs = [
            (words, sum(length for _, length in run)) for words, run in groupby(cells, lambda cell: cell[0])
        ]
        lines.append(" ".join(f"{_letters(known, words)}{length}" for words, length in runs if length))
    legend = sorted(f"{letters} {words}" for words, letters in known.items())
    return "\n".join([*legend, "", *lines]) + "\n"


def _letters(known: dict[str, str], words: str) -> str:
    """Three letters for a style that come from itself, so that another style changes no other's."""
    if words not in known:
        number = crc32(words.encode())
        while (name := _spelled(number)) in known.values():
            number += 1
        known[words] = name
    return known[words]


def _spelled(number: int) -> str:
    return "".join(LETTERS[number // 26**place % 26] for place in range(3))


def _words(style: Style | None) -> str:
    """A style without what is not seen of it."""
    if style is None:
        return "none"
    return str(Style(
        color=style.color, bgcolor=style.bgcolor, bold=style.bold or None, dim=style.dim or None,
        italic=style.italic or None, underline=style.underline or None, reverse=style.reverse or None,
        strike=style.strike or None,
    ))  # fmt: skip
