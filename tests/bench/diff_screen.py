"""A diff of a hundred thousand changed lines on a real terminal, beside the programs that people know.

Run it with `python -m tests.bench.diff_screen [LINES]`; it prints, and fails when a limit is broken:

- from the key that opens the diff, in an interface that has been at the workspace for a second, to its
  first page, against `git show` piped to `less` from its start (`FIRST_TIMES`); beside it, not judged, the
  same when the key comes as soon as the workspace is to be seen;
- from the key that opens the diff, and as soon as its first page is to be seen the keys that go to the end,
  to the last line, against `tig show` from its start until its last line is seen (`END_TIMES`), where tig is
  installed;
- a page down, the 95th percentile (`PAGE_MS`), and the same in `less` and tig;
- the memory of the interface (`MEMORY_MB`).

delta (`git show` piped to it) and lazygit (a page down in the commit's diff) are measured where they are
installed. The terminal is 120x40; what is seen is judged by the text without colours.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from tests.acceptance.user import git
from tests.bench.diff import text
from tests.pty import Terminal
from tests.yard import Daemon

FIRST_TIMES, END_TIMES, PAGE_MS, MEMORY_MB = 3.0, 2.0, 30.0, 150.0
RUNS, PAGES = 5, 60
PALETTE = "  Find  "
"""What the palette has on its edge."""
PANE = "4 Diff"
"""What the diff's pane has on its edge."""
AT_WORKSPACE = 1.0
"""Seconds that a user has been at a workspace when its diff is opened."""
REST = 0.15
"""Seconds between two keys in which a program may finish what it does."""
PEERS = {
    "less": ("git show --color=always | less", "G"),
    "tig": ("tig show", "\x1bOF"),
    "delta": ("git show | delta", "G"),
}
"""Commands that show the last commit, and the keys that go to its end."""
EARLY = 10
"""Number of a line of the first page."""
STILL = 0.3
"""Seconds without a byte after which a program has loaded what it shows."""
CODE = "from tui.entry import main; main()"


