"""How soon a key is answered on every kind of bad input, in the interface on a real pseudo-terminal.

Run it with `python -m tests.bench.keys [KEYS]`; it prints a line for each place, with the median and the
slowest of the keys pressed there, and fails when one of them took more than `KEY_MS`. At rest it says how
busy the machine is with other things.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from pathlib import Path

from tests import catalogue
from tests.pty import Terminal
from tests.yard import Daemon

KEY_MS = 100.0
PAUSE = 0.15
"""Seconds between two keys: the interface reads a file when the cursor has rested on it."""
CODE = "from tui.entry import main; main()"


class Keys:
    """The interface at a workspace, and the keys that are pressed there."""

    def __init__(self, home: Path, workspace: str) -> None:
        env = {**os.environ, "BOATYARD_HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.terminal = Terminal([sys.executable, "-c", CODE], env=env)
        self._workspace = workspace

    def open(self) -> None:
        """Returns when the workspace's session is in sight."""
        self.terminal.until_shown(self._workspace)
        for keys, seen in ((":", "an action"), (self._workspace, self._workspace), ("\r", "Talk")):
            self.press(keys, seen)

    def press(self, keys: str, drawn: str = "") -> float:
        """Types; milliseconds until something, or a line with a text, was drawn."""
        self.rest()
        self.terminal.begin()
        self.terminal.press(keys.encode())
        return self.terminal.until(lambda written: drawn in self.terminal.drawn if drawn else written) * 1000

    def rest(self, seconds: float = PAUSE) -> None:
        """Reads what is drawn meanwhile, as a terminal does."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self.terminal.read(left)

    def there_and_back(self, there: str, back: str, count: int) -> list[float]:
        """Milliseconds of so many keys that move a cursor to and fro."""
        return [self.press(there if number % 2 == 0 else back) for number in range(count)]

    def letters(self, count: int) -> list[float]:
        """Milliseconds of letters typed below an output, each but once: what shows it is the answer."""
        return [self.press(letter, letter) for letter in map(chr, range(0x4E00, 0x4E00 + count))]

    def down(self, key: str, count: int) -> list[float]:
        """Milliseconds of one key, pressed again and again."""
        return [self.press(key) for _ in range(count)]


def told(place: str, taken: list[float]) -> bool:
    """Prints the line of a place; whether it kept the limit."""
    slowest = max(taken)
    good = slowest <= KEY_MS
    print(f"{place:<34} {len(taken):>4} keys   median {statistics.median(taken):6.1f} ms   "
          f"slowest {slowest:6.1f} ms{'' if good else '   TOO SLOW'}")  # fmt: skip
    return good


async def measure(keys: int = 10) -> int:
    """Prints the table; 1 when a key took too long."""
    async with Daemon() as daemon:
        await daemon.start()
        workspace = await daemon.workspace(catalogue.make_hostile(daemon.folder / "hostile"), name="hostile")
        folder = Path(workspace.repos[0].path)
        files = len(catalogue.plant_files(folder))
        logs = {kind: daemon.folder / f"log-{number}" for number, kind in enumerate(catalogue.LOGS)}
        for kind, path in logs.items():
            path.write_bytes(catalogue.LOGS[kind])
        screen = Keys(daemon.folder / "home", workspace.name)
        return await asyncio.to_thread(_measure, screen, files, logs, keys)


def _measure(screen: Keys, files: int, logs: dict[str, Path], keys: int) -> int:
    with screen.terminal:
        screen.open()
        screen.press("1")
        good = [told("at rest, in the tree", screen.there_and_back("k", "j", keys))]
        screen.press("3")
        screen.rest(2.0)
        good.append(told("files, one after the other", screen.down("j", min(files - 2, 5 * keys))))
        screen.press("4")
        screen.rest(3.0)
        good.append(told("diffs, one after the other", screen.down("J", min(files - 2, 5 * keys))))
        for kind, path in logs.items():
            screen.press("!", "Run in")
            screen.press(f"\x15cat {path}", str(path)[-5:])
            screen.press("\r", "last line")
            screen.press("!", "Run in")
            good.append(told(f"output: {kind}", screen.letters(keys)))
            screen.press("\x1b")
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(asyncio.run(measure(*map(int, sys.argv[1:]))))
