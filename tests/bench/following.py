"""A process that prints a million lines at full speed, followed in the interface on a real pseudo-terminal.

Run it with `python -m tests.bench.following [LINES]`; it prints, and fails when a limit is broken:

- how long from the key that starts the process until its last line is on the screen, against the same
  program piped through `cat` into a file (`TIMES`);
- from a key to the paint that answers it while output pours in, the 95th percentile (`KEY_MS`), and the
  same at rest, which says how busy the machine is with other things;
- the memory of the interface at its largest, in megabytes (`MEMORY_MB`).
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil

from core.values.states import ProcessStatus
from tests.pty import Terminal
from tests.yard import Daemon

TIMES, KEY_MS, MEMORY_MB = 4.0, 50.0, 110.0
KEYS = 100
FIRST_LETTER = 0x4E00
"""Each letter is typed once, so that what shows it is the answer to its key."""
PAUSE = 0.03
"""Seconds between two keys: no typist is faster."""
FLOOD = (
    'awk \'BEGIN { for (i = 1; i <= %d; i++) print i, "the quick brown fox jumps over the lazy dog";'
    ' print "the last line of all", %d }\''
)
CODE = "from tui.entry import main; main()"


def floor(folder: Path, lines: int) -> float:
    """Seconds that the program takes through `cat` into a file."""
    began = time.perf_counter()
    subprocess.run(["sh", "-c", FLOOD % (lines, 0) + f" | cat > '{folder}/floor'"], check=True)
    return time.perf_counter() - began


class Screen:
    """The interface on a terminal of its own, at the session of a workspace."""

    def __init__(self, home: Path, workspace: str) -> None:
        env = {**os.environ, "BOATYARD_HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.terminal = Terminal([sys.executable, "-c", CODE], env=env)
        self._workspace = workspace

    def open(self) -> None:
        """Returns when the workspace's session is in sight."""
        self.terminal.until_shown(self._workspace)
        self.press(":", "an action")
        self.press(self._workspace, self._workspace)
        self.press("\r", "Talk")

    def press(self, keys: str, drawn: str = "", seconds: float = 60.0) -> float:
        """Types, and waits until something is drawn, or a line with a text; seconds that it took."""
        self.terminal.begin()
        self.terminal.press(keys.encode())
        if drawn:
            return self.terminal.until_drawn(drawn, seconds)
        return self.terminal.until(lambda written: written, seconds)

    def run(self, command: str) -> None:
        """Has the interface run a command; the prompt for it is open until Enter is pressed."""
        self.press("!", "Run in")
        self.press(f"\x15{command}", command[-6:])

    def key_to_paint(self, letter: str) -> float:
        """Milliseconds from a key to the paint of its letter, which was nowhere on the screen before."""
        self.terminal.begin()
        self.terminal.press(letter.encode())
        taken = self.terminal.until(lambda written: letter.encode() in written, 10.0) * 1000
        self.rest(PAUSE)
        return taken

    def rest(self, seconds: float) -> None:
        """Reads what is drawn meanwhile."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            self.terminal.read(left)

    @property
    def memory(self) -> float:
        """Megabytes that are resident."""
        return float(psutil.Process(self.terminal.pid).memory_info().rss) / 1e6


async def measure(lines: int, runs: int, keys: int) -> int:
    """Measures and prints; 1 when a limit is broken."""
    async with Daemon() as yard:
        await yard.start()
        made = await yard.workspace(yard.repository())
        screen = await asyncio.to_thread(Screen, yard.folder / "home", made.name)
        with screen.terminal:
            await asyncio.to_thread(screen.open)
            floors, ours = [], []
            for run in range(runs):
                floors.append(await asyncio.to_thread(floor, yard.folder, lines))
                await asyncio.to_thread(screen.run, FLOOD % (lines, run))
                last = f"line of all {run}"
                ours.append(await asyncio.to_thread(screen.press, "\r", last))
            before = screen.memory
            rest = await _keys(screen, FIRST_LETTER, keys)
            await asyncio.to_thread(screen.run, FLOOD % (lines * 100, 0))
            await asyncio.to_thread(screen.press, "\r", "lazy")
            await asyncio.to_thread(screen.rest, 2.0)
            waits = await _keys(screen, FIRST_LETTER + keys, keys)
            memory = max(before, screen.memory)
            for process in await yard.client.processes(made.name):
                if process.status is ProcessStatus.RUNNING:
                    await yard.client.stop_process(process.id)
    print(f"key to paint at rest   median {statistics.median(rest):.0f} ms   p95 {_p95(rest):.0f} ms")
    return _judge(statistics.median(floors), statistics.median(ours), waits, memory)


async def _keys(screen: Screen, first: int, count: int) -> list[float]:
    """Types so many letters into the line to find with, and leaves it."""
    await asyncio.to_thread(screen.press, "/")
    await asyncio.to_thread(screen.rest, 1.0)
    waits = [await asyncio.to_thread(screen.key_to_paint, chr(first + number)) for number in range(count)]
    await asyncio.to_thread(screen.press, "\x1b")
    await asyncio.to_thread(screen.rest, 1.0)
    return waits


def _p95(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=20)[-1]


def _judge(floor_: float, ours: float, waits: list[float], memory: float) -> int:
    ratio, p95 = ours / floor_, _p95(waits)
    print(f"last line   cat {floor_ * 1000:.0f} ms   screen {ours * 1000:.0f} ms   ratio {ratio:.2f}")
    print(f"key to paint   median {statistics.median(waits):.0f} ms   p95 {p95:.0f} ms")
    print(f"memory   {memory:.0f} MB")
    return 0 if ratio <= TIMES and p95 <= KEY_MS and memory <= MEMORY_MB else 1


def main(lines: int = 1_000_000, runs: int = 5, keys: int = KEYS) -> int:
    """Measures and prints; 1 when a limit is broken."""
    return asyncio.run(measure(lines, runs, keys))


if __name__ == "__main__":
    raise SystemExit(main(*(int(number) for number in sys.argv[1:])))
