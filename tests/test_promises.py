"""Every promise is on the page about security, names its tests, and these exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.reliability import modules

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "core" / "SECURITY.md"
PROMISES = [f"P{number}" for number in range(1, 29)]


def said() -> dict[str, str]:
    """What the page says of each promise."""
    parts = re.split(r"^- \*\*(P\d+)\*\* ", PAGE.read_text(), flags=re.M)
    return dict(zip(parts[1::2], (re.split(r"^#", text, flags=re.M)[0] for text in parts[2::2]), strict=True))


def names_in(path: Path) -> set[str]:
    """The names of all test functions of a file, also those within classes."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)}


def test_no_promise_is_missing_or_there_twice() -> None:
    assert re.findall(r"^- \*\*(P\d+)\*\* ", PAGE.read_text(), flags=re.M) == PROMISES


@pytest.mark.parametrize("promise", PROMISES)
def test_each_names_tests_that_exist_or_says_that_it_is_not_proven(promise: str) -> None:
    text = said()[promise]
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert named or "Not proven yet" in text
    assert text.count("`tests/") == len(named) + len(re.findall(r"`tests/bench/\w+\.py`", text))
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert name in names_in(ROOT / path), f"{path}::{name}"


def test_the_readme_leads_there() -> None:
    assert "(core/SECURITY.md)" in (ROOT / "README.md").read_text()


def test_every_module_about_reliability_exists() -> None:
    assert [path for path in modules() if not path.is_file()] == []
