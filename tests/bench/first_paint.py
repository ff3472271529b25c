"""How long until the first paint, against a bare Textual application, in turn, on a real pseudo-terminal.

Run it with `python -m tests.bench.first_paint [RUNS]`; it prints both medians and their ratio, and fails
when ours takes more than `LIMIT` times as long.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile

from tests.pty import Terminal

LIMIT = 1.3
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("Boatyard")
Bare().run()
"""
OURS = "from tui.entry import main; main()"


def first_paint(code: str, home: str) -> float:
    """Seconds until the program has drawn its first text."""
    env = {**os.environ, "BOATYARD_HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    with Terminal([sys.executable, "-c", code], env=env) as terminal:
        return terminal.until(lambda written: b"Boatyard" in written)


def main(runs: int = 9) -> int:
    """Measures and prints; 1 when the limit is broken."""
    with tempfile.TemporaryDirectory() as folder:
        for code in (BARE, OURS):
            first_paint(code, folder)
        bare, ours = [], []
        for _ in range(runs):
            bare.append(first_paint(BARE, folder))
            ours.append(first_paint(OURS, folder))
    one, other = statistics.median(bare), statistics.median(ours)
    print(f"bare Textual {one * 1000:.0f} ms   Boatyard {other * 1000:.0f} ms   ratio {other / one:.2f}")
    return 0 if other / one <= LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9))
