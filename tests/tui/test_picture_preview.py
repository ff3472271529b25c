"""A picture among the files: its facts, and below them the picture itself as well as the terminal can."""

from __future__ import annotations

import random
import re
from typing import Any

import msgspec
import pytest

from core.config import InterfaceSection, PictureStyle
from core.errors import UsageError
from core.values.review import FileContent, FileNode, SixelTerminal, SmallPicture
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine
from tui.app import BoatyardApp
from tui.files.picture_strips import (
    PLACEHOLDER,
    ROW_MARKS,
    cells_of,
    handed_over,
    in_blocks,
    in_placeholders,
    kitty_is_there,
)  # fmt: skip
from tui.terminal.sixels import SIGN

WORDS = "PNG picture, 640 x 480 pixels"
RED, BLUE = b"\xff\0\0", b"\0\0\xff"


def picture(width: int, height: int, pixels: bytes) -> SmallPicture:
    return SmallPicture(
        path="app/p.png", format="PNG", full_width=640, full_height=480, width=width, height=height,
        pixels=pixels,
    )  # fmt: skip


@pytest.fixture
def pictured(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """A workspace with a picture, and every answer that the tests set."""
    engine.tree = {
        "": (FileNode(path="app", name="app", folder=True),),
        "app": (FileNode(path="app/p.png", name="p.png", folder=False, size=3),),
    }

    async def file(name: str, path: str, **more: int) -> FileContent:
        return FileContent(path=path, size=2048, binary=True, start=0, lines=(), more=False, about=WORDS)

    async def small(name: str, path: str, **more: Any) -> SmallPicture:
        engine._asked("picture", more)
        return picture(4, 4, RED * 8 + BLUE * 8)

    monkeypatch.setattr(engine, "file", file)
    monkeypatch.setattr(engine, "picture", small)
    return engine


async def open_picture(ui: Driver) -> None:
    await ui.open_workspace("second")
    await ui.press("3")
    await ui.sees("p.png")
    await ui.press("j", "enter")
    await ui.sees(WORDS)


async def test_it_is_drawn_in_blocks_below_its_facts(pictured: FakeEngine) -> None:
    async with driven(pictured) as ui:
        await open_picture(ui)
        await ui.sees("▀▀▀▀")
        asked = await ui.asked("picture")
        assert asked["height"] == 2 * (ui.app.home.files.main.size.height - 2)
        lines = ui.lines()
        at = next(index for index, line in enumerate(lines) if WORDS in line)
        assert [line.count("▀") for line in lines[at + 2 : at + 5]] == [4, 4, 0]


async def test_the_reason_stands_beside_the_facts(
    pictured: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(name: str, path: str, **more: Any) -> SmallPicture:
        raise UsageError("'app/p.png' is not shown: it cannot be decoded: cut off")

    monkeypatch.setattr(pictured, "picture", refused)
    async with driven(pictured) as ui:
        await open_picture(ui)
        await ui.sees("it cannot be decoded: cut off")


@pytest.mark.parametrize("why", ["setting", "no-color", "ascii"])
async def test_there_are_only_facts_where_pictures_are_not_wanted(
    pictured: FakeEngine, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why == "no-color":
        monkeypatch.setenv("NO_COLOR", "1")
    if why == "ascii":
        monkeypatch.setenv("BOATYARD_GLYPHS", "ascii")
    async with driven(pictured) as ui:
        if why == "setting":
            ui.app.interface = InterfaceSection(pictures=PictureStyle.NONE)
        await open_picture(ui)
        assert (await ui.app.picture_way()).style == "none"
        assert not any(call == "picture" for call, _ in pictured.calls)


async def test_kittys_graphics_are_given_the_pixels_once_and_let_go_of(
    pictured: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(BoatyardApp, "write_to_terminal", lambda self, text: written.append(text))
    async with driven(pictured) as ui:
        ui.app.interface = InterfaceSection(pictures=PictureStyle.KITTY)
        await open_picture(ui)
        await ui.sees(PLACEHOLDER)
        (given,) = [text for text in written if "a=T" in text]
        assert given.startswith("\x1b_Ga=T,U=1,") and given.endswith("\x1b\\")
    assert any("a=d" in text for text in written)


async def test_sixel_is_asked_for_at_the_terminals_size_and_handed_over_once(
    pictured: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(BoatyardApp, "write_to_terminal", lambda self, text: written.append(text))

    async def small(name: str, path: str, **more: Any) -> SmallPicture:
        pictured._asked("picture", more)
        return msgspec.structs.replace(picture(2, 4, RED * 4 + BLUE * 4), sixel="#0~~")

    monkeypatch.setattr(pictured, "picture", small)
    async with driven(pictured) as ui:
        ui.app.interface = InterfaceSection(pictures=PictureStyle.SIXEL)
        await open_picture(ui)
        await ui.sees(SIGN)
        asked = await ui.asked("picture")
        room = ui.app.home.files.main.size
        assert asked["sixel"] == SixelTerminal(cell_width=10, cell_height=20)
        assert asked["height"] == 20 * (room.height - 2) and asked["width"] % 10 == 0
        ui.app.home.files.read_again()
        await ui.until(lambda: sum(call == "picture" for call, _ in pictured.calls) == 2)
        (given,) = [text for text in written if "_sixel" in text]
        assert re.fullmatch(r"\x1b_sixel;\d+;2;2;#0~~\x1b\\", given)
    assert [text for text in written if "_sixel" in text][1:] == [given.replace("2;2;#0~~", "0;0;")]


async def test_what_is_too_much_as_sixel_is_drawn_in_blocks(pictured: FakeEngine) -> None:
    async with driven(pictured) as ui:
        ui.app.interface = InterfaceSection(pictures=PictureStyle.SIXEL)
        await open_picture(ui)
        await ui.sees("▀▀▀▀")


def test_two_pixels_are_a_cell_and_equal_cells_one_segment() -> None:
    upper, lower = in_blocks(picture(3, 3, RED * 3 + BLUE * 3 + RED * 2 + BLUE))
    assert [(segment.text, str(segment.style)) for segment in upper] == [("▀▀▀", "#ff0000 on #0000ff")]
    assert [(segment.text, str(segment.style)) for segment in lower] == [("▀▀", "#ff0000"), ("▀", "#0000ff")]


def test_placeholders_name_the_picture_by_their_colour_and_the_row_by_a_mark() -> None:
    small = picture(17, 33, b"\0" * (17 * 33 * 3))
    assert cells_of(small) == (3, 3)
    strips = in_placeholders(small, 0x010203)
    assert [strip.cell_length for strip in strips] == [3, 3, 3]
    (segment,) = strips[1]
    assert segment.text == PLACEHOLDER + ROW_MARKS[1] + ROW_MARKS[0] + PLACEHOLDER * 2
    assert str(segment.style) == "#010203"
    assert "s=17,v=33,c=3,r=3" in handed_over(small, 7)


def test_a_large_picture_is_handed_over_in_pieces() -> None:
    noise = random.Random(7).randbytes(3 * 120 * 120)
    parts = handed_over(picture(120, 120, noise), 7).split("\x1b\\")[:-1]
    assert all(part.startswith("\x1b_G") for part in parts)
    assert [part.partition(";")[0][-3:] for part in parts] == ["m=1"] * (len(parts) - 1) + ["m=0"] or len(
        parts
    ) == 1


def test_kittys_graphics_are_used_where_they_are_known_to_be() -> None:
    assert kitty_is_there({"TERM": "xterm-kitty"})
    assert kitty_is_there({"TERM_PROGRAM": "ghostty"})
    assert not kitty_is_there({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux"})
    assert not kitty_is_there({"TERM": "xterm-256color"})
