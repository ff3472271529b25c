"""A picture of the real interface over a running engine: `python -m tui.picture OUT.svg [--size 120x40]`.

The interface runs without a terminal, connects to the engine of the home (starting it when needed), presses
the given keys, and is drawn as an SVG.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from core.paths import find_home
from tui.app import BoatyardApp
from tui.engine.access import connector
from tui.engine.link import LinkState

PATIENCE = 30.0
SETTLE_SECONDS = 0.6
"""What the cursor's rest, a diff and its colours take at most on a small repository."""


async def picture(app: BoatyardApp, size: tuple[int, int], keys: list[str]) -> str:
    """The SVG of the screen after `keys` have been pressed."""
    async with app.run_test(size=size, notifications=True) as pilot:
        async with asyncio.timeout(PATIENCE):
            while not (app.ready and app.link.state is LinkState.CONNECTED and app.store.agents):
                await pilot.pause(0.02)
        await pilot.pause(SETTLE_SECONDS)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(SETTLE_SECONDS)
        svg = app.export_screenshot(title="Boatyard")
        # Leading spaces of a text are part of the picture; some viewers drop them otherwise.
        return svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


def _size(text: str) -> tuple[int, int]:
    columns, _, rows = text.partition("x")
    try:
        return int(columns), int(rows)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a size such as 120x40: {text!r}") from None


def main() -> None:
    """Writes the picture that the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m tui.picture", description="Draw the interface.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", type=_size, default=(120, 40))
    parser.add_argument("--home", default=None)
    parser.add_argument("--theme", default="boatyard-dark")
    parser.add_argument("--keys", default="", help="keys to press first, with spaces between them")
    given = parser.parse_args()
    home = find_home(given.home)
    app = BoatyardApp(connector(home), theme=given.theme, newest=True)
    given.out.write_text(asyncio.run(picture(app, given.size, given.keys.split())))


if __name__ == "__main__":
    main()