class Screen:
    """A program on a terminal, and when it shows what."""

    def __init__(self, argv: list[str], cwd: Path, **variables: str) -> None:
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LESS": "-R", **variables}
        for name in ("COLUMNS", "LINES"):  # the terminal itself says how large it is
            env.pop(name, None)
        self.terminal = Terminal(["env", "-C", str(cwd), *argv], env=env)

    def until(self, seen: Callable[[bytes], object], seconds: float = 60.0) -> float:
        """Milliseconds since the last key, or the start, until what was drawn since meets `seen`.

        What comes is looked at only when nothing more does, so that looking keeps no program waiting.
        """
        terminal, deadline = self.terminal, time.perf_counter() + seconds
        while not seen(terminal.drawn.encode()):
            wait = 0.05
            while self._reads(wait):
                wait = 0.0
            if time.perf_counter() > deadline:
                raise AssertionError(f"not seen in {terminal.text}")
        return (terminal.read_at - terminal.started) * 1000

    def _reads(self, seconds: float) -> bool:
        before = len(self.terminal.written)
        self.terminal.read(seconds)
        return len(self.terminal.written) > before

    def press(self, keys: str, seen: Callable[[bytes], object]) -> float:
        """Milliseconds from the keys until what is drawn since meets `seen`."""
        self.terminal.begin()
        self.terminal.press(keys.encode())
        return self.until(seen)

    def rest(self, seconds: float = REST) -> None:
        """Reads what is still drawn."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            self.terminal.read(left)

    def still(self) -> float:
        """Milliseconds since the start until nothing more was drawn: all is loaded."""
        at = time.perf_counter()
        while time.perf_counter() < at + STILL:
            if self._reads(0.01):
                at = time.perf_counter()
        return (at - self.terminal.started) * 1000

    def pages(self, key: str, count: int) -> list[float]:
        """Milliseconds of each page down, until a line that was not on the page before is drawn."""
        waits, last = list[float](), 30
        for _ in range(count):
            self.rest()
            waits.append(self.press(key, partial(_beyond, last)))
            self.rest()
            last = _largest(self.terminal.drawn.encode())
        return waits


def _beyond(last: int, drawn: bytes) -> bool:
    """Whether lines of the next page are to be seen."""
    return _largest(drawn) >= last + 20


def _largest(drawn: bytes) -> int:
    """The largest number of a line of the file that is to be seen."""
    return max((int(each) for each in re.findall(rb"(?:old|new) line (\d+)", drawn)), default=0)


def line(number: int) -> Callable[[bytes], object]:
    """Whether a line of the file is to be seen."""
    wanted = re.compile(rb"(?:old|new) line %d\D" % number)
    return lambda drawn: wanted.search(drawn + b" ")


Peer = tuple[float, float, list[float]]
"""Milliseconds of a program to its first page and to its end from its start, and of its pages."""


def peer(repository: Path, command: str, end: str, last: int, runs: int, pages: int) -> Peer:
    """Milliseconds of a program to its first page and to its end from its start, and of its pages."""
    firsts, ends = [], []
    for _ in range(runs):
        with (screen := Screen(["sh", "-c", command], repository)).terminal:
            firsts.append(screen.until(line(EARLY)))
            loaded = screen.still()
            ends.append(loaded + screen.press(end, line(last)))
    with (screen := Screen(["sh", "-c", command], repository)).terminal:
        screen.until(line(EARLY))
        waits = screen.pages(" ", pages)
    return statistics.median(firsts), statistics.median(ends), waits


class Ours:
    """The interface, opened at one workspace after another."""

    def __init__(self, home: Path) -> None:
        self.screen = Screen([sys.executable, "-c", CODE], home, BOATYARD_HOME=str(home))

    def open(self, name: str) -> None:
        """Goes to a workspace's session, until it is drawn: keys before that are the palette's."""
        wanted = name.encode()
        self.screen.press(":", lambda drawn: b"an action" in drawn)
        self.screen.press(name, lambda drawn: wanted in drawn)
        terminal = self.screen.terminal
        self.screen.press("\r", lambda _: PALETTE not in terminal.text and name in terminal.text)

    def first_page(self, after: float) -> float:
        """Milliseconds from the key that opens the diff, so many seconds from now, to its lines."""
        self.screen.rest(after)
        return self.screen.press("4", line(EARLY))

    def end(self, last: int) -> float:
        """Milliseconds from the keys that go into the diff and to its end, to its last line."""
        return self.screen.press("\rG", line(last))

    def leave(self) -> None:
        """Goes back to the session, until nothing of the diff is to be seen."""
        terminal = self.screen.terminal
        self.screen.press("2", lambda _: PANE not in terminal.text)

    @property
    def memory(self) -> float:
        """Megabytes that are resident."""
        return float(psutil.Process(self.screen.terminal.pid).memory_info().rss) / 1e6


async def measure(lines: int, runs: int, pages: int = PAGES) -> int:
    """Measures and prints; 1 when a limit is broken."""
    last = lines // 2 - 1
    async with Daemon() as yard:
        await yard.start()
        repository = yard.repository("repo", {"big.txt": text(lines // 2, "old")})
        for name in (f"{kind}-{number}x" for kind in ("run", "hasty") for number in range(runs)):
            made = await yard.workspace(repository, name=name)
            (Path(made.repos[0].path) / "big.txt").write_text(text(lines // 2, "new"))
            await yard.client.diff(made.name)  # as after a turn of an agent: there is a snapshot
        ours = await asyncio.to_thread(_ours, yard.folder / "home", runs, last, pages)
        (repository / "big.txt").write_text(text(lines // 2, "new"))
        git(repository, "add", "-A")
        git(repository, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "x")
        peers = {
            name: await asyncio.to_thread(peer, repository, command, end, last, runs, pages)
            for name, (command, end) in PEERS.items()
            if shutil.which(name)
        }
    return _judge(ours, peers)


@dataclass(frozen=True)
class Figures:
    """What was measured of the interface: milliseconds, and megabytes."""

    first: float
    hasty: float
    """The first page, when the key comes as soon as the workspace is to be seen."""
    end: float
    pages: list[float]
    memory: float

    @property
    def page(self) -> float:
        """The 95th percentile."""
        return statistics.quantiles(self.pages, n=20)[-1]


def _ours(home: Path, runs: int, last: int, pages: int) -> Figures:
    firsts, hasty, ends = list[float](), list[float](), list[float]()
    ours = Ours(home)
    with ours.screen.terminal:
        ours.screen.until(lambda drawn: b"run-0x" in drawn)
        for number in range(runs):
            ours.open(f"run-{number}x")
            firsts.append(ours.first_page(AT_WORKSPACE))
            ends.append(firsts[-1] + ours.end(last))
            ours.leave()
        ours.screen.rest()
        ours.screen.press("4", line(last))
        ours.screen.press("g", line(EARLY))
        waits = ours.screen.pages("\x1b[6~", pages)
        memory = ours.memory
        for number in range(runs):
            ours.open(f"hasty-{number}x")
            hasty.append(ours.first_page(0.0))
            ours.leave()
    first, at_once, end = (statistics.median(each) for each in (firsts, hasty, ends))
    return Figures(first, at_once, end, waits, memory)


def _judge(ours: Figures, peers: dict[str, Peer]) -> int:
    for name, (first, end, waits) in peers.items():
        page = statistics.quantiles(waits, n=20)[-1]
        print(
            f"{name:<6} first page {first:.0f} ms (ours {ours.first / first:.2f} times)   "
            f"end {end:.0f} ms (ours {ours.end / end:.2f} times)   page p95 {page:.1f} ms"
        )
    print(f"ours   first page {ours.first:.0f} ms   end {ours.end:.0f} ms   page p95 {ours.page:.1f} ms")
    print(f"       first page at once {ours.hasty:.0f} ms   page {statistics.median(ours.pages):.1f} ms")
    print(f"memory {ours.memory:.0f} MB")
    return int(
        ("less" in peers and ours.first / peers["less"][0] > FIRST_TIMES)
        or ("tig" in peers and ours.end / peers["tig"][1] > END_TIMES)
        or ours.page > PAGE_MS
        or ours.memory > MEMORY_MB
    )


def main(lines: int = 100_000, runs: int = RUNS) -> int:
    """Measures and prints; 1 when a limit is broken."""
    return asyncio.run(measure(lines, runs))


if __name__ == "__main__":
    raise SystemExit(main(*(int(number) for number in sys.argv[1:])))
