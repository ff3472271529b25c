"""Copy-files' patterns: against a slow and plain reading of the same rules, and one by one."""

from __future__ import annotations

import re
import time
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.lifecycle.patterns import Patterns


def takes(patterns: list[str], path: str) -> bool:
    """Whether a file is chosen, by walking down to it."""
    ready = Patterns(patterns)
    at = ready.begin()
    *folders, name = path.split("/")
    for folder in folders:
        at = ready.step(at, folder, folder=True)
        if not ready.may_take_below(at):
            return False
    return ready.takes(ready.step(at, name, folder=False))


def plain(patterns: list[str], path: str) -> bool:
    """The same by one regular expression for each pattern, tried on the path and each folder above it."""
    chosen = False
    pure = PurePosixPath(path)
    for text in patterns:
        pattern = text.removeprefix("!")
        regex = "/".join(
            ".*" if part == "**" else part.replace("*", "[^/]*").replace("?", "[^/]")
            for part in pattern.rstrip("/").split("/")
        )
        regex = re.sub(r"\.\*/", "(?:.*/)?", regex)
        above = [str(parent) for parent in pure.parents][:-1]
        candidates = above if pattern.endswith("/") else [path, *above]
        if any(re.fullmatch(regex, each) for each in candidates):
            chosen = not text.startswith("!")
    return chosen


NAMES = st.sampled_from(["a", "b", "ab", "ba", "aab"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PARTS = st.one_of(NAMES, st.sampled_from(["*", "a*", "*b", "?", "a?b", "**"]))
PATTERN = st.tuples(
    st.sampled_from(["", "!"]),
    st.lists(PARTS, min_size=1, max_size=4).map("/".join),
    st.sampled_from(["", "/"]),
).map("".join)  # fmt: skip


@given(st.lists(PATTERN, min_size=1, max_size=4), PATHS)
def test_a_walk_chooses_what_the_rules_say(patterns: list[str], path: str) -> None:
    assert takes(patterns, path) == plain(patterns, path)


@pytest.mark.parametrize(
    ("pattern", "path", "chosen"),
    [
        (".env", ".env", True),
        (".env", "app/.env", False),
        ("**/.env", ".env", True),
        ("**/.env", "app/web/.env", True),
        (".env*", ".env.local", True),
        ("{.env,config/*.{yml,json}}", "config/a.json", True),
        ("{.env,config/*.{yml,json}}", "config/deep/a.json", False),
        ("node_modules", "node_modules/x/y.js", True),
        ("node_modules/", "node_modules", False),
        ("config/**", "config/a/b", True),
        ("x{a}", "x{a}", True),
        ("[ab].txt", "a.txt", True),
        ("[!ab].txt", "a.txt", False),
        ("a+b(c)", "a+b(c)", True),
        ("./.env", ".env", True),
    ],
)
def test_each_kind_of_pattern(pattern: str, path: str, chosen: bool) -> None:
    assert takes([pattern], path) is chosen


def test_the_last_pattern_that_matches_decides() -> None:
    patterns = ["config", "!config/secret", "config/secret/public.key"]
    assert takes(patterns, "config/a")
    assert not takes(patterns, "config/secret/private.key")
    assert takes(patterns, "config/secret/public.key")


@pytest.mark.parametrize(
    "pattern", ["", "!", "/etc/passwd", "../x", "a/../../x", "~/x", ".", "{a,../b}", "x" * 2000, "a\0b"]
)
def test_a_pattern_that_leads_out_or_says_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError) as refusal:
        Patterns([pattern])
    assert refusal.value.hint


def test_no_pattern_takes_long() -> None:
    with pytest.raises(UsageError, match="alternatives"):
        Patterns(["{a,b}" * 20])
    begun = time.perf_counter()
    assert not takes(["**/" * 30 + "*a" * 30 + "b"], "/".join(["a" * 200] * 30))
    assert time.perf_counter() - begun < 2
