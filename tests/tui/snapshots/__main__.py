"""`python -m tests.tui.snapshots [NAME…]`: draws all screens anew, or only those that are named."""

from __future__ import annotations

import asyncio
import os
import sys

from tests.tui.snapshots.drawing import (
    SIZES,
    STYLED,
    THEMES,
    shown,
    style_file,
    styles_of,
    text_file,
    text_of,
)
from tests.tui.snapshots.scenes import SCENES


async def main(names: list[str]) -> None:
    """Writes the files; those of a scene that is gone are removed by hand."""
    for scene in SCENES:
        if names and scene.name not in names:
            continue
        for size in SIZES:
            async with shown(scene, size) as ui:
                _write(text_file(scene, size), await text_of(ui))
                for theme in THEMES if size == STYLED else ():
                    _write(style_file(scene, theme), await styles_of(ui, theme))
        print(scene.name)


def _write(path: object, text: str) -> None:
    from pathlib import Path

    file = Path(str(path))
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    os.environ["BOATYARD_GLYPHS"] = "unicode"
    for name in ("NO_COLOR", "TMUX", "BOATYARD_THEME", "COLORFGBG"):
        os.environ.pop(name, None)
    asyncio.run(main(sys.argv[1:]))
