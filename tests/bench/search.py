"""How fast the search index takes lines in, how large it gets, and how fast it answers.

Run it with `python -m tests.bench.search [LINES]`. Lines as programs write them go through all that the
engine does with a log (read, covered, cut, indexed, placed). The floor is FTS5 alone, given the same rows
in batches of the same size.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from core.runners.masking import Mask, cover_window
from core.search.index import Index
from core.search.lines import whole_lines
from core.search.reader import Reader

CHUNK = 2**20
WANTED_RATE = 50_000
WANTED_MS = 20.0
QUERIES = (
    "error",
    "worker timeout",
    '"took 17 ms"',
    "req123*",
    "error -timeout",
    "0xdeadbeefcafe",
    "line999999x",
)
WORDS = (
    "GET POST worker error timeout cache miss retry connection reset by peer took ms status ok queue".split()
)


def written(lines: int) -> bytes:
    """A log."""
    pick = random.Random(1)

    def text() -> Iterator[str]:
        for number in range(lines):
            words = " ".join(pick.choices(WORDS, k=6))
            yield f"2026-01-02T03:04:{number % 60:02d} req{pick.randrange(10**6)} {words} line{number}\n"

    return "".join(text()).encode()


def ours(path: Path, data: bytes) -> float:
    """Seconds in which the index takes the log in."""
    mask = Mask([b"a secret that is looked for"])
    index, start, began = Index(path), 0, time.perf_counter()
    while start < len(data):
        end = min(len(data), start + CHUNK)
        chunk = cover_window(
            mask, lambda position, count: data[position : position + count], start, end, more=end < len(data)
        )
        piece = whole_lines(chunk, more=end < len(data))
        index.add(("p" * 32, "output"), "w" * 32, piece.places, piece.texts, piece.size, done=False)
        start += piece.size
    took = time.perf_counter() - began
    index.close()
    return took


def floor(path: Path, data: bytes) -> float:
    """Seconds in which FTS5 takes the same rows in."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = wal")
    database.execute("PRAGMA synchronous = normal")
    database.execute("CREATE VIRTUAL TABLE line USING fts5(text, content='')")
    rows = list(enumerate(data.decode().splitlines()))
    batch = max(1, CHUNK * len(rows) // len(data))
    began = time.perf_counter()
    for start in range(0, len(rows), batch):
        database.execute("BEGIN")
        database.executemany("INSERT INTO line (rowid, text) VALUES (?, ?)", rows[start : start + batch])
        database.execute("COMMIT")
    took = time.perf_counter() - began
    database.close()
    return took


def slowest_answer(path: Path) -> tuple[float, str]:
    """Milliseconds of the query that takes longest, the median of five askings each, and the query."""
    reader = Reader(path)
    found = []
    for query in QUERIES:
        for filters in ({}, {"workspace": "w" * 32, "kind": "output"}):
            times = []
            for _ in range(5):
                began = time.perf_counter()
                reader.search(query, 0, 50, **filters)
                times.append((time.perf_counter() - began) * 1000)
            found.append((sorted(times)[2], query))
    reader.close()
    return max(found)


def measure(lines: int) -> int:
    """Prints rates, size and answers; 1 when one is worse than wanted."""
    data = written(lines)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ours"
        least, taken = floor(Path(folder) / "floor", data), ours(path, data)
        size = sum(part.stat().st_size for part in Path(folder).glob("ours*"))
        worst, query = slowest_answer(path)
    rate, bare = lines / taken, lines / least
    ratio = f"ratio {taken / least:.2f}"
    print(f"indexing    FTS5 alone {bare:,.0f} lines/s   ours {rate:,.0f} lines/s   {ratio}")
    print(f"size        {size / len(data):.2f} of the text's")
    print(f"answer      slowest {worst:.1f} ms ({query})")
    return int(rate < WANTED_RATE or worst > WANTED_MS or size > len(data))


if __name__ == "__main__":
    sys.exit(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
