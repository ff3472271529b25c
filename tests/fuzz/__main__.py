"""`python -m tests.fuzz [PARSER …] [--seconds N] [--seed N]`: looks for inputs that reach something new.

What reaches new lines goes into `corpus/PARSER/`, made as small as it can be; an input that a parser does not
bear is written into the folder `found` and told, with its error.
"""

from __future__ import annotations

import argparse
import hashlib
import time
import traceback
from pathlib import Path

from tests.fuzz.guided import Fuzzer
from tests.fuzz.targets import PARSERS, Parser

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
MOST_BYTES = 16 * 1024
"""What is kept of one parser."""


def inputs(name: str) -> list[bytes]:
    """What was kept of a parser so far."""
    folder = CORPUS / name
    return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else []


def fuzz(name: str, parser: Parser, seconds: float, seed: int) -> Fuzzer:
    """Looks for so long."""
    fuzzer = Fuzzer(parser.target, parser.folders, parser.words, seed)
    fuzzer.begin([*parser.seeds, *inputs(name)])
    until, tried = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        fuzzer.step()
        tried += 1
    print(f"{name:<16} {tried:>8} inputs   {len(fuzzer.reached):>5} arcs   {len(fuzzer.failures)} failures")
    return fuzzer


def keep(name: str, fuzzer: Fuzzer) -> None:
    """Writes the small corpus in place of what was there, the shortest first, as far as there is room."""
    folder = CORPUS / name
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    size = 0
    for data in fuzzer.small_corpus():
        size += len(data)
        if size > MOST_BYTES:
            break
        (folder / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)


def tell(name: str, fuzzer: Fuzzer) -> None:
    for failure in fuzzer.failures:
        found = HERE / "found" / f"{name}-{hashlib.sha256(failure.data).hexdigest()[:12]}"
        found.parent.mkdir(exist_ok=True)
        found.write_bytes(failure.data)
        print(f"--- {found}: {failure.data[:200]!r}")
        traceback.print_exception(failure.error, limit=-4)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("parsers", nargs="*", metavar="PARSER", help=f"of {', '.join(PARSERS)}; none: all")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    failed = False
    for name in args.parsers or PARSERS:
        fuzzer = fuzz(name, PARSERS[name], args.seconds, args.seed)
        keep(name, fuzzer)
        tell(name, fuzzer)
        failed = failed or bool(fuzzer.failures)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
