"""Every screen looks as it did: its text at three sizes, its colours in a dark, a light and an ANSI theme."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from tests.tui.snapshots.drawing import (
    HERE,
    SIZES,
    STYLED,
    THEMES,
    shown,
    style_file,
    styles_of,
    text_file,
    text_of,
)
from tests.tui.snapshots.scenes import SCENES, Scene

MOST_BYTES = 1_500_000
RENEW = "python -m tests.tui.snapshots"


def cases() -> list[object]:
    """Each scene at each size; the quick run takes the one in the middle."""
    return [
        pytest.param(scene, size, id=f"{scene.name}-{size[0]}x{size[1]}",
                     marks=() if size == STYLED else pytest.mark.slow)
        for scene in SCENES for size in SIZES
    ]  # fmt: skip


@pytest.mark.parametrize(("scene", "size"), cases())
async def test_the_screen_looks_as_it_did(scene: Scene, size: tuple[int, int]) -> None:
    async with shown(scene, size) as ui:
        check(text_file(scene, size), await text_of(ui))
        for theme in THEMES if size == STYLED else ():
            check(style_file(scene, theme), await styles_of(ui, theme))


def check(file: Path, now: str) -> None:
    """Says which lines are other ones."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if before != now:
        diff = difflib.unified_diff(before.split("\n"), now.split("\n"), file.name, "now", n=0, lineterm="")
        pytest.fail("\n".join([*diff, f"{RENEW} draws it anew, if that is how it shall be"]), pytrace=False)


def test_no_picture_is_left_over_and_all_together_are_small() -> None:
    kept = {path for path in HERE.rglob("*.txt")}
    wanted = {text_file(scene, size) for scene in SCENES for size in SIZES}
    wanted |= {style_file(scene, theme) for scene in SCENES for theme in THEMES}
    assert kept == wanted
    assert sum(path.stat().st_size for path in kept) < MOST_BYTES


async def test_a_change_of_one_cell_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "home.txt"
    file.write_text("one\ntwo\n", encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match="-two\n\\+tow"):
        check(file, "one\ntow\n")
